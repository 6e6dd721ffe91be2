import type { Duration } from '../base/duration.ts';
import { seconds } from '../base/duration.ts';
import { after, type Instant } from '../base/instant.ts';
import type { CheckerConfiguration } from '../health/configuration.ts';
import type { Checks } from './checks.ts';
import { SharedCheck } from './shared-check.ts';

/** Nothing is probed before the process has settled. */
const bootstrap = seconds(1);

/** The checks of a server before a reload, and whether it was well by them. */
export interface CheckedBefore {
  readonly checks: readonly SharedCheck[];
  readonly wasWell: boolean;
}

/**
 * The checks of one configuration, at the places that its servers name. Those that are there already are taken over;
 * first probes of new ones are spread evenly over their warm-up time.
 */
export class ConfiguredChecks {
  readonly #checks: Checks;
  readonly #checkers: readonly CheckerConfiguration[];
  readonly #firstFailureCounts: boolean;
  #compared = 0;
  #missing = 0;
  #made = 0;

  /** `firstFailureCounts`: the daemon has just started. */
  constructor(checks: Checks, checkers: readonly CheckerConfiguration[], firstFailureCounts: boolean) {
    this.#checks = checks;
    this.#checkers = checkers;
    this.#firstFailureCounts = firstFailureCounts;
  }

  /** Counts the new ones among `count` more of them. False once all have been counted, which `at` relies upon. */
  prepare(count: number): boolean {
    const end = Math.min(this.#checkers.length, this.#compared + count);
    for (; this.#compared < end; this.#compared++) {
      if (!this.#checks.find(this.#checkers[this.#compared]!)) this.#missing += 1;
    }
    return this.#compared < this.#checkers.length;
  }

  /** `before`: what the server had until now. */
  at(now: Instant, place: number, before: CheckedBefore | undefined): SharedCheck | undefined {
    const configuration = this.#checkers[place];
    if (!configuration) return undefined;
    const known = this.#checks.find(configuration);
    if (known) return known;
    const offset = (configuration.schedule.warmup * this.#made++) / this.#missing;
    const firstAt = after(now, (bootstrap + offset) as Duration);
    const check = new SharedCheck(configuration, firstAt, this.#firstFailureCounts);
    if (before) check.takeOver(before.checks, before.wasWell);
    return this.#checks.add(check);
  }
}
