import { type Duration, zero } from '../base/duration.ts';
import { after, type Instant } from '../base/instant.ts';
import type { CheckSchedule } from './configuration.ts';

/** What one probe did to the verdict. */
export interface CheckStep {
  /** Set when the verdict turned. */
  readonly turned: 'up' | 'down' | undefined;
  /** A failure that is forgiven for now; so many retries are left. */
  readonly retriesLeft: number | undefined;
  /** Every target has passed for the first time, or again after a failure: worth saying. */
  readonly passed: boolean;
}

export interface CheckOptions {
  /** The first probe; the caller spreads those of many checkers. */
  readonly firstAt: Instant;
  /** At the start of the daemon a first failure is final; a checker that a reload brings has its retries. */
  readonly firstFailureCounts: boolean;
  /** Things to probe, one a cycle, even if it is only one; else there are no cycles. */
  readonly targets?: number;
  /** No pause between them while the server is down. */
  readonly fastRecovery?: boolean;
}

/**
 * When a checker probes, and what a row of results means. The probe itself is done elsewhere; a checker with several
 * targets (the URLs of HTTP_GET) probes one a cycle and is up once all of them have passed in a row.
 */
export class CheckState {
  #schedule: CheckSchedule;
  readonly #targets: number;
  readonly #hasCycles: boolean;
  readonly #fastRecovery: boolean;
  #verdict: 'up' | 'down';
  #dueAt: Instant | undefined;
  #target = 0;
  /** Targets that have passed in this round; once it is through, no more are counted until a failure. */
  #passed = 0;
  #failures = 0;
  /** A failure now is final: nothing is known of the server yet. */
  #firstFailureCounts: boolean;
  #suspended = false;

  constructor(schedule: CheckSchedule, options: CheckOptions) {
    this.#schedule = schedule;
    this.#targets = options.targets ?? 1;
    this.#hasCycles = options.targets !== undefined;
    this.#fastRecovery = options.fastRecovery ?? false;
    this.#verdict = schedule.alpha ? 'down' : 'up';
    this.#firstFailureCounts = options.firstFailureCounts;
    this.#dueAt = options.firstAt;
  }

  /** Up until proven otherwise, unless alpha asks for the opposite. */
  get verdict(): 'up' | 'down' {
    return this.#verdict;
  }

  get failures(): number {
    return this.#failures;
  }

  /** A reload has put this in the place of one that asked the same: what that one found holds. */
  takeOver(before: CheckState): void {
    this.#verdict = before.#verdict;
    this.#passed = before.#passed;
    this.#target = before.#target;
  }

  /** Nothing is known yet of a server that is up: it stays so until proven otherwise, even with alpha. */
  presumeUp(): void {
    this.#verdict = 'up';
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
    const step = success ? this.#succeeded(now) : this.#failed(now);
    this.#firstFailureCounts = false;
    return step;
  }

  #succeeded(now: Instant): CheckStep {
    this.#failures = 0;
    // What failed is well again: now all of them have to be, from the first one on. As keepalived's, a web server with a
    // single URL is therefore asked twice.
    if (this.#passed < 0 && this.#hasCycles) {
      this.#passed = 0;
      this.#target = 0;
      this.#dueAt = after(now, this.#pause());
      return { turned: undefined, retriesLeft: undefined, passed: false };
    }
    this.#target = (this.#target + 1) % this.#targets;
    const passedBefore = Math.max(0, this.#passed);
    this.#passed = Math.min(this.#targets, passedBefore + 1);
    const passed = this.#passed === this.#targets && passedBefore < this.#targets;
    const recovered = passed && this.#verdict === 'down';
    if (recovered) this.#verdict = 'up';
    this.#dueAt = after(now, this.#pause());
    return { turned: recovered ? 'up' : undefined, retriesLeft: undefined, passed };
  }

  #failed(now: Instant): CheckStep {
    const { retries, delayLoop, delayBeforeRetry } = this.#schedule;
    const nothing = { turned: undefined, retriesLeft: undefined, passed: false };
    if (this.#verdict === 'down') {
      this.#passed = -1;
      this.#dueAt = after(now, delayLoop);
      return nothing;
    }
    this.#failures++;
    if (!this.#firstFailureCounts && this.#failures <= retries) {
      this.#dueAt = after(now, delayBeforeRetry);
      return { ...nothing, retriesLeft: retries - this.#failures };
    }
    this.#passed = -1;
    this.#verdict = 'down';
    this.#failures = 0;
    this.#dueAt = after(now, delayLoop);
    return { ...nothing, turned: 'down' };
  }

  #pause(): Duration {
    return this.#verdict === 'down' && this.#fastRecovery ? zero : this.#schedule.delayLoop;
  }
}
