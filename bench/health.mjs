// What checking real servers costs, beside keepalived in the same run: processor time of the checker process for 1,000
// checks, and the memory that it holds.
//
//   node bench/health.mjs [--checks tcp,http] [--servers 200,2000] [--rate N] [--seconds N] [--rounds N]
//
// The servers are addresses of one host of the lab, are well, and get --rate checks a second in all. keepalived checks
// nothing where there is no IPVS, so that it is made to believe in one (no-ipvs.c, which needs a C compiler); Holdfast says
// that there is none and checks. Run it on an idle machine. Needs `npm run build` and `node tools/peers.mjs`; no privilege.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { enterNamespaces } from '../dist/lab/enter.js';
import { openLab } from '../dist/lab/lab.js';
import { pause, waitFor } from '../dist/lab/wait.js';
import { helpFromHeader, root } from '../tools/run.mjs';
import { daemonNames, median, spread } from './daemons.mjs';

helpFromHeader(import.meta.url);

const file = '/etc/keepalived/keepalived.conf';
const port = 8_080;
const countPort = 8_079;
const page = 'hello';
const digest = '5d41402abc4b2a76b9719d911017c592';
/** Every server has been asked by then, and what is made once has been made. */
const settleMs = 8_000;

const shim = `${root}.cache/bench/no-ipvs.so`;
const daemons = {
  keepalived: { argv: ['keepalived'], env: { LD_PRELOAD: shim }, pidFile: '/run/checkers.pid' },
  holdfast: { argv: [process.execPath, `${root}bin/holdfast`], env: {}, pidFile: '/run/holdfast_checkers.pid' },
};

function configuration(kind, servers, rate) {
  const delay = servers / rate;
  const check =
    kind === 'http'
      ? `HTTP_GET {\n      url {\n        path /\n        status_code 200\n        digest ${digest}\n      }\n      connect_timeout 3\n    }`
      : 'TCP_CHECK {\n      connect_timeout 3\n    }';
  const perService = 4;
  const parts = [];
  for (let index = 0; index < servers; index++) {
    const tail = `${(index >> 8) & 255}.${index & 255}`;
    if (index % perService === 0) {
      parts.push(`virtual_server 10.0.${tail} 80 {
  delay_loop ${delay}
  warmup ${delay}
  lvs_sched rr
  lvs_method NAT
  protocol TCP
`);
    }
    parts.push(`  real_server 127.1.${tail} ${port} {\n    ${check}\n  }\n`);
    if (index % perService === perService - 1) parts.push('}\n');
  }
  return parts.join('');
}

/** Every address of the host, in a process of its own; at another port it says how many connections it has had. */
function serve() {
  let connections = 0;
  const answer = `HTTP/1.0 200 OK\r\nContent-Length: ${page.length}\r\n\r\n${page}`;
  const server = createServer(socket => {
    connections += 1;
    socket.on('error', () => {});
    socket.once('data', () => socket.end(answer));
  });
  server.listen({ port, host: '0.0.0.0', backlog: 4_096 }, () => console.log('ready'));
  createServer(socket => socket.end(String(connections))).listen(countPort, '127.0.0.1');
}

async function measure(values) {
  const rate = Number(values.rate);
  mkdirSync(`${root}.cache/bench`, { recursive: true });
  const compiled = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', shim, `${root}bench/no-ipvs.c`, '-ldl']);
  if (compiled.status !== 0) throw new Error(`cc: ${compiled.error?.message ?? String(compiled.stderr)}`);
  await enterNamespaces();
  const lab = await openLab({ searchPath: [`${root}.cache/peers/bin`] });
  const host = await lab.addHost('one');
  const server = host.spawn([process.execPath, fileURLToPath(import.meta.url), 'serve']);
  await server.waitForLine('ready');
  const connections = async () =>
    Number(await host.must(['bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${countPort}; cat <&3`]));

  async function round(name, kind, servers) {
    const { argv, env, pidFile } = daemons[name];
    host.write(file, configuration(kind, servers, rate));
    const daemon = host.spawn([...argv, '-n', '-G', '-C', '-f', file], { env });
    await waitFor(() => host.read(pidFile), { what: `${name} to start`, evidence: () => daemon.output });
    await pause(settleMs + (2_000 * servers) / rate);
    const pid = host.read(pidFile).trim();
    const used = async () => {
      const words = (await host.must(['cat', `/proc/${pid}/stat`])).split(') ')[1].split(' ');
      // The kernel's clock tick in /proc is 10 ms on every architecture that Node runs on.
      return { user: Number(words[11]) / 100, system: Number(words[12]) / 100 };
    };
    const [before, countBefore] = [await used(), await connections()];
    await pause(Number(values.seconds) * 1_000);
    const [after, count] = [await used(), (await connections()) - countBefore];
    const status = await host.must(['cat', `/proc/${pid}/status`]);
    await daemon.stop();
    const part = key => ((after[key] - before[key]) / count) * 1_000_000;
    const memory = Number(/^VmRSS:\s+(\d+)/m.exec(status)[1]) / 1_024;
    return { count, total: part('user') + part('system'), user: part('user'), system: part('system'), memory };
  }

  const { rounds, seconds } = values;
  console.log(
    `${cpus()[0].model}, Node ${process.versions.node}; ${seconds} s each, median (least .. most) of ${rounds} rounds`,
  );
  console.log(`
| check | servers | daemon | checks | ms of a processor for 1,000 | user | kernel | MiB |
|---|---|---|---|---|---|---|---|`);
  for (const kind of values.checks.split(',')) {
    for (const servers of values.servers.split(',').map(Number)) {
      const results = Object.fromEntries(daemonNames.map(name => [name, []]));
      for (let count = 0; count < Number(rounds); count++) {
        for (const name of daemonNames) results[name].push(await round(name, kind, servers));
      }
      const of = (name, column) => results[name].map(each => each[column]);
      for (const name of daemonNames) {
        const cells = ['total', 'user', 'system', 'memory'].map(column => spread(of(name, column), 1));
        console.log(`| ${kind} | ${servers} | ${name} | ${spread(of(name, 'count'), 0)} | ${cells.join(' | ')} |`);
      }
      const [theirs, ours] = daemonNames.map(name => median(of(name, 'total')));
      console.log(`| ${kind} | ${servers} | ratio | | ${(ours / theirs).toFixed(2)} | | | |`);
    }
  }
  await lab.close();
}

if (process.argv[2] === 'serve') serve();
else {
  const { values } = parseArgs({
    options: {
      checks: { type: 'string', default: 'tcp,http' },
      servers: { type: 'string', default: '200,2000' },
      rate: { type: 'string', default: '1000' },
      seconds: { type: 'string', default: '20' },
      rounds: { type: 'string', default: '3' },
    },
  });
  await measure(values);
}
