import { describe, expect, it } from 'vitest';
import { inSeconds, seconds } from '../base/duration.ts';
import { brokeBelowUs, permanentError, RestartPolicy } from './restart-policy.ts';

describe('RestartPolicy', () => {
  it('doubles the delay up to a minute', () => {
    const policy = new RestartPolicy();
    const delays = Array.from({ length: 10 }, () => inSeconds(policy.delayAfter(seconds(1))));
    expect(delays).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('starts anew once a child lived for a minute', () => {
    const policy = new RestartPolicy();
    for (let count = 0; count < 5; count++) policy.delayAfter(seconds(59.9));
    expect(inSeconds(policy.delayAfter(seconds(60)))).toBe(0);
    expect(inSeconds(policy.delayAfter(seconds(0)))).toBe(1);
  });
});

it('tells what Node or V8 has ended from what we have, or somebody else', () => {
  const signals = ['SIGTRAP', 'SIGILL', 'SIGABRT', 'SIGKILL', 'SIGSEGV'];
  expect(signals.filter(signal => brokeBelowUs({ type: 'signalled', signal }))).toEqual([
    'SIGTRAP',
    'SIGILL',
    'SIGABRT',
  ]);
  expect(brokeBelowUs({ type: 'exited', status: 70 })).toBe(false);
});

describe('permanentError', () => {
  it('names the statuses after which a restart is useless', () => {
    const named = [0, 1, 2, 3, 4, 5, 70, 204].map(status => permanentError({ type: 'exited', status }));
    expect(named).toEqual([
      undefined,
      'FATAL',
      'CONFIG',
      undefined,
      'MISSING PERMISSION',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('restarts a child that a signal ended', () => {
    expect(permanentError({ type: 'signalled', signal: 'SIGKILL' })).toBeUndefined();
  });
});
