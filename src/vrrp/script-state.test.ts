import { describe, expect, it } from 'vitest';
import { afterScriptResult, initialScriptState, type ScriptState, successfulScriptState } from './script-state.ts';

function verdicts(results: string, thresholds: { rise: number; fall: number }, start?: ScriptState): string {
  let state = start ?? initialScriptState(thresholds);
  let seen = '';
  for (const result of results) {
    state = afterScriptResult(state, result === 's' ? 'success' : 'failure', thresholds);
    seen += state.verdict[0];
  }
  return seen;
}

describe('a tracked script', () => {
  it('is decided by its first result, whatever rise and fall say', () => {
    expect(verdicts('s', { rise: 3, fall: 3 })).toBe('u');
    expect(verdicts('f', { rise: 3, fall: 3 })).toBe('d');
  });

  it('needs `fall` failures in a row to go down', () => {
    expect(verdicts('sfff', { rise: 1, fall: 3 })).toBe('uuud');
    expect(verdicts('sffsfff', { rise: 1, fall: 3 })).toBe('uuuuuud');
  });

  it('needs `rise` successes in a row to come up', () => {
    expect(verdicts('fsss', { rise: 3, fall: 1 })).toBe('dddu');
    expect(verdicts('fssfsss', { rise: 3, fall: 1 })).toBe('ddddddu');
  });

  it('flips at once with rise and fall 1', () => {
    expect(verdicts('sfsf', { rise: 1, fall: 1 })).toBe('udud');
  });

  it('counts as up after a reload until it reports', () => {
    const thresholds = { rise: 2, fall: 2 };
    expect(verdicts('ff', thresholds, successfulScriptState(thresholds))).toBe('ud');
  });
});
