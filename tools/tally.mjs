// What a run of the tests came to. Everything that did not pass is named once more at the end, where a reader looks first
// and where a log that keeps its last lines only still has it.
//
// An outcome is { file, name, outcome: passed | failed | skipped | unsteady, why }: unsteady is what failed, and passed
// when its file was run once more.
import { relative } from 'node:path';
import { root } from './run.mjs';

/** Collects outcomes and words them. */
export function startTally() {
  const all = [];
  const of = kind => all.filter(({ outcome }) => outcome === kind);
  const words = { skipped: 'skipped', unsteady: 'passed only the second time', failed: 'failed' };
  return {
    add: outcomes => {
      all.push(...outcomes);
    },
    failures: () => of('failed').length,
    /** The names of what did not simply pass, each with the first line of the reason, then the line that CI reads. */
    text: () =>
      [
        ...Object.keys(words).flatMap(kind => of(kind).map(({ name, why }) => `${words[kind]}: ${name}${reason(why)}`)),
        `${of('passed').length + of('unsteady').length} passed, ${of('failed').length} failed, ${of('skipped').length} skipped`,
      ].join('\n'),
  };
}

function reason(text) {
  const line = text?.split('\n').find(part => part.trim() !== '');
  if (line === undefined) return '';
  return `\n    ${line.length > 300 ? `${line.slice(0, 300)}...` : line.trim()}`;
}

/** Outcomes of a JSON report of vitest; `status` is the exit status of the run, `label` its name. */
export function vitestOutcomes(label, report, status) {
  const outcomes = [];
  for (const { name, status: fileStatus, message, assertionResults } of report.testResults) {
    const file = relative(root, name);
    for (const { fullName, status, failureMessages } of assertionResults) {
      const outcome = status === 'passed' || status === 'failed' ? status : 'skipped';
      outcomes.push({ file, name: `${label}: ${file}: ${fullName}`, outcome, why: failureMessages?.[0] });
    }
    // A file that cannot be loaded has no tests to fail.
    if (fileStatus === 'failed' && !assertionResults.some(test => test.status === 'failed')) {
      outcomes.push({ file, name: `${label}: ${file}`, outcome: 'failed', why: message });
    }
  }
  if (status !== 0 && failedFiles(outcomes).length === 0) {
    outcomes.push({ name: label, outcome: 'failed', why: `it ended with status ${status}` });
  }
  return outcomes;
}

/** Files of which something failed; of what belongs to no file nothing can be run again. */
export function failedFiles(outcomes) {
  return [...new Set(outcomes.filter(({ outcome }) => outcome === 'failed').flatMap(({ file }) => file ?? []))];
}

/** The outcomes when `files` were run once more, with what came of that. */
export function settled(outcomes, files, again) {
  const before = new Map(outcomes.filter(({ outcome }) => outcome === 'failed').map(each => [each.name, each]));
  return [
    ...outcomes.filter(({ file }) => !files.includes(file)),
    ...again.map(each => {
      const failed = each.outcome === 'passed' && before.get(each.name);
      return failed ? { ...failed, outcome: 'unsteady' } : each;
    }),
  ];
}
