import { type Instant, instantFromMicroseconds } from '../base/instant.ts';

/** CLOCK_MONOTONIC, which Node's high-resolution time is; the timers of timer.ts run on the same clock. */
export function now(): Instant {
  return instantFromMicroseconds(Number(process.hrtime.bigint()) / 1_000);
}
