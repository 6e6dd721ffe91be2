import { expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { after, instantFromMicroseconds } from '../base/instant.ts';
import { leastRealTimeLimit, type SchedulingConfiguration } from '../engine/scheduling.ts';
import type { SchedulingRefusal, SchedulingWish } from '../ports/scheduling.ts';
import { ChildScheduling } from './child-scheduling.ts';

const plain = {
  niceness: undefined,
  realTimePriority: undefined,
  realTimeLimit: leastRealTimeLimit,
  memoryLocked: false,
  processors: undefined,
};
const configuration: SchedulingConfiguration = {
  vrrp: plain,
  checker: { ...plain, niceness: 5 },
  bfd: plain,
  mostAutomaticPriority: 2,
  automaticPriorityDelay: seconds(1),
};
const start = instantFromMicroseconds(0);

function checker(refusals: readonly SchedulingRefusal[] = [], mayLockMemory = true) {
  const wishes: SchedulingWish[] = [];
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const scheduler = {
    apply: (wish: SchedulingWish) => {
      wishes.push(wish);
      return refusals;
    },
  };
  return {
    wishes,
    lines,
    scheduling: new ChildScheduling('checker', configuration, {
      scheduler,
      log: { info: say, error: say },
      mayLockMemory,
    }),
  };
}

const turn = (): Promise<void> => new Promise(setImmediate);

it('asks once what is due is done: at the start, at a reload and when it was late', async () => {
  const { wishes, lines, scheduling } = checker();
  expect(wishes).toEqual([]);
  await turn();
  expect(wishes.map(({ policy }) => policy)).toEqual([{ type: 'ordinary', niceness: 5 }]);
  scheduling.woke(after(start, seconds(3)), start);
  scheduling.woke(after(start, seconds(3)), undefined);
  expect(wishes).toHaveLength(1);
  await turn();
  expect(wishes[1]?.policy).toEqual({ type: 'real-time', priority: 1, limit: leastRealTimeLimit });
  expect(lines).toEqual(['Set realtime priority 1, it was 3000 ms late']);
  scheduling.reconfigure({ ...configuration, checker: { ...plain, processors: [1] } });
  await turn();
  expect(wishes[2]).toMatchObject({ policy: { type: 'ordinary', niceness: undefined }, processors: [1] });
});

it('logs what the kernel denied, and which limit a process has met', async () => {
  const { lines, scheduling } = checker([{ what: 'niceness', error: 'Permission denied' }]);
  await turn();
  scheduling.outOfTime();
  expect(lines).toEqual([
    'Unable to set process priority to 5 - Permission denied',
    'Healthcheck process has used too much CPU time, checker_rlimit_rttime may need to be increased',
  ]);
});

it('locks no memory where Node ended the last process', async () => {
  const { wishes, lines, scheduling } = checker([], false);
  scheduling.reconfigure({ ...configuration, checker: { ...plain, memoryLocked: true } });
  await turn();
  expect(wishes.map(({ memoryLocked }) => memoryLocked)).toEqual([false]);
  expect(lines).toEqual(['Memory is not locked: Node ended the last Healthcheck process, maybe for that']);
});
