import type { Duration } from './duration.ts';

declare const instant: unique symbol;

/** A point on a monotonic clock, in microseconds since that clock's own start. Never wall-clock time. */
export type Instant = number & { readonly [instant]: true };

export function instantFromMicroseconds(count: number): Instant {
  return count as Instant;
}

export function after(start: Instant, span: Duration): Instant {
  return (start + span) as Instant;
}

/** Time from `start` to `end`; negative if `end` is earlier. */
export function elapsed(start: Instant, end: Instant): Duration {
  return (end - start) as unknown as Duration;
}

/** The earlier of two deadlines, either of which may be absent. */
export function earliest(left: Instant | undefined, right: Instant | undefined): Instant | undefined {
  if (left === undefined) return right;
  if (right === undefined) return left;
  return left < right ? left : right;
}
