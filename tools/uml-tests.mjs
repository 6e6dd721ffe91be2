// The tests that need IPVS: every file test/uml/*.uml.ts, in one boot of a kernel that has it.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { root, run, tool } from './run.mjs';
import { runInUml, umlObstacle } from './uml.mjs';

const sources = `${root}test/uml`;
const compiled = `${root}.cache/uml-dist`;
const timeoutMs = 1_200_000;

/**
 * Runs the files whose path contains one of `names`, or all. `count(outcome, name, why)` gets each test's, `outcome`
 * being `passed`, `failed` or `skipped`.
 */
export async function runUmlTests(names, count) {
  const files = readdirSync(sources)
    .filter(file => file.endsWith('.uml.ts'))
    .filter(file => names.length === 0 || names.some(name => `test/uml/${file}`.includes(name)))
    .sort();
  if (files.length === 0) return;
  const obstacle = umlObstacle();
  if (obstacle) {
    for (const file of files) count('skipped', `test/uml/${file}`, `no User-Mode-Linux kernel: ${obstacle}`);
    return;
  }
  mkdirSync(compiled, { recursive: true });
  if (run(tool('tsc'), ['-p', `${sources}/tsconfig.json`]) !== 0) {
    count('failed', 'test/uml does not compile');
    return;
  }
  const guest = `${root}tools/uml-guest.mjs`;
  const argv = [process.execPath, `--test-reporter=${guest}`, '--test-reporter-destination=stdout', guest];
  let lines = [];
  const status = await runInUml([...argv, ...files.map(file => `${compiled}/test/uml/${file.replace(/ts$/, 'js')}`)], {
    timeoutMs,
    collect: folder => {
      if (existsSync(`${folder}/results`)) lines = readFileSync(`${folder}/results`, 'utf8').trim().split('\n');
    },
  });
  let failures = 0;
  for (const { name, outcome, reason } of lines.map(line => JSON.parse(line))) {
    count(outcome, name, reason);
    if (outcome === 'failed') failures += 1;
  }
  if (status === undefined) count('failed', 'the kernel of test/uml ended before its tests did');
  else if (status !== 0 && failures === 0) count('failed', `the tests of test/uml ended with status ${status}`);
}
