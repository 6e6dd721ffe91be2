declare const duration: unique symbol;

/**
 * A span of time in microseconds. Fractions occur and are exact: skew times are multiples of 1/256 of an interval
 * (RFC 9568 section 6.1), which a double holds without loss.
 */
export type Duration = number & { readonly [duration]: true };

export const zero = 0 as Duration;

export function microseconds(count: number): Duration {
  return count as Duration;
}

export function milliseconds(count: number): Duration {
  return (count * 1_000) as Duration;
}

/** VRRPv3 carries intervals in units of 10 ms (RFC 9568 section 5.2.7). */
export function centiseconds(count: number): Duration {
  return (count * 10_000) as Duration;
}

export function seconds(count: number): Duration {
  return (count * 1_000_000) as Duration;
}

export function inSeconds(span: Duration): number {
  return span / 1_000_000;
}

export function inMilliseconds(span: Duration): number {
  return span / 1_000;
}

export function times(span: Duration, factor: number): Duration {
  return (span * factor) as Duration;
}

export function plus(left: Duration, right: Duration): Duration {
  return (left + right) as Duration;
}
