// What a probe costs, and whether anything grows: probes against a server on loopback, many at a time.
//
//   node bench/probes.mjs [--type tcp|http|refused|udp] [--count N] [--concurrency N]
//
// Prints the rate, this process's processor time for 1,000 probes, and its memory, descriptors and timers along the way.
// The server is a process of its own. Needs `npm run build`; no privilege, no network but loopback.
import { fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { helpFromHeader } from '../tools/run.mjs';

helpFromHeader(import.meta.url);

if (process.send) {
  const server = createServer(socket => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'));
    socket.once('end', () => socket.end());
  });
  server.listen({ port: 0, host: '0.0.0.0', backlog: 4_096 }, () => process.send(server.address().port));
  process.once('disconnect', () => process.exit());
} else {
  await measure();
}

async function measure() {
  const { Poller } = await import('../dist/linux/poller.js');
  const { Prober } = await import('../dist/probe/prober.js');
  const { values } = parseArgs({
    options: {
      type: { type: 'string', default: 'tcp' },
      count: { type: 'string', default: '1000000' },
      concurrency: { type: 'string', default: '200' },
    },
  });
  const count = Number(values.count);
  const concurrency = Number(values.concurrency);
  const server = fork(new URL(import.meta.url).pathname, { stdio: 'inherit' });
  const port = await new Promise(resolve => server.once('message', resolve));
  const poller = new Poller();
  const processes = { setpriv: undefined, environment: {}, ownUid: process.getuid(), ownGid: process.getgid() };
  const prober = new Prober(poller, { processes, concurrency });

  // Many addresses, or the ports of connections that the kernel remembers would run out.
  const specs = Array.from({ length: 200 }, (_, index) => specOf(values.type, `127.0.1.${index + 1}`, port));
  const failures = new Map();
  let started = 0;
  let ended = 0;
  const report = () => {
    const { rss, heapUsed } = process.memoryUsage();
    const descriptors = readdirSync('/proc/self/fd').length - 1;
    const megabytes = bytes => `${(bytes / 1_048_576).toFixed(1)} MiB`;
    console.log(`${ended} probes: rss ${megabytes(rss)}, heap ${megabytes(heapUsed)}, ${descriptors} descriptors`);
  };
  const begin = process.hrtime.bigint();
  const cpuBefore = process.cpuUsage();
  await new Promise(resolve => {
    const next = () => {
      if (started === count) return;
      prober.start(started, specs[started % specs.length], done);
      started += 1;
    };
    const done = (_, { failure }) => {
      ended += 1;
      if (failure) {
        const text = failure.error ?? failure.type;
        failures.set(text, (failures.get(text) ?? 0) + 1);
      }
      if (ended % (count / 10) === 0) report();
      if (ended === count) resolve();
      else next();
    };
    for (let index = 0; index < concurrency; index++) next();
  });
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  const { user, system } = process.cpuUsage(cpuBefore);
  const perThousand = microseconds => `${((microseconds / count / 1_000) * 1_000).toFixed(1)} ms`;
  console.log(`${values.type}: ${Math.round(count / seconds)} probes a second`);
  console.log(
    `for 1,000: ${perThousand(user + system)} of a processor (user ${perThousand(user)}, kernel ${perThousand(system)})`,
  );
  for (const [text, number] of failures) console.log(`failed: ${text} ${number}`);
  prober.close();
  poller.close();
  server.disconnect();
}

function specOf(type, address, port) {
  const nothing = { bindAddress: undefined, bindPort: undefined, bindInterface: undefined, fwmark: undefined };
  const endpoint = { ...nothing, address, port: type === 'refused' ? 1 : port, timeout: 5_000_000 };
  if (type === 'http') {
    const check = { tls: undefined, version: '1.0', path: '/', host: address, statusRanges: [[200, 299]] };
    return { type: 'http', endpoint, ...check, digest: '5d41402abc4b2a76b9719d911017c592', pattern: undefined };
  }
  if (type === 'udp') {
    const check = { payload: Uint8Array.of(1), requireReply: true, reply: undefined };
    return { type: 'udp', endpoint, ...check, minimumReplyLength: 0, maximumReplyLength: 255 };
  }
  return { type: 'tcp', endpoint };
}
