// Inputs that grow: a configuration over and over, a line that gets longer, nesting that gets deeper. What the loader does
// for each is counted, not timed: how often every piece of its code runs, as the inspector tells. Twice the input may take
// twice the work and little more.
import inspector from 'node:inspector';
import { root } from '../run.mjs';
import { describeInput, mutatedConfiguration, readCorpus } from './configurations.mjs';
import { fuzzedHost, mainFile } from './host.mjs';
import { randomFor } from './random.mjs';

const options = { configId: 'holdfast', allIncludesStrict: false, advise: true };
const directory = '/etc/keepalived';

/** The work of the step to twice the size over that of the step before: 2 is linear, 4 is quadratic. */
const mostGrowth = 2.7;
/** Below this many runs of any piece of code nobody waits for it. */
const leastWork = 300_000;

export async function growthTarget(dist, seed) {
  const { loadConfiguration } = await import(`${dist}/engine/configuration.js`);
  const { rootGrammar } = await import(`${dist}/engine/keywords.js`);
  const corpus = readCorpus(root, ['examples', 'test/fixtures'], rootGrammar);
  const session = new inspector.Session();
  session.connect();
  const ask = (method, parameters) => {
    let answer;
    session.post(method, parameters, (error, result) => {
      if (error) throw new Error(error.message);
      answer = result;
    });
    return answer;
  };
  ask('Profiler.enable');
  ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

  /** How often any piece of our code ran since the last call. */
  const workDone = () => {
    const pieces = [];
    for (const { url, functions } of ask('Profiler.takePreciseCoverage').result) {
      if (!url.includes('/dist/')) continue;
      for (const { functionName, ranges } of functions) {
        for (const { count, startOffset } of ranges)
          pieces.push({ count, where: `${url} ${functionName} ${startOffset}` });
      }
    }
    return pieces;
  };
  const total = pieces => pieces.reduce((sum, { count }) => sum + count, 0);
  const measure = input => {
    workDone();
    const loaded = loadConfiguration(mainFile, fuzzedHost(input.text, input.files), options);
    return { pieces: workDone(), loaded };
  };

  return {
    run(index, count) {
      const random = randomFor(seed, index);
      const [name, grow] = random.pick(growths)(random, corpus);
      count(`grown: ${name}`);
      // What is read only once costs the same at any size; so the steps are compared, not the sums.
      const sizes = [1, 2, 4].map(factor => measure(grow(factor)));
      const [small, middle, large] = sizes.map(({ pieces }) => total(pieces));
      count(sizes[2].loaded.configuration ? 'loaded' : 'refused');
      // Less than twice as much in all: a bound was reached at the size before, and told.
      if (large < leastWork || large <= 2.1 * middle || large - middle <= mostGrowth * (middle - small)) return;
      const before = new Map(sizes[1].pieces.map(({ where, count: times }) => [where, times]));
      const worst = sizes[2].pieces
        .filter(({ where, count: times }) => times > 1_000 && times > 3 * (before.get(where) ?? 0))
        .sort((left, right) => right.count - left.count)
        .slice(0, 5)
        .map(({ where, count: times }) => `${where}: ${before.get(where) ?? 0} -> ${times}`);
      throw new Error(`${name}: ${small} -> ${middle} -> ${large} steps\n${worst.join('\n')}`);
    },
    describe: index => {
      const random = randomFor(seed, index);
      return describeInput(random.pick(growths)(random, corpus)[1](1));
    },
  };
}

/** Names that blocks give and others refer to. */
function namesIn(text) {
  const pattern = /^\s*(?:vrrp_[a-z_]+|bfd_instance|virtual_server_group|track_[a-z]+)\s+"?([A-Za-z_]\w*)/gm;
  return new Set([...text.matchAll(pattern)].map(match => match[1]));
}

/** The same with names and addresses of its own. */
function copyOf(text, names, number) {
  return text.replace(/\d+\.\d+\.\d+\.\d+|[A-Za-z_]\w*/g, word => {
    if (names.has(word)) return `${word}_${number}`;
    const parts = word.split('.').map(Number);
    if (parts.length !== 4) return word;
    return `${parts[0]}.${(parts[1] + (number >> 8)) & 255}.${(parts[2] + number) & 255}.${parts[3]}`;
  });
}

