import type { AddressRequest } from '../ports/network.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { Instance } from './instance.ts';

/** Addresses per netlink batch: a millisecond or two of the kernel's time, so that adverts go out in between. */
const batchLimit = 100;

/** AddressBatches as plain data, the instances by number. */
export interface SavedBatches {
  readonly waiting: readonly number[];
  readonly inFlight:
    | {
        readonly id: number;
        readonly operation: 'add' | 'remove';
        readonly parts: readonly { readonly instance: number; readonly count: number }[];
      }
    | undefined;
  readonly lastId: number;
}

/** Turns what instances want of their addresses into one netlink batch at a time. */
export class AddressBatches {
  readonly #waiting = new Set<Instance>();
  #inFlight:
    | {
        readonly id: number;
        readonly operation: 'add' | 'remove';
        readonly parts: readonly { readonly instance: Instance; readonly count: number }[];
      }
    | undefined;
  #lastId = 0;

  save(numberOf: (instance: Instance) => number): SavedBatches {
    const batch = this.#inFlight;
    return {
      waiting: Array.from(this.#waiting, numberOf),
      inFlight: batch && {
        ...batch,
        parts: batch.parts.map(({ instance, count }) => ({ instance: numberOf(instance), count })),
      },
      lastId: this.#lastId,
    };
  }

  restore({ waiting, inFlight, lastId }: SavedBatches, byNumber: (number: number) => Instance): void {
    this.#waiting.clear();
    for (const number of waiting) this.#waiting.add(byNumber(number));
    this.#inFlight = inFlight && {
      ...inFlight,
      parts: inFlight.parts.map(({ instance, count }) => ({ instance: byNumber(instance), count })),
    };
    this.#lastId = lastId;
  }

  /** Something about the instance's addresses changed. */
  touch(instance: Instance): void {
    this.#waiting.add(instance);
  }

  get busy(): boolean {
    return this.#inFlight !== undefined || this.#waiting.size > 0;
  }

  /** Sends the next batch, if none is under way and anything is to be done. */
  pump(out: VrrpEffect[]): void {
    if (this.#inFlight || this.#waiting.size === 0) return;
    let operation: 'add' | 'remove' | undefined;
    const parts: { instance: Instance; count: number }[] = [];
    const addresses: AddressRequest[] = [];
    for (const instance of this.#waiting) {
      const room = batchLimit - addresses.length;
      if (room === 0) break;
      if (operation !== undefined && instance.holding.nextOperation !== operation) {
        if (instance.holding.nextOperation === undefined) this.#waiting.delete(instance);
        continue;
      }
      const batch = instance.holding.nextBatch(room);
      if (!batch) {
        this.#waiting.delete(instance);
        continue;
      }
      operation = batch.operation;
      parts.push({ instance, count: batch.requests.length });
      addresses.push(...batch.requests);
    }
    if (operation === undefined) return;
    this.#inFlight = { id: ++this.#lastId, operation, parts };
    out.push({ type: 'change-addresses', batch: this.#lastId, operation, addresses });
  }

  /** The kernel's answer: each instance with its own part, errors by place in that part. */
  answered(
    id: number,
    errors: readonly { readonly place: number; readonly error: string }[],
  ): readonly {
    readonly instance: Instance;
    readonly operation: 'add' | 'remove';
    readonly errors: ReadonlyMap<number, string>;
  }[] {
    const batch = this.#inFlight;
    if (batch?.id !== id) return [];
    this.#inFlight = undefined;
    let first = 0;
    return batch.parts.map(({ instance, count }) => {
      const start = first;
      first += count;
      const own = errors.filter(({ place }) => place >= start && place < start + count);
      return {
        instance,
        operation: batch.operation,
        errors: new Map(own.map(({ place, error }) => [place - start, error])),
      };
    });
  }
}
