import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { after, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import { CheckState } from './check-state.ts';
import type { CheckSchedule } from './configuration.ts';

const start = instantFromMicroseconds(0);
const at = (count: number): Instant => after(start, seconds(count));
const atStart = { firstAt: start, firstFailureCounts: true };
const schedule: CheckSchedule = {
  delayLoop: seconds(10),
  delayBeforeRetry: seconds(3),
  retries: 2,
  warmup: seconds(0),
  alpha: false,
};

/** Runs the results and tells the verdict after each, and when the next probe is due. */
function run(state: CheckState, results: string): { verdicts: string; times: number[] } {
  let verdicts = '';
  const times: number[] = [];
  for (const result of results) {
    const due = state.nextDeadline()!;
    times.push(due / 1_000_000);
    expect(state.advance(due)).toBeDefined();
    expect(state.nextDeadline()).toBeUndefined();
    state.result(due, result === 's');
    verdicts += state.verdict[0];
  }
  return { verdicts, times };
}

describe('a checker', () => {
  it('forgives as many failures in a row as it has retries, and asks again sooner meanwhile', () => {
    expect(run(new CheckState(schedule, atStart), 'sfff')).toEqual({ verdicts: 'uuud', times: [0, 10, 13, 16] });
  });

  it('starts counting anew after a success', () => {
    expect(run(new CheckState(schedule, atStart), 'sffsffs').verdicts).toBe('uuuuuuu');
  });

  it('believes the very first failure', () => {
    expect(run(new CheckState(schedule, atStart), 'f').verdicts).toBe('d');
  });

  it('has its retries from the first failure on when a reload brings it', () => {
    expect(run(new CheckState(schedule, { firstAt: start, firstFailureCounts: false }), 'fff').verdicts).toBe('uud');
  });

  it('comes back with one success and uses no retries while it is down', () => {
    expect(run(new CheckState(schedule, atStart), 'ffs')).toEqual({ verdicts: 'ddu', times: [0, 10, 20] });
  });

  it('starts down with alpha', () => {
    const state = new CheckState({ ...schedule, alpha: true }, atStart);
    expect(state.verdict).toBe('down');
    expect(run(state, 's').verdicts).toBe('u');
  });

  it('says which results turned it, and how many retries are left', () => {
    const state = new CheckState(schedule, atStart);
    const steps = [...'sfff'].map(result => {
      state.advance(state.nextDeadline()!);
      return state.result(at(0), result === 's');
    });
    expect(steps.map(({ turned }) => turned)).toEqual([undefined, undefined, undefined, 'down']);
    expect(steps.map(({ retriesLeft }) => retriesLeft)).toEqual([undefined, 1, 0, undefined]);
    expect(steps.map(({ passed }) => passed)).toEqual([true, false, false, false]);
  });

  it('keeps its beat and its verdict while it is suspended', () => {
    const state = new CheckState(schedule, atStart);
    state.suspend(true);
    expect(state.advance(start)).toBeUndefined();
    expect(state.nextDeadline()).toBe(at(10));
    state.suspend(false);
    expect(state.advance(at(10))).toBe(0);
  });
});

describe('a checker with several targets', () => {
  it('probes one a cycle; what failed must pass, then all of them in a row', () => {
    const state = new CheckState({ ...schedule, alpha: true }, { ...atStart, targets: 3 });
    const targets: (number | undefined)[] = [];
    let verdicts = '';
    let passed = '';
    for (const result of 'ssfsssss') {
      const due = state.nextDeadline()!;
      targets.push(state.advance(due));
      passed += state.result(due, result === 's').passed ? 'y' : 'n';
      verdicts += state.verdict[0];
    }
    expect(targets).toEqual([0, 1, 2, 2, 0, 1, 2, 0]);
    expect(verdicts).toBe('dddddduu');
    expect(passed).toBe('nnnnnnyn');
  });

  it('asks twice before it trusts a single one again, but not at the start', () => {
    const single = { ...atStart, targets: 1 };
    expect(run(new CheckState({ ...schedule, alpha: true }, single), 'sfss').verdicts[0]).toBe('u');
    const state = new CheckState({ ...schedule, retries: 0 }, single);
    expect(run(state, 'sfss').verdicts).toBe('uddu');
  });

  it('does not pause between them while it recovers fast', () => {
    const state = new CheckState({ ...schedule, alpha: true }, { ...atStart, targets: 2, fastRecovery: true });
    expect(run(state, 'sss')).toEqual({ verdicts: 'duu', times: [0, 0, 10] });
  });
});