const repeat = (count, make) => Array.from({ length: count }, (_, place) => make(place));

/** A way to grow: its name, and the input at 1, 2 and 4 times a size. */
const growths = [
  (random, corpus) => {
    const { text, files } = mutatedConfiguration(random, corpus);
    const names = namesIn(text);
    const copies = Math.max(2, Math.ceil(20_000 / (text.length + 1)));
    return [
      'a configuration, over and over',
      factor => ({ text: repeat(copies * factor, place => copyOf(text, names, place)).join('\n'), files }),
    ];
  },
  (random, corpus) => {
    const { text, files } = mutatedConfiguration(random, corpus);
    const lines = text.split('\n');
    const at = random.below(lines.length);
    const line = lines[at];
    const sameName = random.chance(1, 2);
    const copies = Math.max(100, Math.ceil(20_000 / (line.length + 1)));
    const grown = factor =>
      repeat(copies * factor, place =>
        sameName ? line : copyOf(line.replace(/\b\d+\b/, `${place}`), new Set(), place),
      );
    return [
      'a line, over and over',
      factor => ({ text: [...lines.slice(0, at), ...grown(factor), ...lines.slice(at + 1)].join('\n'), files }),
    ];
  },
  (random, corpus) => {
    const block = random.pick(corpus.blocks);
    const lines = block.split('\n');
    const at = random.between(1, lines.length - 1);
    const inner = random.pick([...corpus.lines, 'x {', '}', '{', '"', '$X', '//', '@a']);
    const grown = factor => repeat(500 * factor, place => copyOf(inner, new Set(), place));
    return [
      'lines in a block',
      factor => ({ text: [...lines.slice(0, at), ...grown(factor), ...lines.slice(at)].join('\n'), files: new Map() }),
    ];
  },
  (random, corpus) => {
    const { text, files } = mutatedConfiguration(random, corpus);
    const lines = text.split('\n');
    const at = random.below(lines.length);
    const unit = random.pick([
      'x ',
      '"a" ',
      '{',
      '}',
      '{ }',
      '$A ',
      `\${A}`,
      '@a ',
      '~SEQ(i,1) ',
      '\\#',
      '/ ',
      '1.2.3.4 ',
      '"',
    ]);
    const count = random.pick([200, 1_000, 4_000]);
    return [
      'a line that gets longer',
      factor => ({ text: lines.with(at, `${lines[at]} ${unit.repeat(count * factor)}`).join('\n'), files }),
    ];
  },
  random => {
    // What grows is either the definitions or their uses: both together are more than twice the text.
    const kind = random.pick(['chain', 'lines', 'many']);
    const line = { chain: `interface \${D0}`, lines: '$D0', many: `router_id \${D1}` }[kind];
    const definitions = {
      chain: factor => repeat(8 * factor, place => `$D${place}=\${D${place + 1}}`),
      lines: () => ['$D0= \\', ...repeat(30, () => 'vrrp_garp_interval 0 \\'), 'vrrp_garp_interval 0'],
      many: factor => repeat(500 * factor, place => `$D${place}=${place}`),
    }[kind];
    const uses = factor => (kind === 'chain' ? 300 : 300 * factor);
    return [
      'definitions',
      factor => ({
        text: [...definitions(factor), ...repeat(uses(factor), () => line)].join('\n'),
        files: new Map(),
      }),
    ];
  },
  random => {
    const body = random.pick([
      `virtual_server 10.0.0.\${i} 80 {`,
      `vrrp_instance V\${i} {`,
      `vrrp_script S\${i} {`,
      'router_id $i',
    ]);
    const close = body.endsWith('{') ? '}' : '';
    return ['repetitions', factor => ({ text: `~SEQ(i, 1, ${500 * factor}) ${body}${close}\n`, files: new Map() })];
  },
  random => {
    const many = random.chance(1, 2);
    const files = factor =>
      new Map(
        repeat(many ? 300 * factor : 7 * factor, place => [
          `${directory}/part${place}.conf`,
          many ? 'vrrp_script A {\n}\n' : `include part${place + 1}.conf\nvrrp_garp_interval 0\n`,
        ]),
      );
    return [
      'included files',
      factor => ({ text: many ? 'include part*.conf\n' : 'include part0.conf\n', files: files(factor) }),
    ];
  },
];
