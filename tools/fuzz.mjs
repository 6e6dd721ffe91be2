// Damaged packets and damaged configurations, run through the compiled code. For each packet a reason must be counted,
// for each refused configuration a diagnostic given; nothing may throw, hang or fill the memory.
//
//   npm run fuzz -- [--packets N] [--configurations N] [--texts N] [--growth N] [--seed S] [--from N] [--share F] [--dist DIR]
//
// Every input follows from the seed and its number; a failure prints the command that runs it again.
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { configurationStretch } from './fuzz/configuration-target.mjs';
import { packetStretch } from './fuzz/packet-target.mjs';
import { loadTarget } from './fuzz/targets.mjs';
import { helpFromHeader, root, run } from './run.mjs';

helpFromHeader(import.meta.url);

const { values } = parseArgs({
  options: {
    packets: { type: 'string', default: '1000000' },
    configurations: { type: 'string', default: '100000' },
    texts: { type: 'string', default: '10000' },
    growth: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 0x1_0000_0000)) },
    from: { type: 'string', default: '0' },
    share: { type: 'string', default: '1' },
    dist: { type: 'string', default: `${root}dist` },
  },
});
const number = name => {
  const value = Number(values[name]);
  if (!(value >= 0)) throw new TypeError(`--${name} wants a number, not "${values[name]}"`);
  return value;
};
const [seed, from, share] = [number('seed'), number('from'), number('share')];
const dist = path.resolve(values.dist);

/** Inputs of one stretch share an engine, so a stretch is what a failure has to be run again from. */
const parts = [
  { name: 'packets', total: Math.ceil(number('packets') * share), stretch: packetStretch, limitMs: 2_000 },
  {
    name: 'configurations',
    total: Math.ceil(number('configurations') * share),
    stretch: configurationStretch,
    limitMs: 30_000,
  },
  { name: 'texts', total: Math.ceil(number('texts') * share), stretch: 20, limitMs: 60_000 },
  { name: 'growth', total: Math.ceil(number('growth') * share), stretch: 1, limitMs: 600_000 },
];
const memoryLimitMb = 1_024;

function newest(folder, wanted) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !wanted(entry.name)) continue;
    time = Math.max(time, statSync(path.join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
  }
  return time;
}

function build() {
  const isSource = name => name.endsWith('.ts') && !/\.test(kit)?\.ts$/.test(name);
  const compiled = existsSync(dist) ? newest(dist, name => name.endsWith('.js')) : 0;
  if (values.dist !== `${root}dist` || compiled >= newest(`${root}src`, isSource)) return;
  const status = run(process.execPath, ['tools/build.mjs']);
  if (status !== 0) process.exit(status);
}

async function report(part, failure) {
  const target = await loadTarget(part.name, dist, seed);
  const begin = failure.index - (failure.index % part.stretch);
  const others = parts.filter(other => other !== part).map(other => `--${other.name} 0`);
  const again = `node tools/fuzz.mjs --seed ${seed} --from ${begin} --${part.name} ${failure.index - begin + 1} ${others.join(' ')}`;
  const input = target.describe(failure.index);
  const file = `${root}.cache/fuzz/${part.name}-${seed}-${failure.index}.txt`;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${failure.text}\n\n${input}\n`);
  console.error(`\n${part.name}, input ${failure.index}: ${failure.text}\n\n${input.slice(0, 4_000)}`);
  console.error(`\nrun it again: ${again}\nthe whole input: ${file}`);
}

/** Resolves to the counts by name, or to the first failure. */
function fuzz(part) {
  return new Promise((resolve, reject) => {
    const counts = new Map();
    const end = from + part.total;
    let next = from - (from % part.stretch);
    let finished = 0;
    let lastLine = Date.now();
    const workers = new Set();

    const settle = outcome => {
      clearInterval(watch);
      for (const { worker } of workers) void worker.terminate();
      resolve({ counts, ...outcome });
    };
    const assign = entry => {
      if (next >= end) {
        workers.delete(entry);
        void entry.worker.terminate();
        if (workers.size === 0) settle({});
        return;
      }
      const to = Math.min(end, next + part.stretch - (next % part.stretch));
      entry.worker.postMessage({ from: next, to });
      next = to;
    };
    const start = () => {
      const progress = new SharedArrayBuffer(4);
      const worker = new Worker(new URL('./fuzz/worker.mjs', import.meta.url), {
        workerData: { part: part.name, dist, seed, progress },
        resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb },
      });
      const entry = { worker, progress: new Int32Array(progress), seen: -1, since: Date.now() };
      entry.progress[0] = -1;
      workers.add(entry);
      worker.on('message', message => {
        if (message.failure) return settle({ failure: message.failure });
        for (const [name, count] of message.counts ?? []) counts.set(name, (counts.get(name) ?? 0) + count);
        finished += message.done ?? 0;
        assign(entry);
      });
      worker.on('error', error => {
        const index = entry.progress[0];
        if (index < 0) reject(error);
        else settle({ failure: { index, text: `the thread died: ${error.stack ?? error}` } });
      });
    };
    const watch = setInterval(() => {
      const now = Date.now();
      for (const entry of workers) {
        const index = entry.progress[0];
        if (index !== entry.seen || index < 0) {
          entry.seen = index;
          entry.since = now;
        } else if (now - entry.since > part.limitMs) {
          settle({ failure: { index, text: `still running after ${part.limitMs} ms` } });
          return;
        }
      }
      if (now - lastLine > 5_000) {
        lastLine = now;
        console.error(`${part.name}: ${finished} of ${part.total}`);
      }
    }, 100);
    for (let count = Math.min(availableParallelism(), 8); count > 0; count--) start();
  });
}

build();
let failed = false;
for (const part of parts) {
  if (part.total === 0) continue;
  const started = Date.now();
  const { counts, failure } = await fuzz(part);
  if (failure) {
    await report(part, failure);
    failed = true;
    continue;
  }
  console.log(`${part.name}: ${part.total} with seed ${seed} in ${((Date.now() - started) / 1_000).toFixed(1)} s`);
  for (const [name, count] of [...counts].sort((left, right) => right[1] - left[1])) {
    console.log(`  ${String(count).padStart(9)}  ${name}`);
  }
}
process.exit(failed ? 1 : 0);
