// Runs the tests and ends with the line `N passed, N failed, N skipped`. Arguments name the parts: check, unit, net.
import { mkdirSync, readFileSync } from 'node:fs';
import { root, run, tool } from './run.mjs';

const parts = process.argv.slice(2);
const wanted = part => parts.length === 0 || parts.includes(part);
const totals = { passed: 0, failed: 0, skipped: 0 };
mkdirSync(`${root}.cache`, { recursive: true });

function vitest(project) {
  const report = `${root}.cache/${project}-report.json`;
  const status = run(tool('vitest'), [
    'run',
    '--project',
    project,
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  const result = JSON.parse(readFileSync(report, 'utf8'));
  totals.passed += result.numPassedTests;
  totals.failed += result.numFailedTests + (result.numFailedTests === 0 && status !== 0 ? 1 : 0);
  totals.skipped += result.numPendingTests + result.numTodoTests;
  for (const file of result.testResults) {
    for (const test of file.assertionResults)
      if (test.status !== 'passed' && test.status !== 'failed') console.log(`skipped: ${test.fullName}`);
  }
}

if (wanted('check')) {
  const status = run(process.execPath, ['tools/check.mjs']);
  totals[status === 0 ? 'passed' : 'failed'] += 1;
}
if (wanted('unit')) vitest('unit');
if (wanted('net')) vitest('net');

console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 ? 0 : 1);
