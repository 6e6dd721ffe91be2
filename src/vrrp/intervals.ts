import { type Duration, plus, seconds, times } from '../base/duration.ts';

/**
 * Skew_Time, exact: RFC 9568 section 6.1 scales it with the master's interval, RFC 3768 section 6.1 with one second.
 * `priority` is our own current one, 1 .. 255; the skew is never 0, so unequal priorities never expire together.
 */
export function skewTime(version: 2 | 3, priority: number, interval: Duration): Duration {
  return times(version === 3 ? interval : seconds(1), (256 - priority) / 256);
}

/**
 * Master_Down_Interval, which RFC 9568 calls Active_Down_Interval. `interval` is the master's: in v3 learned from its
 * adverts, in v2 our own. `downTimerAdverts` is 3 in the RFCs.
 */
export function masterDownInterval(
  version: 2 | 3,
  priority: number,
  interval: Duration,
  downTimerAdverts: number,
): Duration {
  return plus(times(interval, downTimerAdverts), skewTime(version, priority, interval));
}
