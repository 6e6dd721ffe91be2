// What a run of the tests came to. Everything that did not pass is named once more at the end, where a reader looks first
// and where a log that keeps its last lines only still has it.
import { relative } from 'node:path';
import { root } from './run.mjs';

/** Counts outcomes and words them. */
export function startTally() {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const notes = { failed: [], skipped: [] };
  const note = (outcome, name, why) => notes[outcome].push(why ? `${name}\n    ${firstLine(why)}` : name);
  return {
    passed: _name => {
      totals.passed += 1;
    },
    /** `why` is a message, of which the first line is shown. */
    failed: (name, why) => {
      totals.failed += 1;
      note('failed', name, why);
    },
    skipped: (name, why) => {
      totals.skipped += 1;
      note('skipped', name, why);
    },
    failures: () => totals.failed,
    /** The names of what failed and was skipped, then the line that CI reads. */
    text: () =>
      [
        ...['skipped', 'failed'].flatMap(outcome => notes[outcome].map(name => `${outcome}: ${name}`)),
        `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`,
      ].join('\n'),
  };
}

/** Adds what a JSON report of vitest says; `status` is the exit status of the run, `label` its name. */
export function addVitestReport(tally, label, report, status) {
  let failures = 0;
  for (const file of report.testResults) {
    const path = relative(root, file.name);
    // A file that cannot be loaded has no tests to fail.
    if (file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed')) {
      failures += 1;
      tally.failed(`${label}: ${path}`, file.message);
    }
    for (const test of file.assertionResults) {
      const name = `${label}: ${path}: ${test.fullName}`;
      if (test.status === 'passed') tally.passed();
      else if (test.status === 'failed') {
        failures += 1;
        tally.failed(name, test.failureMessages?.[0]);
      } else tally.skipped(name);
    }
  }
  if (status !== 0 && failures === 0) tally.failed(`${label}: ended with status ${status}`);
}

function firstLine(text) {
  const line = text.split('\n').find(part => part.trim() !== '') ?? '';
  return line.length > 300 ? `${line.slice(0, 300)}...` : line.trim();
}
