// What it takes to have a big table in the kernel, beside keepalived in the same run: from the start of the daemon until
// its last server is in, from a reload with one other weight until the kernel knows, from TERM until the end; and the
// processor time of all its processes meanwhile.
//
//   node bench/balancing.mjs [--services 1000,5000] [--rounds N]
//
// A service is a virtual server with four real servers that are checked, and are well. It boots a User-Mode-Linux kernel,
// where a system call costs 35-50 us: compare the figures with each other only. Run it on an idle machine. Needs
// `npm run build` and `node tools/peers.mjs`; no privilege.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { RequestSocket } from '../dist/linux/netlink-socket.js';
import { decodeFamily, encodeFamilyRequest } from '../dist/netlink/generic.js';
import { decodeDestination } from '../dist/netlink/ipvs-answer.js';
import { encodeDestinationDump } from '../dist/netlink/ipvs-request.js';
import { MessageWriter } from '../dist/netlink/message-writer.js';
import { helpFromHeader } from '../tools/run.mjs';
import { balancers, serversPerService, serviceAddress } from './balancers.mjs';
import { Daemon, daemonNames, enterUml, ground, median, spread } from './daemons.mjs';

helpFromHeader(import.meta.url);
const { values } = parseArgs({
  options: { services: { type: 'string', default: '1000,5000' }, rounds: { type: 'string', default: '5' } },
});
await enterUml(import.meta.url);

const file = '/run/bench.conf';
const configuration = (services, weightOf) => balancers(services, ['delay_loop 1000', 'warmup 1000'], weightOf);

const netlink = new RequestSocket(16, 'bench');
const writer = new MessageWriter();
function ask(way, encode) {
  return netlink[way](sequence => {
    writer.clear();
    encode(sequence);
    return writer.bytes();
  });
}
let familyNumber;

/** The servers of one service as the kernel has them; none if it does not know the service. */
function destinations(index) {
  const key = { type: 'address', protocol: 'tcp', address: serviceAddress(index), port: 80 };
  try {
    familyNumber ??= decodeFamily(ask('ask', sequence => encodeFamilyRequest(writer, 'IPVS', sequence))[0]).value.id;
    const found = ask('dump', sequence => encodeDestinationDump(familyNumber, writer, key, sequence));
    return found.map(message => decodeDestination(message, 4).value);
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return [];
    throw error;
  }
}

async function until(what, check) {
  const end = performance.now() + 300_000;
  while (!check()) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await pause(5);
  }
}

/** Until the daemon has nothing more to do: what it does rarely costs less than a hundredth. */
async function untilIdle(daemon) {
  for (let before = -1; ; ) {
    const cpu = daemon.cpu();
    if (cpu - before < 0.02) return;
    before = cpu;
    await pause(1_000);
  }
}

const ipvsadm = (...words) => spawnSync('ipvsadm', words, { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;
/** Services and destinations in the kernel. */
function tableSize() {
  const lines = ipvsadm('-Sn').split('\n');
  return [lines.filter(line => line.startsWith('-A')).length, lines.filter(line => line.startsWith('-a')).length];
}

async function round(name, services) {
  ipvsadm('-C');
  writeFileSync(file, configuration(services));
  const result = {};
  const started = performance.now();
  const since = () => (performance.now() - started) / 1_000;
  const daemon = new Daemon(name, file, ['-C']);
  await until('the first service', () => destinations(0).length > 0);
  const first = since();
  await until('the last server', () => destinations(services - 1).length === serversPerService);
  result.ready = since();
  result.programming = result.ready - first;
  await untilIdle(daemon);
  result.startCpu = daemon.cpu();
  if (String(tableSize()) !== String([services, services * serversPerService])) throw new Error('it is not complete');

  const changed = services >> 1;
  writeFileSync(
    file,
    configuration(services, (index, server) => (index === changed && server === 2 ? 7 : 1)),
  );
  const reloaded = since();
  daemon.signal('SIGHUP');
  await until('the other weight', () => destinations(changed).some(({ weight }) => weight === 7));
  result.reload = since() - reloaded;
  await untilIdle(daemon);
  result.reloadCpu = daemon.cpu() - result.startCpu;
  if (String(tableSize()) !== String([services, services * serversPerService])) throw new Error('the reload lost some');

  const stopped = since();
  daemon.signal('SIGTERM');
  await daemon.ended;
  result.stop = since() - stopped;
  // A child that had to be killed may outlive its parent for a moment.
  await pause(1_000);
  [result.left] = tableSize();
  return result;
}

// All servers are this machine, and are well.
const listener = createServer(socket => {
  socket.on('error', () => {});
  socket.resume();
  socket.on('end', () => socket.end());
});
await new Promise(resolve => listener.listen({ port: 80, host: '0.0.0.0', backlog: 4_096 }, resolve));
spawnSync('ip', ['link', 'set', 'lo', 'up']);

console.log(`${ground}; seconds, median (least .. most) of ${values.rounds} rounds`);
const columns = ['ready', 'programming', 'startCpu', 'reload', 'reloadCpu', 'stop', 'left'];
console.log(`\n| services x 4 | daemon | table complete | first to last service | processor until idle | reload, one other weight | processor | stop | services left |
|---|---|---|---|---|---|---|---|---|`);
for (const services of values.services.split(',').map(Number)) {
  const results = Object.fromEntries(daemonNames.map(name => [name, []]));
  for (let count = 0; count < Number(values.rounds); count++) {
    for (const name of daemonNames) results[name].push(await round(name, services));
  }
  const of = (name, column) => results[name].map(each => each[column]);
  for (const name of daemonNames) {
    const cells = columns.map(column => spread(of(name, column), column === 'left' ? 0 : 2));
    console.log(`| ${services} | ${name} | ${cells.join(' | ')} |`);
  }
  const ratios = columns.slice(0, -1).map(column => {
    const [theirs, ours] = daemonNames.map(name => median(of(name, column)));
    return (ours / theirs).toFixed(2);
  });
  console.log(`| ${services} | ratio | ${ratios.join(' | ')} | |`);
}
process.exit(0);
