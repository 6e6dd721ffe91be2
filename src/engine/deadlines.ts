import type { Instant } from '../base/instant.ts';

interface Entry<Key> {
  readonly key: Key;
  at: Instant;
  /** Where it is in the heap. */
  place: number;
}

/** The deadlines of many machines: the earliest at once, a change in logarithmic time (a binary heap with places). */
export class Deadlines<Key> {
  readonly #entries = new Map<Key, Entry<Key>>();
  readonly #heap: Entry<Key>[] = [];

  get earliest(): Instant | undefined {
    return this.#heap[0]?.at;
  }

  set(key: Key, at: Instant | undefined): void {
    const entry = this.#entries.get(key);
    if (at === undefined) {
      if (entry) this.#remove(entry);
      return;
    }
    if (!entry) {
      const added: Entry<Key> = { key, at, place: this.#heap.length };
      this.#entries.set(key, added);
      this.#heap.push(added);
      this.#rise(added);
      return;
    }
    if (entry.at === at) return;
    entry.at = at;
    this.#rise(entry);
    this.#sink(entry);
  }

  /** The keys whose deadline has come, earliest first; they stay until they are set anew. */
  due(now: Instant): readonly Key[] {
    const [first, second, third] = this.#heap;
    if (!first || first.at > now) return [];
    // Most often it is one alone.
    if (!(second && second.at <= now) && !(third && third.at <= now)) return [first.key];
    const due: Entry<Key>[] = [];
    this.#collect(0, now, due);
    // The heap's root is the earliest already.
    if (due.length > 2) due.sort((left, right) => left.at - right.at);
    return due.map(({ key }) => key);
  }

  #collect(place: number, now: Instant, due: Entry<Key>[]): void {
    const entry = this.#heap[place];
    if (!entry || entry.at > now) return;
    due.push(entry);
    this.#collect(2 * place + 1, now, due);
    this.#collect(2 * place + 2, now, due);
  }

  /** Keys and deadlines in the heap's order, which decides between equal deadlines. */
  save(): readonly { readonly key: Key; readonly at: Instant }[] {
    return this.#heap.map(({ key, at }) => ({ key, at }));
  }

  restore(saved: readonly { readonly key: Key; readonly at: Instant }[]): void {
    this.clear();
    saved.forEach(({ key, at }, place) => {
      const entry: Entry<Key> = { key, at, place };
      this.#entries.set(key, entry);
      this.#heap.push(entry);
    });
  }

  clear(): void {
    this.#entries.clear();
    this.#heap.length = 0;
  }

  #remove(entry: Entry<Key>): void {
    this.#entries.delete(entry.key);
    const last = this.#heap.pop()!;
    if (last === entry) return;
    this.#put(last, entry.place);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(entry: Entry<Key>): void {
    while (entry.place > 0) {
      const parent = this.#heap[(entry.place - 1) >> 1]!;
      if (parent.at <= entry.at) return;
      this.#swap(parent, entry);
    }
  }

  #sink(entry: Entry<Key>): void {
    for (;;) {
      const left = this.#heap[2 * entry.place + 1];
      const right = this.#heap[2 * entry.place + 2];
      const child = right && left && right.at < left.at ? right : left;
      if (!child || child.at >= entry.at) return;
      this.#swap(entry, child);
    }
  }

  #swap(left: Entry<Key>, right: Entry<Key>): void {
    const { place } = left;
    this.#put(left, right.place);
    this.#put(right, place);
  }

  #put(entry: Entry<Key>, place: number): void {
    entry.place = place;
    this.#heap[place] = entry;
  }
}
