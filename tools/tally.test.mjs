import { describe, expect, it } from 'vitest';
import { root } from './run.mjs';
import { failedFiles, settled, startTally, vitestOutcomes } from './tally.mjs';

const file = (name, status, ...assertionResults) => ({
  name: `${root}${name}`,
  status,
  message: status === 'failed' && assertionResults.length === 0 ? 'SyntaxError: no such thing' : '',
  assertionResults,
});
const test = (fullName, status) => ({
  fullName,
  status,
  failureMessages: status === 'failed' ? ['\nAssertionError: 1 is not 2\n  at a.ts:3'] : [],
});

function text(outcomes) {
  const tally = startTally();
  tally.add(outcomes);
  return tally.text().split('\n');
}

describe('the tally of a test run', () => {
  it('names at the end what failed and was skipped, with the first line of the reason', () => {
    const tests = [test('adds', 'passed'), test('divides', 'failed'), test('waits', 'pending')];
    expect(text(vitestOutcomes('unit', { testResults: [file('src/base/a.test.ts', 'failed', ...tests)] }, 1))).toEqual([
      'skipped: unit: src/base/a.test.ts: waits',
      'failed: unit: src/base/a.test.ts: divides',
      '    AssertionError: 1 is not 2',
      '1 passed, 1 failed, 1 skipped',
    ]);
  });

  it('counts a file that cannot be loaded, and a run that fails without a failing test', () => {
    const unloadable = vitestOutcomes('unit', { testResults: [file('src/b.test.ts', 'failed')] }, 1);
    const crashed = vitestOutcomes('net', { testResults: [] }, 7);
    expect(text([...unloadable, ...crashed])).toEqual([
      'failed: unit: src/b.test.ts',
      '    SyntaxError: no such thing',
      'failed: net',
      '    it ended with status 7',
      '0 passed, 2 failed, 0 skipped',
    ]);
  });

  it('says what passed only the second time, and fails for what did not', () => {
    const tests = [test('adds', 'passed'), test('divides', 'failed'), test('roots', 'failed')];
    const testResults = [file('a.ts', 'failed', ...tests), file('b.ts', 'passed', test('is', 'passed'))];
    const first = vitestOutcomes('net', { testResults }, 1);
    expect(failedFiles(first)).toEqual(['a.ts']);
    const tests2 = [test('adds', 'passed'), test('divides', 'passed'), test('roots', 'failed')];
    const again = vitestOutcomes('net', { testResults: [file('a.ts', 'failed', ...tests2)] }, 1);
    expect(text(settled(first, ['a.ts'], again))).toEqual([
      'passed only the second time: net: a.ts: divides',
      '    AssertionError: 1 is not 2',
      'failed: net: a.ts: roots',
      '    AssertionError: 1 is not 2',
      '3 passed, 1 failed, 0 skipped',
    ]);
  });
});
