// A million checks of 2,000 servers, of which half hang and some fail now and then, with a reload once in a while: what the
// checker process holds must not grow, and nobody's verdict waits for those that hang. The engine and the probes are the
// real ones, over servers on loopback; the kernel's IPVS table is one that obeys. No privilege, no network.
//
//   npm run soak [-- --checks N] [--rate N] [--servers N]
//
// Prints memory, descriptors and what the event loop has open along the way. Ends with 1 if any of them grew. --rate is
// checks a second of those that answer; the default is half of what one processor can do. Needs `npm run build`.
import { fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { helpFromHeader } from './run.mjs';

helpFromHeader(import.meta.url);

const ports = { tcp: 8_081, http: 8_082, flapping: 8_083, hanging: 8_084, refusing: 8_085 };
/** Heap that may come and go, in MiB, and descriptors of probes under way. */
const spare = { heap: 8, descriptors: 64 };

/** In a process of its own: all addresses of 127.0.0.0/8. */
function serve() {
  const answer = status => `HTTP/1.0 ${status} Word\r\nContent-Length: 5\r\n\r\nhello`;
  const behaviours = {
    tcp: socket => socket.resume(),
    http: socket => socket.once('data', () => socket.end(answer(200))),
    // Two seconds of every ten.
    flapping: socket => socket.once('data', () => socket.end(answer(Date.now() % 10_000 < 2_000 ? 503 : 200))),
    hanging: socket => socket.resume(),
  };
  let missing = Object.keys(behaviours).length;
  for (const [name, behaviour] of Object.entries(behaviours)) {
    const server = createServer({ allowHalfOpen: false }, socket => {
      socket.on('error', () => {});
      behaviour(socket);
    });
    server.listen({ port: ports[name], host: '0.0.0.0', backlog: 4_096 }, () => {
      missing -= 1;
      if (missing === 0) process.send('ready');
    });
  }
  process.once('disconnect', () => process.exit());
}

/** A fifth each checks TCP and HTTP, some flap, some refuse; the other half hangs. */
function kindOf(index) {
  if (index % 2 === 1) return 'hanging';
  return ['tcp', 'http', 'tcp', 'http', 'tcp', 'http', 'tcp', 'http', 'flapping', 'refusing'][(index >> 1) % 10];
}

function configuration(servers, rate, weight) {
  const parts = [];
  for (let index = 0; index < servers; index++) {
    const kind = kindOf(index);
    const tail = `${(index >> 8) & 255}.${index & 255}`;
    if (index % 4 === 0) {
      parts.push(`virtual_server 10.0.${tail} 80 {
  delay_loop ${servers / 2 / rate}
  warmup 5
  retry 1
  delay_before_retry 1
  lvs_sched rr
  lvs_method NAT
  protocol TCP
`);
    }
    const web = 'url {\n path /\n status_code 200\n digest 5d41402abc4b2a76b9719d911017c592\n }';
    const isWeb = kind !== 'tcp' && kind !== 'refusing';
    parts.push(`  real_server 127.1.${tail} ${ports[kind]} {
    weight ${index === servers >> 1 ? weight : 1}
    ${isWeb ? `HTTP_GET {\n ${web}` : 'TCP_CHECK {'}
      connect_timeout 5
    }
  }
`);
    if (index % 4 === 3) parts.push('}\n');
  }
  return parts.join('');
}

/** The kernel's table, as far as the engine can tell. */
class ObedientTable {
  #services = new Map();
  commands = 0;

  obey(command, serviceKeyText, destinationKeyText) {
    this.commands += 1;
    const key = serviceKeyText(command.service?.key ?? command.key);
    if (command.type === 'add-service') this.#services.set(key, { service: command.service, destinations: new Map() });
    else if (command.type === 'edit-service') this.#services.get(key).service = command.service;
    else if (command.type === 'remove-service') this.#services.delete(key);
    else if (command.type === 'remove-destination') {
      this.#services.get(key).destinations.delete(destinationKeyText(command));
    } else {
      this.#services.get(key).destinations.set(destinationKeyText(command.destination), command.destination);
    }
  }

  get entries() {
    return [...this.#services.values()].map(({ service, destinations }) => ({
      service,
      destinations: [...destinations.values()],
    }));
  }
}

