// The tests that need IPVS and nftables: every file test/vm/*.vm.ts, each in an emulated machine of its own.
import { mkdirSync, readdirSync } from 'node:fs';
import { root, run, tool } from './run.mjs';
import { failure, runFile } from './uml-tests.mjs';
import { prepareVm, runInVm } from './vm.mjs';

const sources = `${root}test/vm`;
const compiled = `${root}.cache/vm-dist`;
const timeoutMs = 600_000;

/** Runs the files whose path contains one of `names`, or all; the outcomes, as of tally.mjs. */
export async function runVmTests(names) {
  const files = readdirSync(sources)
    .map(file => `test/vm/${file}`)
    .filter(file => file.endsWith('.vm.ts'))
    .filter(file => names.length === 0 || names.some(name => file.includes(name)))
    .sort();
  if (files.length === 0) return [];
  const obstacle = prepareVm();
  if (obstacle) {
    const why = `no emulated machine: ${obstacle}`;
    return files.map(file => ({ name: `vm: ${file}`, outcome: 'skipped', why }));
  }
  mkdirSync(compiled, { recursive: true });
  if (run(tool('tsc'), ['-p', `${sources}/tsconfig.json`]) !== 0)
    return files.map(file => failure('vm', file, 'it does not compile'));
  const outcomes = [];
  for (const file of files) outcomes.push(...(await runFile(file, { label: 'vm', compiled, timeoutMs, run: runInVm })));
  return outcomes;
}
