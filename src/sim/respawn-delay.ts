import { type Duration, seconds, zero } from '../base/duration.ts';

const longest = seconds(60);

/** How the daemon's parent spaces the lives of a process that keeps dying: at once, then 1, 2, 4 s up to a minute. */
export class RespawnDelay {
  #next: Duration = zero;

  after(lifetime: Duration): Duration {
    if (lifetime >= longest) this.#next = zero;
    const delay = this.#next;
    this.#next = delay === 0 ? seconds(1) : (Math.min(delay * 2, longest) as Duration);
    return delay;
  }
}
