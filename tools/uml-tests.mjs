// The tests that need IPVS: every file test/uml/*.uml.ts, each in a kernel of its own that has it, a few side by side.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { root, run, tool } from './run.mjs';
import { failedFiles } from './tally.mjs';
import { kernelsAtOnce, runInUml, umlObstacle } from './uml.mjs';

const sources = `${root}test/uml`;
const compiled = `${root}.cache/uml-dist`;
const timeoutMs = 600_000;

/** Runs the files whose path contains one of `names`, or all; the outcomes, as of tally.mjs. */
export async function runUmlTests(names) {
  const files = readdirSync(sources)
    .map(file => `test/uml/${file}`)
    .filter(file => file.endsWith('.uml.ts'))
    .filter(file => names.length === 0 || names.some(name => file.includes(name)))
    .sort();
  if (files.length === 0) return [];
  const obstacle = umlObstacle();
  if (obstacle) {
    const why = `no User-Mode-Linux kernel: ${obstacle}`;
    return files.map(file => ({ name: `uml: ${file}`, outcome: 'skipped', why }));
  }
  mkdirSync(compiled, { recursive: true });
  if (run(tool('tsc'), ['-p', `${sources}/tsconfig.json`]) !== 0)
    return files.map(file => failure('uml', file, 'it does not compile'));
  const ground = { label: 'uml', compiled, timeoutMs, run: runInUml };
  const outcomes = [];
  const waiting = longestFirst(files);
  const kernels = Array.from({ length: Math.min(waiting.length, kernelsAtOnce) }, async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift())
      outcomes.push(...(await runFile(file, ground)));
  });
  await Promise.all(kernels);
  return outcomes.sort((left, right) => files.indexOf(left.file) - files.indexOf(right.file));
}

/** What the tests of one file, compiled into a folder, came to in a kernel of their own, which `run` boots. */
export async function runFile(file, { label, compiled, timeoutMs, run }) {
  const guest = `${root}tools/uml-guest.mjs`;
  const argv = [process.execPath, `--test-reporter=${guest}`, '--test-reporter-destination=stdout', guest];
  const outcomes = [];
  const started = performance.now();
  const status = await run([...argv, `${compiled}/${file.replace(/ts$/, 'js')}`], {
    timeoutMs,
    output: byLine(line => console.log(line)),
    collect: folder => {
      if (!existsSync(`${folder}/results`)) return;
      for (const line of readFileSync(`${folder}/results`, 'utf8').trim().split('\n')) {
        const { name, outcome, reason } = JSON.parse(line);
        outcomes.push({ file, name: `${label}: ${name}`, outcome, why: reason });
      }
    },
  });
  console.log(`${file}: ${outcomes.length} tests, ${((performance.now() - started) / 1_000).toFixed(0)} s`);
  if (status === undefined) outcomes.push(failure(label, file, 'the kernel ended before the tests did'));
  else if (status !== 0 && failedFiles(outcomes).length === 0)
    outcomes.push(failure(label, file, `they ended with status ${status}`));
  return outcomes;
}

/** Whoever begins with what takes longest is not left alone with it at the end. */
function longestFirst(files) {
  const rank = file => long.findIndex(name => file.endsWith(`/${name}.uml.ts`)) + 1 || long.length + 1;
  return [...files].sort((left, right) => rank(left) - rank(right));
}
const long = [
  'lives',
  'director',
  'long-replies',
  'tries',
  'reload',
  'global-settings',
  'traffic',
  'large',
  'bfd-check',
];

/** Takes chunks of output and hands on whole lines, so that the lines of several kernels do not mix. */
function byLine(print) {
  let rest = '';
  return chunk => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines)
      if (!/^\s*(Halting\.|reboot: System halted|.*sysrq: Resetting)?\s*$/.test(line)) print(line.trimEnd());
  };
}

export const failure = (label, file, why) => ({ file, name: `${label}: ${file}`, outcome: 'failed', why });
