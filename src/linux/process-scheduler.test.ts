import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import type { SchedulingWish } from '../ports/scheduling.ts';
import { codeRanges } from './memory-lock.ts';
import { LinuxScheduler } from './process-scheduler.ts';
import { policy, resetOnFork, schedAttributesOf } from './sched-attributes.ts';
import { askForShortTurns } from './time-slice.ts';

const asStarted: SchedulingWish = {
  policy: { type: 'ordinary', niceness: undefined },
  processors: undefined,
  memoryLocked: false,
};

/** `0-3,5`. */
const processors = (): string => /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;

it('leaves alone what nobody asks for', () => {
  const before = [schedAttributesOf(0), getPriority(), processors()];
  const scheduler = new LinuxScheduler();
  expect(scheduler.apply(asStarted)).toEqual([]);
  expect([schedAttributesOf(0), getPriority(), processors()]).toEqual(before);
});

it('binds all threads to processors, and unbinds them again', () => {
  const all = processors();
  const first = Number.parseInt(all, 10);
  const scheduler = new LinuxScheduler();
  expect(scheduler.apply({ ...asStarted, processors: [first] })).toEqual([]);
  expect(processors()).toBe(String(first));
  expect(scheduler.apply(asStarted)).toEqual([]);
  expect(processors()).toBe(all);
});

it('makes all threads real-time ones, and leaves them as it found them', context => {
  askForShortTurns();
  const threads = readdirSync('/proc/self/task').map(Number);
  const before = threads.map(schedAttributesOf);
  const scheduler = new LinuxScheduler();
  const refusals = scheduler.apply({ ...asStarted, policy: { type: 'real-time', priority: 1, limit: seconds(10) } });
  if (refusals.length > 0) context.skip('the kernel allows no real-time priority here');
  expect(new Set(threads.map(thread => schedAttributesOf(thread)?.policy))).toEqual(new Set([policy.roundRobin]));
  expect(schedAttributesOf(0)).toMatchObject({ priority: 1, flags: resetOnFork });
  // To lift the limit again may take more privilege.
  const after = scheduler.apply(asStarted).filter(({ what }) => what !== 'real-time-limit');
  expect(after).toEqual([]);
  expect(threads.map(schedAttributesOf)).toEqual(before);
});

it('says in the kernel’s words what it denies', () => {
  const scheduler = new LinuxScheduler();
  expect(scheduler.apply({ ...asStarted, processors: [65_535] })).toEqual([
    { what: 'processors', error: 'Invalid argument' },
  ]);
});

it('finds where compiled code is', () => {
  const maps = [
    '00400000-00500000 r-xp 00000000 08:01 17 /usr/bin/node',
    // Data next to the code range: not part of it.
    '10000000-10040000 rw-p 00000000 00:00 0 ',
    '10040000-10080000 ---p 00000000 00:00 0 ',
    '10080000-100c0000 rwxp 00000000 00:00 0 ',
    '100c0000-10100000 rw-p 00000000 00:00 0 ',
    '10100000-10140000 ---p 00000000 00:00 0 ',
    '10140000-10180000 rw-p 00000000 00:00 0 ',
    // Elsewhere, and without code.
    '20000000-20040000 rw-p 00000000 00:00 0 ',
    '20040000-20080000 ---p 00000000 00:00 0 ',
    '30000000-30040000 r-xp 00000000 00:00 0 ',
    '7ffd0000-7ffe0000 rw-p 00000000 00:00 0 [stack]',
    '',
  ];
  expect(codeRanges(maps.join('\n'))).toEqual([
    { from: 0x10040000n, to: 0x10140000n },
    { from: 0x30000000n, to: 0x30040000n },
  ]);
});
