import { type Duration, inSeconds } from '../base/duration.ts';
import { after, type Instant } from '../base/instant.ts';
import { masterDownInterval, skewTime } from '../vrrp/intervals.ts';
import type { RouterSettings, RouterState } from '../vrrp/virtual-router.ts';

/** A timer of a virtual router with the arithmetic behind it. */
export interface ExplainedTimer {
  readonly name: 'master-down timer' | 'skew timer' | 'first timer' | 'advertisement timer';
  readonly startedAt: Instant;
  readonly span: Duration;
  readonly expiresAt: Instant;
  /** `3 x 1 s + skew (256 - 100)/256 x 1 s = 3.609 s` */
  readonly arithmetic: string;
}

/** The timer that decides what the router does next; undefined if it waits for something else. */
export function explainTimer(
  state: RouterState,
  settings: RouterSettings,
  priority: number,
): ExplainedTimer | undefined {
  const { version, advertisementInterval, downTimerAdverts } = settings;
  if (state.type === 'master') {
    const span = advertisementInterval;
    const startedAt = (state.advertiseAt - span) as Instant;
    const arithmetic = `the advertisement interval of ${spanText(span)}`;
    return { name: 'advertisement timer', startedAt, span, expiresAt: state.advertiseAt, arithmetic };
  }
  if (state.type !== 'backup') return undefined;
  const { timerStartedAt: startedAt, masterInterval, timer } = state;
  const explained = (name: ExplainedTimer['name'], span: Duration, sum: string): ExplainedTimer => {
    return { name, startedAt, span, expiresAt: after(startedAt, span), arithmetic: `${sum} = ${spanText(span)}` };
  };
  // In version 2 the skew is a part of a second, in version 3 of the master's interval.
  const skew = `(256 - ${priority})/256 x ${spanText(version === 3 ? masterInterval : (1_000_000 as Duration))}`;
  switch (timer) {
    case 'skew':
      return explained('skew timer', skewTime(version, priority, masterInterval), `skew ${skew}`);
    case 'first':
      return explained(
        'first timer',
        (advertisementInterval + 1_000_000 / 256) as Duration,
        `${spanText(advertisementInterval)} + 1/256 s (state MASTER)`,
      );
    case 'down':
      return explained(
        'master-down timer',
        masterDownInterval(version, priority, masterInterval, downTimerAdverts),
        `${downTimerAdverts} x ${spanText(masterInterval)} + skew ${skew}`,
      );
  }
}

/** `3.609 s`, `20 ms`, `0.3 ms`. */
export function spanText(span: Duration): string {
  const value = inSeconds(span);
  const rounded = (number: number, digits: number): string => String(Number(number.toFixed(digits)));
  if (value === 0) return '0 s';
  if (Math.abs(value) < 0.01) return `${rounded(value * 1_000, 1)} ms`;
  return Math.abs(value) < 0.1 ? `${rounded(value * 1_000, 0)} ms` : `${rounded(value, 3)} s`;
}
