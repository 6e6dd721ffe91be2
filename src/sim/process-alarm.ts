import type { Duration } from '../base/duration.ts';
import { after, type Instant } from '../base/instant.ts';
import { type Happening, never } from './event-heap.ts';
import type { Alarm, Ground } from './ground.ts';
import type { NodeClock } from './node-clock.ts';

/** The timer of a simulated process, by its machine's clock. */
export class ProcessAlarm {
  readonly #ground: Ground;
  readonly #clock: NodeClock;
  readonly #alarm: Alarm;
  #armedFor: Instant | undefined;

  constructor(ground: Ground, clock: NodeClock, process: Happening) {
    this.#ground = ground;
    this.#clock = clock;
    this.#alarm = ground.alarm(process);
  }

  /** What the monotonic clock shows. Rounding must not make a timer fire before its time. */
  now(atLeast?: Instant): Instant {
    const now = this.#clock.monotonic(this.#ground.now);
    return atLeast !== undefined && atLeast > now && atLeast - now < 1 ? atLeast : now;
  }

  /** Sets it for a deadline, unless it is; it fires up to `lateness` microseconds late. */
  arm(deadline: Instant | undefined, lateness: number): void {
    if (deadline === this.#armedFor) return;
    this.#armedFor = deadline;
    if (deadline === undefined) {
      this.#alarm.at = never;
      return;
    }
    const { now, prng } = this.#ground;
    const due = this.#clock.worldTime(deadline);
    this.#alarm.at = after(due < now ? now : due, (1 + prng.below(lateness)) as Duration);
  }

  /** It has fired, or is to be set again whatever it is set for. */
  spent(): void {
    this.#armedFor = undefined;
  }

  disarm(): void {
    this.#armedFor = undefined;
    this.#alarm.at = never;
  }
}