async function soak({ checks, rate, servers }) {
  const { loadConfiguration } = await import('../dist/engine/configuration.js');
  const { CheckerProcess } = await import('../dist/engine/checker-process.js');
  const { configurationHost } = await import('../dist/linux/configuration-host.js');
  const { now } = await import('../dist/linux/clock.js');
  const { Driver } = await import('../dist/linux/driver.js');
  const { Poller } = await import('../dist/linux/poller.js');
  const { Prober } = await import('../dist/probe/prober.js');
  const { destinationKeyText, serviceKeyText } = await import('../dist/lvs/reconcile.js');

  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc');
  const server = fork(new URL(import.meta.url).pathname, ['serve'], { stdio: 'inherit' });
  await new Promise(resolve => server.once('message', resolve));

  const load = weight => {
    const host = {
      ...configurationHost({}),
      readFile: () => ({ ok: true, value: configuration(servers, rate, weight) }),
    };
    const options = { configId: 'soak', allIncludesStrict: false, advise: false };
    const { configuration: loaded } = loadConfiguration('/soak.conf', host, options);
    return { lvs: loaded.lvs, health: loaded.health };
  };
  const poller = new Poller();
  const processes = { setpriv: undefined, environment: {}, ownUid: process.getuid(), ownGid: process.getgid() };
  const prober = new Prober(poller, { processes, concurrency: 8_192 });
  const table = new ObedientTable();
  const checker = new CheckerProcess(load(1));
  const soon = input => setImmediate(() => driver.deliver(input));
  const pause = (servers / 2 / rate) * 1_000;
  /** When a server that answers was last done. */
  const endedAt = new Map();
  let late = [];
  let ended = 0;
  let hung = 0;
  let logged = 0;
  let finished;
  const whenFinished = new Promise(resolve => {
    finished = resolve;
  });

  const report = [];
  function look() {
    collectGarbage();
    late.sort((left, right) => left - right);
    const at = share => (late[Math.floor(share * (late.length - 1))] ?? 0).toFixed(1);
    const { heapUsed, external, rss } = process.memoryUsage();
    const figures = {
      heap: (heapUsed + external) / 1_048_576,
      rss: rss / 1_048_576,
      descriptors: readdirSync('/proc/self/fd').length - 1 - prober.count,
      open: process.getActiveResourcesInfo().length,
    };
    report.push(figures);
    console.log(
      `${String(ended).padStart(8)} checks, ${hung} hung: heap ${figures.heap.toFixed(1)} MiB, rss ${figures.rss.toFixed(0)} MiB, ` +
        `${prober.count} probes under way, ${figures.descriptors} other descriptors, ${figures.open} open in the event loop; ` +
        `verdicts ${at(0.5)} ms (median), ${at(0.99)} ms (99 %) after they were due`,
    );
    late = [];
  }

  const execute = effect => {
    switch (effect.type) {
      case 'read-ipvs':
        soon({
          type: 'ipvs-read',
          entries: table.entries,
          timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
          syncDaemons: [],
        });
        break;
      case 'change-ipvs':
        for (const command of effect.commands) table.obey(command, serviceKeyText, destinationKeyText);
        soon({ type: 'ipvs-changed', batch: effect.batch, errors: [] });
        break;
      case 'start-probe':
        prober.start(effect.probe, effect.spec, (probe, result) => {
          driver.deliver({ type: 'probe-ended', probe, result });
          const { address, port } = effect.spec.endpoint;
          if (port === ports.hanging) hung += 1;
          else {
            const before = endedAt.get(address);
            const instant = performance.now();
            // Those that refuse or flap have retries, which come at another beat.
            const regular = port === ports.tcp || port === ports.http;
            if (before !== undefined && regular) late.push(instant - before - pause);
            endedAt.set(address, instant);
          }
          ended += 1;
          if (ended % (checks / 10) === 0) look();
          if (ended % (checks / 20) === 0) driver.deliver({ type: 'reload' });
          if (ended === checks) finished();
        });
        break;
      case 'cancel-probe':
        prober.cancel(effect.probe);
        break;
      case 'log':
        logged += 1;
        break;
    }
  };
  let weight = 1;
  const driver = new Driver(poller, {
    engine: {
      handle: (instant, input) => {
        if (input.type !== 'reload') return checker.handle(instant, input);
        weight = (weight % 9) + 1;
        endedAt.clear();
        return checker.reload(instant, load(weight));
      },
      advance: instant => checker.advance(instant),
      nextDeadline: () => checker.nextDeadline(),
    },
    execute,
    now,
  });
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  for (const effect of checker.start()) execute(effect);
  await whenFinished;
  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = (performance.now() - began) / 1_000;
  console.log(
    `${Math.round(ended / seconds)} checks a second, ${((user + system) / ended).toFixed(0)} us of a processor each; ` +
      `${table.commands} commands to the table, ${logged} log lines`,
  );
  driver.close();
  prober.close();
  poller.close();
  server.disconnect();

  // The first two tenths are for warming up.
  const [settled, last] = [report[1], report.at(-1)];
  const grown = [];
  if (last.heap > settled.heap + spare.heap) grown.push('heap');
  if (last.rss > settled.rss * 1.25 + spare.heap) grown.push('rss');
  if (last.descriptors > settled.descriptors + spare.descriptors) grown.push('descriptors');
  if (last.open > settled.open + spare.descriptors) grown.push('event loop');
  console.log(grown.length === 0 ? 'nothing grew' : `grew: ${grown.join(', ')}`);
  process.exit(grown.length === 0 ? 0 : 1);
}

if (process.argv[2] === 'serve') serve();
else {
  const { values } = parseArgs({
    options: {
      checks: { type: 'string', default: '1000000' },
      rate: { type: 'string', default: '2500' },
      servers: { type: 'string', default: '2000' },
    },
  });
  await soak({ checks: Number(values.checks), rate: Number(values.rate), servers: Number(values.servers) });
}
