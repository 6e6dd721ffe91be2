import { desiredDestinations, desiredEntry } from '../lvs/desired-table.ts';
import { serviceKeyText } from '../lvs/reconcile.ts';
import type { IpvsServiceKey } from '../ports/ipvs.ts';
import type { KernelTable } from './kernel-table.ts';
import type { Service } from './service.ts';

/** Services of a group that are written at least, however many servers they have. */
const fewest = 50;

/** How far the services of one virtual server have been written: so many are `left`, from place `next` on, round and round. */
interface Progress {
  next: number;
  left: number;
}

/** Counts work that is done, and says each time whether it is a portion of that size. */
export function portions(size: number): (count: number) => boolean {
  let done = 0;
  return count => {
    done += count;
    if (done < size) return false;
    done = 0;
    return true;
  };
}

/**
 * What has to be written to the kernel's table, some of it at a time: a virtual server with a group may stand for tens of
 * thousands of its services.
 */
export class PendingEntries {
  readonly #table: KernelTable;
  readonly #changed = new Map<Service, Progress>();
  readonly #released: { readonly keys: readonly IpvsServiceKey[]; next: number }[] = [];
  /** Services of the table that the configuration has. */
  #claimed: ReadonlySet<string> = new Set();

  constructor(table: KernelTable) {
    this.#table = table;
  }

  get isEmpty(): boolean {
    return this.#changed.size === 0 && this.#released.length === 0;
  }

  /** By serviceKeyText. */
  claim(claimed: ReadonlySet<string>): void {
    this.#claimed = claimed;
  }

  /** All of its services are written from now on, though some have been already. */
  add(service: Service): void {
    const { length } = service.pool.configuration.keys;
    const known = this.#changed.get(service);
    if (known) known.left = length;
    else this.#changed.set(service, { next: 0, left: length });
  }

  forget(service: Service): void {
    this.#changed.delete(service);
  }

  /** Takes services out that no virtual server has any more. */
  release(keys: readonly IpvsServiceKey[]): void {
    if (keys.length > 0) this.#released.push({ keys, next: 0 });
  }

  /** About so many services, and those servers that have to be looked at for them. */
  write(count: number): void {
    let room = this.#removeReleased(count);
    for (const [service, progress] of this.#changed) {
      if (room <= 0) return;
      const { configuration, members } = service.pool;
      const { keys } = configuration;
      const destinations = desiredDestinations(service.pool);
      room -= members.length;
      const now = Math.min(progress.left, Math.max(fewest, room));
      for (let written = 0; written < now; written++) {
        const key = keys[progress.next % keys.length]!;
        progress.next = (progress.next + 1) % keys.length;
        this.#table.want(serviceKeyText(key), desiredEntry(configuration, key, destinations));
      }
      room -= now;
      progress.left -= now;
      if (progress.left === 0) this.#changed.delete(service);
    }
  }

  /** Everything of ours goes, at once; `flush`: and everything else. */
  clear(services: readonly Service[], flush: boolean): void {
    this.#removeReleased(Number.POSITIVE_INFINITY);
    if (flush) this.#table.command({ type: 'flush' });
    else
      for (const { pool } of services)
        for (const key of pool.configuration.keys) this.#table.want(serviceKeyText(key), undefined);
  }

  #removeReleased(count: number): number {
    let room = count;
    for (let released = this.#released[0]; released && room > 0; released = this.#released[0]) {
      for (; released.next < released.keys.length && room > 0; room--) {
        const text = serviceKeyText(released.keys[released.next++]!);
        if (!this.#claimed.has(text)) this.#table.want(text, undefined);
      }
      if (released.next === released.keys.length) this.#released.shift();
    }
    return room;
  }
}
