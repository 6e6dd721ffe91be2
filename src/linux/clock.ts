import { microseconds } from '../base/duration.ts';
import { after, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import { allocate, libcFunction } from './libc.ts';

/** CLOCK_MONOTONIC, which Node's high-resolution time is; the timers of timer.ts run on the same clock. */
export function now(): Instant {
  return instantFromMicroseconds(Number(process.hrtime.bigint()) / 1_000);
}

const clockGetTime = libcFunction<(clock: number, time: Uint8Array) => number>(
  'int clock_gettime(int clock, void *time)',
);
const realTime = 0;
const time = allocate(16);
/**
 * Packets are read within fractions of a millisecond. Older ones are taken to have come just now: rather they are slow than
 * that the wall clock was set in between.
 */
const oldestMicroseconds = 10_000;

/** When something happened that the kernel stamped with the wall clock; undefined if that cannot be told. */
export function instantOfStamp(seconds: number, nanoseconds: number): Instant | undefined {
  clockGetTime(realTime, time.bytes);
  const instant = now();
  const age =
    (time.view.getUint32(0, true) - seconds) * 1_000_000 + (time.view.getUint32(8, true) - nanoseconds) / 1_000;
  return age >= 0 && age <= oldestMicroseconds ? after(instant, microseconds(-age)) : undefined;
}
