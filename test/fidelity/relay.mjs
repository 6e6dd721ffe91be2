// Carries frames between a host's cable and the switch, those from the host later or twice if it is told to: what netem does where
// the kernel has it. Runs beside the switch; its arguments are a pipe and PORT:INNER for each cable, the cable's end and the end that
// leads on to the switch. An order is a line of JSON from the pipe: { delayMs, copies }.
import { spawn } from 'node:child_process';
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { PacketSocket } from '../../dist/linux/packet-socket.js';

const [pipe, ...cables] = process.argv.slice(2);
const socket = new PacketSocket();
socket.rehearse();
/** What becomes of frames from hosts. */
let order = { delayMs: 0, copies: 1 };

function linkIndex(name) {
  return Number(readFileSync(`/sys/class/net/${name}/ifindex`, 'utf8'));
}

/** Hands out what comes in on an interface, frame by frame; resolves once it listens. */
function listen(name, take) {
  const flags = ['-i', name, '-Q', 'in', '-U', '--immediate-mode', '-s', '0', '-Z', 'root', '-w', '-'];
  const tcpdump = spawn('tcpdump', flags, { stdio: ['ignore', 'pipe', 'pipe'] });
  let rest = Buffer.alloc(0);
  let isHeaderRead = false;
  tcpdump.stdout.on('data', chunk => {
    rest = Buffer.concat([rest, chunk]);
    if (!isHeaderRead && rest.length >= 24) {
      isHeaderRead = true;
      rest = rest.subarray(24);
    }
    // Of a record's header only the length matters.
    while (isHeaderRead && rest.length >= 16 && rest.length >= 16 + rest.readUInt32LE(8)) {
      const end = 16 + rest.readUInt32LE(8);
      take(Uint8Array.from(rest.subarray(16, end)));
      rest = rest.subarray(end);
    }
  });
  return new Promise((resolve, reject) => {
    tcpdump.stderr.on('data', text => String(text).includes('listening on') && resolve());
    tcpdump.on('exit', status => reject(new Error(`tcpdump on ${name} ended with ${status}`)));
  });
}

/** Frames keep their order, whatever orders change. */
function delayed(send) {
  const waiting = [];
  const serve = () => {
    while (waiting.length > 0 && waiting[0].due <= performance.now()) send(waiting.shift().frame);
    if (waiting.length > 0) setTimeout(serve, Math.max(1, waiting[0].due - performance.now()));
  };
  return frame => {
    const { delayMs, copies } = order;
    if (delayMs === 0 && waiting.length === 0) {
      for (let copy = 0; copy < copies; copy++) send(frame);
      return;
    }
    for (let copy = 0; copy < copies; copy++) waiting.push({ frame, due: performance.now() + delayMs });
    if (waiting.length === copies) setTimeout(serve, Math.max(1, delayMs));
  };
}

for (const cable of cables) {
  const [port, inner] = cable.split(':');
  const [outIndex, inIndex] = [linkIndex(port), linkIndex(inner)];
  await listen(
    port,
    delayed(frame => socket.send(inIndex, frame)),
  );
  await listen(inner, frame => socket.send(outIndex, frame));
}

// Open for writing, too, so that the pipe does not end with whoever wrote the first order.
createInterface({ input: createReadStream(pipe, { flags: 'r+' }) }).on('line', line => {
  order = JSON.parse(line);
  console.log('obeyed');
});
console.log('ready');
