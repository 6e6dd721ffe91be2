import type { Instant } from '../base/instant.ts';

/** Something that takes place at an instant of world time. */
export interface Happening {
  happen(): void;
}

interface Entry {
  readonly at: Instant;
  readonly order: number;
  readonly what: Happening;
}

/** What is still to come, earliest first; of simultaneous events the one that was planned first. */
export class EventHeap {
  readonly #heap: Entry[] = [];
  #planned = 0;

  get nextAt(): Instant | undefined {
    return this.#heap[0]?.at;
  }

  get size(): number {
    return this.#heap.length;
  }

  push(at: Instant, what: Happening): void {
    const heap = this.#heap;
    const entry: Entry = { at, order: this.#planned++, what };
    let place = heap.length;
    while (place > 0) {
      const parentPlace = (place - 1) >> 1;
      const parent = heap[parentPlace]!;
      // A new entry is the latest of its instant: equal means it stays below.
      if (parent.at <= at) break;
      heap[place] = parent;
      place = parentPlace;
    }
    heap[place] = entry;
  }

  pop(): Happening | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined) return undefined;
    const last = heap.pop()!;
    const count = heap.length;
    if (count === 0) return first.what;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= count) break;
      let entry = heap[child]!;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, entry)) {
        child++;
        entry = right;
      }
      if (!isBefore(entry, last)) break;
      heap[place] = entry;
      place = child;
    }
    heap[place] = last;
    return first.what;
  }
}

function isBefore(left: Entry, right: Entry): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order);
}
