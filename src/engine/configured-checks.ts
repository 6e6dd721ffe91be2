import type { Duration } from '../base/duration.ts';
import { seconds } from '../base/duration.ts';
import { after, type Instant } from '../base/instant.ts';
import { sameValue } from '../base/same-value.ts';
import type { CheckerConfiguration } from '../health/configuration.ts';
import type { VirtualServerConfiguration } from '../lvs/configuration.ts';
import type { Checks } from './checks.ts';
import { type Service, verdictOf } from './service.ts';
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
  /** By place; undefined for new ones. */
  readonly #known: (SharedCheck | undefined)[] = [];
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
    const end = Math.min(this.#checkers.length, this.#known.length + count);
    while (this.#known.length < end) {
      const known = this.#checks.find(this.#checkers[this.#known.length]!);
      this.#known.push(known);
      if (!known) this.#missing += 1;
    }
    return this.#known.length < this.#checkers.length;
  }

  /** Whether this service is configured and checked as it was, and what its checks found has been taken to heart: it rests, maybe. */
  areOf({ pool, checksOf }: Service, configuration: VirtualServerConfiguration): boolean {
    if (!sameValue(pool.configuration, configuration)) return false;
    for (const [member, checks] of checksOf) {
      const { checkers } = member.configuration;
      if (checkers.length !== checks.length) return false;
      for (const [index, place] of checkers.entries()) if (this.#known[place] !== checks[index]) return false;
      const { healthy, dynamicWeight } = verdictOf(checks, member.configuration.weight);
      if (healthy !== member.healthy || dynamicWeight !== member.dynamicWeight) return false;
    }
    return true;
  }

  /** `before`: what the server had until now. */
  at(now: Instant, place: number, before: CheckedBefore | undefined): SharedCheck | undefined {
    const configuration = this.#checkers[place];
    if (!configuration) return undefined;
    const known = this.#known[place] ?? this.#checks.find(configuration);
    if (known) return known;
    const offset = (configuration.schedule.warmup * this.#made++) / this.#missing;
    const firstAt = after(now, (bootstrap + offset) as Duration);
    const check = new SharedCheck(configuration, firstAt, this.#firstFailureCounts);
    if (before) check.takeOver(before.checks, before.wasWell);
    return this.#checks.add(check);
  }
}
