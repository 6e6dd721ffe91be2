// What checking real servers costs, beside keepalived in the same run: processor time of the checker process for 1,000
// checks, and the memory that it holds.
//
//   node bench/health.mjs [--checks tcp,http] [--servers 200,2000] [--rate N] [--seconds N] [--rounds N]
//
// The servers are addresses of one machine, are well, and get --rate checks a second in all. It boots a User-Mode-Linux
// kernel, because keepalived checks nothing where there is no IPVS; a system call costs 35-50 us there: compare the
// figures with each other only. Run it on an idle machine. Needs `npm run build` and `node tools/peers.mjs`; no privilege.
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { helpFromHeader } from '../tools/run.mjs';
import { cpuOf, Daemon, daemonNames, enterUml, ground, median, residentOf, spread } from './daemons.mjs';

helpFromHeader(import.meta.url);

const file = '/run/bench.conf';
const port = 8_080;
const page = 'hello';
const digest = '5d41402abc4b2a76b9719d911017c592';
/** Every server has been asked once, and what is made once has been made. */
const settleMs = 15_000;

function configuration(kind, servers, rate) {
  const delay = servers / rate;
  const check =
    kind === 'http'
      ? `HTTP_GET {\n      url {\n        path /\n        status_code 200\n        digest ${digest}\n      }\n      connect_timeout 3\n    }`
      : 'TCP_CHECK {\n      connect_timeout 3\n    }';
  const perService = 4;
  const parts = [];
  for (let index = 0; index < servers; index++) {
    if (index % perService === 0) {
      parts.push(`virtual_server 10.0.${(index >> 8) & 255}.${index & 255} 80 {
  delay_loop ${delay}
  warmup ${delay}
  lvs_sched rr
  lvs_method NAT
  protocol TCP
`);
    }
    parts.push(`  real_server 127.1.${(index >> 8) & 255}.${index & 255} ${port} {\n    ${check}\n  }\n`);
    if (index % perService === perService - 1) parts.push('}\n');
  }
  return parts.join('');
}

/** Every address of this machine, in a process of its own: it says how many connections it has answered. */
function serve() {
  let connections = 0;
  const answer = `HTTP/1.0 200 OK\r\nContent-Length: ${page.length}\r\n\r\n${page}`;
  const server = createServer({ allowHalfOpen: false }, socket => {
    connections += 1;
    socket.on('error', () => {});
    socket.once('data', () => socket.end(answer));
  });
  server.listen({ port, host: '0.0.0.0', backlog: 4_096 }, () => process.send('ready'));
  process.on('message', () => process.send(connections));
  process.once('disconnect', () => process.exit());
}

async function measure(values) {
  const rate = Number(values.rate);
  const server = fork(new URL(import.meta.url).pathname, ['serve'], { stdio: 'inherit' });
  const heard = () => new Promise(resolve => server.once('message', resolve));
  await heard();
  const connections = () => {
    const answer = heard();
    server.send('');
    return answer;
  };

  async function round(name, kind, servers) {
    writeFileSync(file, configuration(kind, servers, rate));
    const daemon = new Daemon(name, file, ['-C']);
    await pause(settleMs + (1_000 * servers) / rate);
    const pid = daemon.checker();
    const [before, countBefore] = [cpuOf(pid), await connections()];
    await pause(Number(values.seconds) * 1_000);
    const [after, count] = [cpuOf(pid), (await connections()) - countBefore];
    const memory = residentOf(pid);
    daemon.signal('SIGTERM');
    await daemon.ended;
    const part = key => ((after[key] - before[key]) / count) * 1_000_000;
    return { count, total: part('total'), user: part('user'), system: part('system'), memory };
  }

  console.log(`${ground}; ${values.seconds} s each, median (least .. most) of ${values.rounds} rounds`);
  console.log(`
| check | servers | daemon | checks | ms of a processor for 1,000 | user | kernel | MiB |
|---|---|---|---|---|---|---|---|`);
  for (const kind of values.checks.split(',')) {
    for (const servers of values.servers.split(',').map(Number)) {
      const results = Object.fromEntries(daemonNames.map(name => [name, []]));
      for (let count = 0; count < Number(values.rounds); count++) {
        for (const name of daemonNames) results[name].push(await round(name, kind, servers));
      }
      const of = (name, column) => results[name].map(each => each[column]);
      for (const name of daemonNames) {
        const cells = ['count', 'total', 'user', 'system', 'memory'].map(column => spread(of(name, column), 0));
        console.log(`| ${kind} | ${servers} | ${name} | ${cells.join(' | ')} |`);
      }
      const [theirs, ours] = daemonNames.map(name => median(of(name, 'total')));
      console.log(`| ${kind} | ${servers} | ratio | | ${(ours / theirs).toFixed(2)} | | | |`);
    }
  }
  process.exit(0);
}

if (process.argv[2] === 'serve') serve();
else {
  const { values } = parseArgs({
    options: {
      checks: { type: 'string', default: 'tcp,http' },
      servers: { type: 'string', default: '200,2000' },
      rate: { type: 'string', default: '100' },
      seconds: { type: 'string', default: '60' },
      rounds: { type: 'string', default: '3' },
    },
  });
  await enterUml(import.meta.url);
  await measure(values);
}
