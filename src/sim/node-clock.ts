import { type Duration, zero } from '../base/duration.ts';
import { after, elapsed, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import type { ClockReading } from '../engine/recording-ring.ts';

/** What a wall clock that nobody has set shows when the world begins: 2000-01-01 00:00:00 UTC, in microseconds since 1970. */
const worldEpoch = 946_684_800_000_000;

/**
 * The clocks of one machine. Its monotonic clock began when it booted and runs a little fast or slow; its wall clock may
 * be set at any time, which must be of no consequence.
 */
export class NodeClock {
  readonly #rate: number;
  readonly #start: Instant;
  /** World time at which the monotonic clock showed `start`. */
  #origin: Instant;
  #wallStep = zero;

  /** `driftPpm`: parts per million that the clock runs fast; `start`: what it shows at `bootedAt`. */
  constructor(bootedAt: Instant, start: Duration, driftPpm: number) {
    this.#origin = bootedAt;
    this.#start = instantFromMicroseconds(start);
    this.#rate = 1 + driftPpm / 1_000_000;
  }

  monotonic(world: Instant): Instant {
    return after(this.#start, (elapsed(this.#origin, world) * this.#rate) as Duration);
  }

  /** World time at which the monotonic clock will show `local`. */
  worldTime(local: Instant): Instant {
    return after(this.#origin, (elapsed(this.#start, local) / this.#rate) as Duration);
  }

  /** The virtual machine was suspended: its monotonic clock stood still for so long. */
  suspended(span: Duration): void {
    this.#origin = after(this.#origin, span);
  }

  /** Microseconds that the wall clock is off. */
  get wallStep(): Duration {
    return this.#wallStep;
  }

  /** Both clocks at once. */
  reading(world: Instant): ClockReading {
    return { instant: this.monotonic(world), epochMicroseconds: worldEpoch + world + this.#wallStep };
  }

  stepWallClock(by: Duration): void {
    this.#wallStep = (this.#wallStep + by) as Duration;
  }
}
