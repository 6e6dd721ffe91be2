import { describe, expect, it } from 'vitest';
import { type Duration, milliseconds, seconds } from '../base/duration.ts';
import {
  leastRealTimeLimit,
  type ProcessScheduling,
  type SchedulingConfiguration,
  SchedulingPolicy,
} from './scheduling.ts';

const plain: ProcessScheduling = {
  niceness: undefined,
  realTimePriority: undefined,
  realTimeLimit: leastRealTimeLimit,
  memoryLocked: false,
  processors: undefined,
};

function configuration(
  own: Partial<ProcessScheduling>,
  most = 0,
  delay: Duration = seconds(1),
): SchedulingConfiguration {
  const vrrp = { ...plain, ...own };
  return { vrrp, checker: plain, bfd: plain, mostAutomaticPriority: most, automaticPriorityDelay: delay };
}

function policy(own: Partial<ProcessScheduling>, most?: number, delay?: Duration): SchedulingPolicy {
  const all = configuration(own, most, delay);
  return new SchedulingPolicy(all.vrrp, all);
}

const realTime = (priority: number) => ({ type: 'real-time', priority, limit: leastRealTimeLimit });

describe('what a process wants of the scheduler', () => {
  it('is nothing where nothing is said', () => {
    expect(policy({}).wish).toEqual({
      policy: { type: 'ordinary', niceness: undefined },
      processors: undefined,
      memoryLocked: false,
    });
  });

  it('is what is said', () => {
    expect(policy({ niceness: -5, memoryLocked: true, processors: [0, 3] }).wish).toEqual({
      policy: { type: 'ordinary', niceness: -5 },
      processors: [0, 3],
      memoryLocked: true,
    });
  });

  it('is no niceness for a real-time process, which has none', () => {
    expect(policy({ niceness: 4, realTimePriority: 20 }).wish.policy).toEqual(realTime(20));
  });

  it('gives a real-time process time to collect garbage', () => {
    const limitOf = (realTimeLimit: Duration) => policy({ realTimePriority: 1, realTimeLimit }).wish.policy;
    expect(limitOf(milliseconds(10))).toEqual(realTime(1));
    expect(limitOf(seconds(30))).toEqual({ type: 'real-time', priority: 1, limit: seconds(30) });
  });
});

describe('a process that is late', () => {
  it('gains one real-time priority each time, up to the most', () => {
    const late = policy({ niceness: 3 }, 2, milliseconds(100));
    expect(late.woke(milliseconds(99))).toBeUndefined();
    expect(late.wish.policy.type).toBe('ordinary');
    expect(late.woke(milliseconds(100))).toBe('Set realtime priority 1, it was 100 ms late');
    expect(late.wish.policy).toEqual(realTime(1));
    expect(late.woke(seconds(2))).toBe('Set realtime priority 2, it was 2000 ms late');
    expect(late.woke(seconds(2))).toBeUndefined();
    expect(late.wish.policy).toEqual(realTime(2));
  });

  it('gains upon what it is given', () => {
    const late = policy({ realTimePriority: 20 }, 21);
    late.woke(seconds(1));
    expect(late.wish.policy).toEqual(realTime(21));
    expect(late.woke(seconds(1))).toBeUndefined();
    const above = policy({ realTimePriority: 20 }, 5);
    expect(above.woke(seconds(1))).toBeUndefined();
    expect(above.wish.policy).toEqual(realTime(20));
  });

  it('gains nothing unless that is asked for', () => {
    expect(policy({}).woke(seconds(60))).toBeUndefined();
  });

  it('begins anew with a reload', () => {
    const late = policy({}, 9);
    late.woke(seconds(1));
    late.woke(seconds(1));
    const next = configuration({ niceness: 2 }, 9);
    late.reconfigure(next.vrrp, next);
    expect(late.wish.policy).toEqual({ type: 'ordinary', niceness: 2 });
    late.woke(seconds(1));
    expect(late.wish.policy).toEqual(realTime(1));
  });

  it('does not try again what the kernel denies, until a reload', () => {
    const late = policy({}, 9);
    late.woke(seconds(1));
    late.refused([{ what: 'real-time', error: 'Operation not permitted' }]);
    expect(late.woke(seconds(1))).toBeUndefined();
    const same = configuration({}, 9);
    late.reconfigure(same.vrrp, same);
    expect(late.woke(seconds(1))).toBeDefined();
  });
});

it('says what the kernel denied, as keepalived does', () => {
  const given = policy({ niceness: -5, processors: [0, 1] });
  const kinds = ['real-time', 'real-time-limit', 'niceness', 'processors', 'memory'] as const;
  expect(given.refused(kinds.map(what => ({ what, error: 'Permission denied' })))).toEqual([
    'child process: cannot raise priority - Permission denied',
    'child process cannot set realtime rlimit - Permission denied',
    'Unable to set process priority to -5 - Permission denied',
    'Unable to set cpu affinity to 0 1 - Permission denied',
    'Unable to lock process in memory - Permission denied',
  ]);
});
