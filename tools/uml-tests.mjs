// The tests that need IPVS: every file test/uml/*.uml.ts, in one boot of a kernel that has it.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { root, run, tool } from './run.mjs';
import { failedFiles } from './tally.mjs';
import { runInUml, umlObstacle } from './uml.mjs';

const sources = `${root}test/uml`;
const compiled = `${root}.cache/uml-dist`;
const timeoutMs = 1_200_000;

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
  if (run(tool('tsc'), ['-p', `${sources}/tsconfig.json`]) !== 0) return [failure('it does not compile')];
  const guest = `${root}tools/uml-guest.mjs`;
  const argv = [process.execPath, `--test-reporter=${guest}`, '--test-reporter-destination=stdout', guest];
  const outcomes = [];
  const status = await runInUml([...argv, ...files.map(file => `${compiled}/${file.replace(/ts$/, 'js')}`)], {
    timeoutMs,
    collect: folder => {
      if (!existsSync(`${folder}/results`)) return;
      for (const line of readFileSync(`${folder}/results`, 'utf8').trim().split('\n')) {
        const { file, name, outcome, reason } = JSON.parse(line);
        outcomes.push({ file: sourceOf(file), name: `uml: ${name}`, outcome, why: reason });
      }
    },
  });
  if (status === undefined) outcomes.push(failure('the kernel ended before the tests did'));
  else if (status !== 0 && failedFiles(outcomes).length === 0)
    outcomes.push(failure(`they ended with status ${status}`));
  return outcomes;
}

const failure = why => ({ name: 'uml', outcome: 'failed', why });

const sourceOf = file => relative(compiled, file).replace(/js$/, 'ts');
