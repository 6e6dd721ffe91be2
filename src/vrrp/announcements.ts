import type { Duration } from '../base/duration.ts';
import { after, earliest, type Instant } from '../base/instant.ts';
import type { GarpConfiguration } from './configuration.ts';

/** A burst of gratuitous ARPs or neighbour advertisements for all addresses that are in. */
export interface Burst {
  readonly repeat: number;
}

/** What is due, as plain data. */
export interface SavedAnnouncements {
  readonly second: { readonly at: Instant; readonly repeat: number } | undefined;
  readonly refreshAt: Instant | undefined;
}

/**
 * When a master announces its addresses again after the first burst: a second burst, a periodic refresh, and a burst
 * whenever a losing master was heard. The first burst follows the addresses into the kernel and is not timed here.
 */
export class Announcements {
  #garp: GarpConfiguration;
  #second: { readonly at: Instant; readonly repeat: number } | undefined;
  #refreshAt: Instant | undefined;

  constructor(garp: GarpConfiguration) {
    this.#garp = garp;
  }

  save(): SavedAnnouncements {
    return { second: this.#second, refreshAt: this.#refreshAt };
  }

  restore({ second, refreshAt }: SavedAnnouncements): void {
    this.#second = second;
    this.#refreshAt = refreshAt;
  }

  becameMaster(now: Instant): void {
    const { masterDelay, masterRepeat, masterRefresh } = this.#garp;
    this.#second = masterDelay > 0 ? { at: after(now, masterDelay), repeat: masterRepeat } : undefined;
    this.#refreshAt = next(now, masterRefresh);
  }

  leftMaster(): void {
    this.#second = undefined;
    this.#refreshAt = undefined;
  }

  /** A losing master was heard: the burst to send now, if any, with a second one to follow. */
  reassert(now: Instant): Burst | undefined {
    const { lowerPriorityRepeat, lowerPriorityDelay } = this.#garp;
    if (lowerPriorityRepeat === 0) return undefined;
    if (lowerPriorityDelay > 0) {
      this.#second = { at: after(now, lowerPriorityDelay), repeat: lowerPriorityRepeat };
    }
    return { repeat: lowerPriorityRepeat };
  }

  /** A reload: what is due stays due, the refresh follows the new interval. */
  reconfigure(now: Instant, garp: GarpConfiguration, isMaster: boolean): void {
    if (isMaster && garp.masterRefresh !== this.#garp.masterRefresh) this.#refreshAt = next(now, garp.masterRefresh);
    this.#garp = garp;
  }

  nextDeadline(): Instant | undefined {
    return earliest(this.#second?.at, this.#refreshAt);
  }

  advance(now: Instant): readonly Burst[] {
    const due = this.nextDeadline();
    if (due === undefined || due > now) return nothing;
    const bursts: Burst[] = [];
    if (this.#second && this.#second.at <= now) {
      bursts.push({ repeat: this.#second.repeat });
      this.#second = undefined;
    }
    if (this.#refreshAt !== undefined && this.#refreshAt <= now) {
      bursts.push({ repeat: this.#garp.masterRefreshRepeat });
      this.#refreshAt = next(now, this.#garp.masterRefresh);
    }
    return bursts;
  }
}

const nothing: readonly Burst[] = [];

function next(now: Instant, interval: Duration): Instant | undefined {
  return interval > 0 ? after(now, interval) : undefined;
}
