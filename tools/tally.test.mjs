import { describe, expect, it } from 'vitest';
import { root } from './run.mjs';
import { addVitestReport, startTally } from './tally.mjs';

const file = (name, status, ...assertionResults) => ({
  name: `${root}${name}`,
  status,
  message: status === 'failed' && assertionResults.length === 0 ? 'SyntaxError: no such thing' : '',
  assertionResults,
});

describe('the tally of a test run', () => {
  it('names at the end what failed and was skipped, with the first line of the reason', () => {
    const tally = startTally();
    const report = {
      testResults: [
        file(
          'src/base/a.test.ts',
          'failed',
          { status: 'passed', fullName: 'adds' },
          { status: 'failed', fullName: 'divides', failureMessages: ['\nAssertionError: 1 is not 2\n  at a.ts:3'] },
          { status: 'pending', fullName: 'waits' },
        ),
      ],
    };
    addVitestReport(tally, 'unit', report, 1);
    expect(tally.text().split('\n')).toEqual([
      'skipped: unit: src/base/a.test.ts: waits',
      'failed: unit: src/base/a.test.ts: divides',
      '    AssertionError: 1 is not 2',
      '1 passed, 1 failed, 1 skipped',
    ]);
    expect(tally.failures()).toBe(1);
  });

  it('counts a file that cannot be loaded, and a run that fails without a failing test', () => {
    const tally = startTally();
    addVitestReport(tally, 'unit', { testResults: [file('src/b.test.ts', 'failed')] }, 1);
    addVitestReport(tally, 'net', { testResults: [] }, 7);
    expect(tally.text()).toBe(
      'failed: unit: src/b.test.ts\n    SyntaxError: no such thing\nfailed: net: ended with status 7\n0 passed, 2 failed, 0 skipped',
    );
  });
});
