// What a big configuration costs: reading and checking it with -t, Node's start included, beside keepalived in the same
// run; and the difference of two such configurations, as a reload needs it.
//
//   node bench/parse.mjs [--services 1000,10000,100000] [--rounds N]
//
// A service is a virtual server of 30 lines with four real servers that are checked. Run it on an idle machine. Needs
// `npm run build` and `node tools/peers.mjs`; no privilege.
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadConfiguration } from '../dist/engine/configuration.js';
import { enterNamespaces } from '../dist/lab/enter.js';
import { openLab } from '../dist/lab/lab.js';
import { configurationHost } from '../dist/linux/configuration-host.js';
import { diffLvs } from '../dist/lvs/diff.js';

const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '1000,10000,100000' },
    rounds: { type: 'string', default: '5' },
  },
});
const sizes = values.services.split(',').map(Number);
const rounds = Number(values.rounds);
const root = fileURLToPath(new URL('..', import.meta.url));
const serversPerService = 4;

await enterNamespaces();
const lab = await openLab({ searchPath: [`${root}.cache/peers/bin`] });
const host = await lab.addHost('one');

function configuration(services, weightOf = () => 1) {
  const parts = [];
  for (let index = 0; index < services; index++) {
    const tail = `${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
    parts.push(`virtual_server 10.${tail} 80 {
    delay_loop 10
    lvs_sched rr
    lvs_method NAT
    protocol TCP
`);
    for (let server = 0; server < serversPerService; server++) {
      parts.push(`    real_server 172.${16 + server}.${(index >> 8) & 255}.${index & 255} 80 {
        weight ${weightOf(index, server)}
        TCP_CHECK {
            connect_timeout 3
        }
    }
`);
    }
    parts.push('}\n');
  }
  return parts.join('');
}

const commands = {
  keepalived: ['keepalived', '-t', '-f'],
  holdfast: [process.execPath, `${root}bin/holdfast`, '-t', '-f'],
};

/** Seconds that a command takes from start to end, in each round; the daemons take turns. */
async function wallTimes(file) {
  const seconds = { keepalived: [], holdfast: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of Object.entries(commands)) {
      const started = performance.now();
      const { status, stderr } = await host.run([...command, file]);
      if (status !== 0) throw new Error(`${name} -t ended with ${status}: ${stderr.slice(0, 300)}`);
      seconds[name].push((performance.now() - started) / 1_000);
    }
  }
  return seconds;
}

const least = list => Math.min(...list);
const median = list => [...list].sort((left, right) => left - right)[Math.floor(list.length / 2)];

/** Milliseconds to compare two loaded configurations of which one server has another weight. */
function differenceTime(services) {
  const machine = configurationHost({});
  const load = text =>
    loadConfiguration(
      '/bench.conf',
      { ...machine, readFile: () => ({ ok: true, value: text }) },
      { configId: 'bench', allIncludesStrict: false },
    ).configuration;
  const before = load(configuration(services));
  const after = load(configuration(services, (index, server) => (index === services >> 1 && server === 2 ? 7 : 1)));
  const same = (left, right) => {
    const one = JSON.stringify(left.map(place => before.health.checkers[place]));
    return one === JSON.stringify(right.map(place => after.health.checkers[place]));
  };
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    const { changed, added, removed } = diffLvs(before.lvs, after.lvs, same);
    times.push(performance.now() - started);
    if (changed.length !== 1 || added.length + removed.length > 0) throw new Error('the difference is one server');
  }
  return times;
}

console.log(
  `${cpus()[0].model}, ${cpus().length} processors, Node ${process.versions.node}; least and median of ${rounds} rounds`,
);
console.log('');
console.log('| services x 4 | lines | keepalived -t | holdfast -t | us a line | ratio | difference |');
console.log('|---|---|---|---|---|---|---|');
for (const services of sizes) {
  const text = configuration(services);
  const lines = text.split('\n').length - 1;
  const file = `/tmp/${services}.conf`;
  host.write(file, text);
  const { keepalived, holdfast } = await wallTimes(file);
  const difference = differenceTime(services);
  const both = list => `${least(list).toFixed(2)} s, ${median(list).toFixed(2)} s`;
  console.log(
    `| ${services} | ${lines} | ${both(keepalived)} | ${both(holdfast)} | ${((least(holdfast) / lines) * 1e6).toFixed(2)} ` +
      `| ${(least(holdfast) / least(keepalived)).toFixed(1)} | ${least(difference).toFixed(0)} ms |`,
  );
}
await lab.close();
