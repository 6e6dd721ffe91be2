// Sends Ethernet frames that it is told to send. Runs on a host of a lab; an order is a line of JSON from the pipe that its
// argument names: { interface, frames: hexadecimal texts by turns, everyMs, forMs }.
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { PacketSocket } from '../../dist/linux/packet-socket.js';

const socket = new PacketSocket();
socket.rehearse();

function linkIndex(name) {
  return Number(readFileSync(`/sys/class/net/${name}/ifindex`, 'utf8'));
}

function obey({ interface: name, frames, everyMs, forMs }) {
  const bytes = frames.map(frame => Uint8Array.from(Buffer.from(frame, 'hex')));
  const index = linkIndex(name);
  const begin = performance.now();
  let turn = 0;
  const send = () => {
    socket.send(index, bytes[turn++ % bytes.length]);
    const next = turn * everyMs;
    if (next < forMs) setTimeout(send, begin + next - performance.now());
    else console.log(`sent ${turn}, refused ${socket.dropped.frames}`);
  };
  send();
  console.log('begun');
}

// Open for writing, too, so that the pipe does not end with whoever wrote the first order.
createInterface({ input: createReadStream(process.argv[2], { flags: 'r+' }) }).on('line', line =>
  obey(JSON.parse(line)),
);
console.log('ready');
