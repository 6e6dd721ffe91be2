import type { Instant } from '../base/instant.ts';

/** Something that takes place at an instant of world time. */
export interface Happening {
  happen(): void;
}

/** Later than everything: where nothing is planned. */
export const never = Number.POSITIVE_INFINITY as Instant;

/** What is still to come, earliest first; of simultaneous events the one that was planned first. */
export class EventHeap {
  // Times and ranks lie beside each other as plain numbers: comparing them is most of what a quiet world does.
  #at = new Float64Array(64);
  #order = new Float64Array(64);
  readonly #what: (Happening | undefined)[] = [];
  #count = 0;
  #planned = 0;

  /** `never` if nothing is to come. */
  get nextAt(): Instant {
    return this.#count === 0 ? never : (this.#at[0] as Instant);
  }

  get size(): number {
    return this.#count;
  }

  push(at: Instant, what: Happening): void {
    if (this.#count === this.#at.length) this.#grow();
    const times = this.#at;
    const orders = this.#order;
    const whats = this.#what;
    let place = this.#count++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      // A new event is the latest of its instant: equal means it stays below.
      if (times[parent]! <= at) break;
      times[place] = times[parent]!;
      orders[place] = orders[parent]!;
      whats[place] = whats[parent];
      place = parent;
    }
    times[place] = at;
    orders[place] = this.#planned++;
    whats[place] = what;
  }

  pop(): Happening | undefined {
    if (this.#count === 0) return undefined;
    const times = this.#at;
    const orders = this.#order;
    const whats = this.#what;
    const first = whats[0];
    const count = --this.#count;
    const [at, order, what] = [times[count]!, orders[count]!, whats[count]];
    whats[count] = undefined;
    if (count === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= count) break;
      const right = child + 1;
      if (right < count && this.#isBefore(right, times[child]!, orders[child]!)) child = right;
      if (!this.#isBefore(child, at, order)) break;
      times[place] = times[child]!;
      orders[place] = orders[child]!;
      whats[place] = whats[child];
      place = child;
    }
    times[place] = at;
    orders[place] = order;
    whats[place] = what;
    return first;
  }

  #isBefore(place: number, at: number, order: number): boolean {
    const own = this.#at[place]!;
    return own < at || (own === at && this.#order[place]! < order);
  }

  #grow(): void {
    const [times, orders] = [this.#at, this.#order];
    this.#at = new Float64Array(2 * times.length);
    this.#at.set(times);
    this.#order = new Float64Array(2 * orders.length);
    this.#order.set(orders);
  }
}
