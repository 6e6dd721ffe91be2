// What a big configuration costs: reading and checking it with -t, Node's start included, beside keepalived in the same
// run; the most memory that it took; and the difference of two such configurations, as a reload needs it.
//
//   node bench/parse.mjs [--services 1000,10000,100000] [--rounds N]
//   node bench/parse.mjs --shape NAME [--counts 1000,2000,4000] [--rounds N]
//
// A service is a virtual server of 30 lines with four real servers that are checked. Other shapes are one thing very often:
// each line of their table is to take as long a line as the one before. Run it on an idle machine. Needs `npm run build`
// and `node tools/peers.mjs`; no privilege.
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadConfiguration } from '../dist/engine/configuration.js';
import { enterNamespaces } from '../dist/lab/enter.js';
import { openLab } from '../dist/lab/lab.js';
import { configurationHost } from '../dist/linux/configuration-host.js';
import { diffLvs } from '../dist/lvs/diff.js';
import { helpFromHeader } from '../tools/run.mjs';
import { balancers } from './balancers.mjs';
import { median } from './daemons.mjs';

helpFromHeader(import.meta.url);

const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '1000,10000,100000' },
    shape: { type: 'string', default: 'services' },
    counts: { type: 'string', default: '1000,2000,4000' },
    rounds: { type: 'string', default: '5' },
  },
});
const sizes = (values.shape === 'services' ? values.services : values.counts).split(',').map(Number);
const rounds = Number(values.rounds);
const root = fileURLToPath(new URL('..', import.meta.url));

await enterNamespaces();
const lab = await openLab({ searchPath: [`${root}.cache/peers/bin`] });
const host = await lab.addHost('one');

/** A VRID is free once for each interface. */
const vridsPerInterface = 250;
/** Interfaces for that many instances; none for other shapes. */
async function addInterfaces(instances) {
  for (let place = 0; place < Math.ceil(instances / vridsPerInterface); place++) {
    await host.run(['ip', 'link', 'add', `br${place}`, 'type', 'bridge']);
    await host.run(['ip', 'link', 'set', `br${place}`, 'up']);
  }
}

const configuration = (services, weightOf) => balancers(services, ['delay_loop 10'], weightOf);

const many = (count, line) => `${Array.from({ length: count }, (_, place) => line(place)).join('\n')}\n`;
const address = place => `10.${(place >> 16) & 255}.${(place >> 8) & 255}.${place & 255}`;
const instance = (place, lines) =>
  `vrrp_instance V${place} {\n    interface br${Math.floor(place / vridsPerInterface)}\n` +
  `    virtual_router_id ${(place % vridsPerInterface) + 1}\n    priority 100\n${lines}}`;
const addresses = (count, from = 0) => `    virtual_ipaddress {\n${many(count, place => address(from + place))}    }\n`;
const server = (place, lines) => `    real_server ${address(place)} 80 {\n        weight 1\n${lines}    }\n`;
const service = lines =>
  `virtual_server 192.0.2.1 80 {\n    lvs_sched rr\n    lvs_method NAT\n    protocol TCP\n${lines}}\n`;
const script = place => `vrrp_script s${place} {\n    script /bin/true\n    interval 2\n}`;

/** By name, the text for a count; files besides go to the host. */
const shapes = {
  services: count => configuration(count),
  instances: count => many(count, place => instance(place, addresses(4, 4 * place))),
  addresses: count => many(Math.ceil(count / 200), place => instance(place, addresses(200, 200 * place))),
  'real-servers': count => service(many(count, place => server(place, '        TCP_CHECK {\n        }\n').trimEnd())),
  groups: count =>
    many(count, place => `virtual_server_group G${place} {\n    ${address(place)} 80\n}`) +
    many(count, place => service(server(place, '')).replace('192.0.2.1 80', `group G${place}`).trimEnd()),
  scripts: count =>
    `global_defs {\n    enable_script_security\n    script_user root\n}\n${many(count, script)}` +
    instance(0, `    track_script {\n${many(count, place => `s${place}`)}    }\n${addresses(1)}`) +
    '\n',
  'sync-groups': count =>
    many(count, place => instance(place, addresses(1, place))) +
    many(
      count / 2,
      place => `vrrp_sync_group G${place} {\n    group {\n        V${2 * place}\n        V${2 * place + 1}\n    }\n}`,
    ),
  static: count => `static_ipaddress {\n${many(count, place => `    ${address(place)}/32 dev lo`)}}\n`,
  definitions: count =>
    many(count, place => `$D${place}=${address(place)}`) +
    service(many(count, place => server(place, '').replace(address(place), `\${D${place}}`).trimEnd())),
  includes: count => {
    for (let place = 0; place < count; place++) host.write(`/tmp/parts/p${place}.conf`, `${script(place)}\n`);
    return 'global_defs {\n    enable_script_security\n    script_user root\n}\ninclude /tmp/parts/*.conf\n';
  },
  chain: count => {
    for (let depth = 1; depth <= 30; depth++) {
      const scripts = many(Math.ceil(count / 30), place => script(`${depth}_${place}`));
      host.write(`/tmp/chain${depth}.conf`, `${scripts}${depth < 30 ? `include /tmp/chain${depth + 1}.conf\n` : ''}`);
    }
    return 'global_defs {\n    enable_script_security\n    script_user root\n}\ninclude /tmp/chain1.conf\n';
  },
};
if (!(values.shape in shapes)) throw new Error(`shapes are ${Object.keys(shapes).join(', ')}`);

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

/** Lines of the file and of what it includes. */
function linesOf(count, text) {
  const own = text.split('\n').length - 1;
  if (values.shape === 'includes') return own + 4 * count;
  return values.shape === 'chain' ? own + 4 * 30 * Math.ceil(count / 30) : own;
}

/** Megabytes that holdfast -t has at the most. */
async function memory(file) {
  const tell = 'process.on("exit",()=>console.error("most",process.resourceUsage().maxRSS))';
  const [node, ...words] = commands.holdfast;
  const { stderr } = await host.run([node, '--import', `data:text/javascript,${tell}`, ...words, file]);
  return Math.round(Number(/^most (\d+)$/m.exec(stderr)?.[1]) / 1_024);
}

const least = list => Math.min(...list);

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
await addInterfaces(/instances|addresses|scripts|groups/.test(values.shape) ? Math.max(...sizes) : 0);
console.log(`| ${values.shape} | lines | keepalived -t | holdfast -t | us a line | ratio | memory | difference |`);
console.log('|---|---|---|---|---|---|---|---|');
for (const count of sizes) {
  const text = shapes[values.shape](count);
  const file = `/tmp/${values.shape}-${count}.conf`;
  host.write(file, text);
  const lines = linesOf(count, text);
  const { keepalived, holdfast } = await wallTimes(file);
  const megabytes = await memory(file);
  const difference = values.shape === 'services' ? `${least(differenceTime(count)).toFixed(0)} ms` : '';
  const both = list => `${least(list).toFixed(2)} s, ${median(list).toFixed(2)} s`;
  console.log(
    `| ${count} | ${lines} | ${both(keepalived)} | ${both(holdfast)} | ${((least(holdfast) / lines) * 1e6).toFixed(2)} ` +
      `| ${(least(holdfast) / least(keepalived)).toFixed(1)} | ${megabytes} MB | ${difference} |`,
  );
}
await lab.close();
