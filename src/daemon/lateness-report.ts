import { type Duration, inMilliseconds, milliseconds, seconds } from '../base/duration.ts';
import { elapsed, type Instant } from '../base/instant.ts';

/** From here on an operator should know: adverts at 10 ms are late, and peers with short intervals may take over. */
const noteworthy = milliseconds(100);
/** One line per so long. */
const quiet = seconds(10);

/** Turns wake-ups that came too late into log lines, not more than one every ten seconds. Pure. */
export class LatenessReport {
  #saidAt: Instant | undefined;
  #worst = 0 as Duration;
  #count = 0;

  /** The line to log, if any, about a deadline that is served only now. */
  woke(now: Instant, deadline: Instant | undefined): string | undefined {
    if (deadline === undefined) return undefined;
    const late = elapsed(deadline, now);
    if (late < noteworthy) return undefined;
    this.#count++;
    if (late > this.#worst) this.#worst = late;
    if (this.#saidAt !== undefined && elapsed(this.#saidAt, now) < quiet) return undefined;
    const text =
      `The VRRP process woke ${Math.round(inMilliseconds(this.#worst))} ms late` +
      `${this.#count > 1 ? `, at worst of ${this.#count} times` : ''}: its peers may have taken over meanwhile`;
    this.#saidAt = now;
    this.#worst = 0 as Duration;
    this.#count = 0;
    return text;
  }
}
