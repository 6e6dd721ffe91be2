import type { Duration } from '../base/duration.ts';
import { after, type Instant } from '../base/instant.ts';
import type { CheckSchedule } from './configuration.ts';

/** What one probe did to the verdict. */
export interface CheckStep {
  /** Set when the verdict turned. */
  readonly turned: 'up' | 'down' | undefined;
  /** A failure that is forgiven for now; so many retries are left. */
  readonly retriesLeft: number | undefined;
  /** The first result ever. */
  readonly first: boolean;
}

/**
 * When a checker probes, and what a row of results means. The probe itself is done elsewhere; a checker with several
 * targets (the URLs of HTTP_GET) probes one a cycle and is up once all of them have passed in a row.
 */
export class CheckState {
  #schedule: CheckSchedule;
  readonly #targets: number;
  readonly #fastRecovery: boolean;
  #verdict: 'up' | 'down';
  #dueAt: Instant | undefined;
  #target = 0;
  /** Targets that have passed since the last failure. */
  #passed = 0;
  #failures = 0;
  #hasResult = false;
  #suspended = false;

  /** `firstAt`: the first probe; the caller spreads those of many checkers. */
  constructor(schedule: CheckSchedule, firstAt: Instant, targets = 1, fastRecovery = false) {
    this.#schedule = schedule;
    this.#targets = targets;
    this.#fastRecovery = fastRecovery;
    this.#verdict = schedule.alpha ? 'down' : 'up';
    this.#dueAt = firstAt;
  }

  /** Up until proven otherwise, unless alpha asks for the opposite. */
  get verdict(): 'up' | 'down' {
    return this.#verdict;
  }

  get hasResult(): boolean {
    return this.#hasResult;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Undefined while a probe is under way. */
  nextDeadline(): Instant | undefined {
    return this.#dueAt;
  }

  /** ha_suspend: the verdict is frozen; the timer keeps its beat without probing. */
  suspend(suspended: boolean): void {
    this.#suspended = suspended;
  }

  /** The target to probe now, or undefined if nothing is due. The next deadline comes with the result. */
  advance(now: Instant): number | undefined {
    if (this.#dueAt === undefined || this.#dueAt > now) return undefined;
    if (this.#suspended) {
      this.#dueAt = after(now, this.#schedule.delayLoop);
      return undefined;
    }
    this.#dueAt = undefined;
    return this.#target;
  }

  /** The probe that advance asked for has ended. */
  result(now: Instant, success: boolean): CheckStep {
    const first = !this.#hasResult;
    this.#hasResult = true;
    return success ? this.#succeeded(now, first) : this.#failed(now, first);
  }

  #succeeded(now: Instant, first: boolean): CheckStep {
    this.#failures = 0;
    this.#target = (this.#target + 1) % this.#targets;
    this.#passed = Math.min(this.#targets, this.#passed + 1);
    const recovered = this.#verdict === 'down' && this.#passed === this.#targets;
    const pause = this.#verdict === 'down' && !recovered && this.#fastRecovery ? 0 : this.#schedule.delayLoop;
    this.#dueAt = after(now, pause as Duration);
    if (recovered) this.#verdict = 'up';
    return { turned: recovered ? 'up' : undefined, retriesLeft: undefined, first };
  }

  #failed(now: Instant, first: boolean): CheckStep {
    const { retries, delayLoop, delayBeforeRetry } = this.#schedule;
    this.#passed = 0;
    if (this.#verdict === 'down') {
      this.#dueAt = after(now, delayLoop);
      return { turned: undefined, retriesLeft: undefined, first };
    }
    this.#failures++;
    // Nothing is known yet of a server that fails at once: it gets no second chance before it has had a first one.
    if (!first && this.#failures <= retries) {
      this.#dueAt = after(now, delayBeforeRetry);
      return { turned: undefined, retriesLeft: retries - this.#failures, first };
    }
    this.#verdict = 'down';
    this.#failures = 0;
    this.#dueAt = after(now, delayLoop);
    return { turned: 'down', retriesLeft: undefined, first };
  }
}
