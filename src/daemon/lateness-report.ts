import { type Duration, inMilliseconds, milliseconds, seconds } from '../base/duration.ts';
import { elapsed, type Instant } from '../base/instant.ts';
import type { VirtualRouterConfiguration } from '../vrrp/configuration.ts';

/** Anything shorter happens now and then on a busy machine, whatever the intervals are. */
const usual = milliseconds(20);
const alwaysNoteworthy = seconds(1);
/** One line per so long. */
const quiet = seconds(10);

/** From here on an operator should know: an advert interval was missed, and peers take over after three. */
export function noteworthyLateness(routers: readonly VirtualRouterConfiguration[]): Duration {
  const shortest = routers.reduce(
    (least, { advertisementInterval }) => Math.min(least, advertisementInterval),
    alwaysNoteworthy as number,
  );
  return Math.max(shortest, usual) as Duration;
}

/** Turns wake-ups that came too late into log lines, not more than one every ten seconds. Pure. */
export class LatenessReport {
  readonly #say: (worst: string) => string;
  #saidAt: Instant | undefined;
  #worst = 0 as Duration;
  #count = 0;

  /** `say` makes a line of `N ms late`. */
  constructor(say: (worst: string) => string) {
    this.#say = say;
  }

  /** The line to log, if any, about a deadline that is served only now. */
  woke(now: Instant, deadline: Instant | undefined, noteworthy: Duration): string | undefined {
    if (deadline === undefined) return undefined;
    const late = elapsed(deadline, now);
    if (late < noteworthy) return undefined;
    this.#count++;
    if (late > this.#worst) this.#worst = late;
    if (this.#saidAt !== undefined && elapsed(this.#saidAt, now) < quiet) return undefined;
    const text = this.#say(
      `${Math.round(inMilliseconds(this.#worst))} ms late${this.#count > 1 ? `, at worst of ${this.#count} times` : ''}`,
    );
    this.#saidAt = now;
    this.#worst = 0 as Duration;
    this.#count = 0;
    return text;
  }
}
