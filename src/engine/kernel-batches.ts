import type { Instant } from '../base/instant.ts';
import type { AddressRequest } from '../ports/network.ts';
import type { RouteRequest } from '../ports/route.ts';
import type { RuleRequest } from '../ports/rule.ts';
import type { VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import type { Possessions, Work } from './possessions.ts';

/** Entries per netlink batch: a millisecond or two of the kernel's time, so that adverts go out in between. */
const batchLimit = 100;

/** Who has the kernel hold something: a virtual router, or the whole process. */
export interface Owner {
  readonly possessions: Possessions;
  /** The kernel answered for its part of a batch. */
  settle(now: Instant, work: Work, errors: ReadonlyMap<number, string>): void;
}

/** KernelBatches as plain data, the owners by number. */
export interface SavedBatches {
  readonly waiting: readonly number[];
  readonly inFlight:
    | (Work & {
        readonly id: number;
        readonly parts: readonly { readonly owner: number; readonly count: number }[];
      })
    | undefined;
  readonly lastId: number;
}

/** Turns what owners want of the kernel into one netlink batch at a time. */
export class KernelBatches {
  readonly #waiting = new Set<Owner>();
  #inFlight:
    | (Work & {
        readonly id: number;
        readonly parts: readonly { readonly owner: Owner; readonly count: number }[];
      })
    | undefined;
  #lastId = 0;

  save(numberOf: (owner: Owner) => number): SavedBatches {
    const batch = this.#inFlight;
    return {
      waiting: Array.from(this.#waiting, numberOf),
      inFlight: batch && {
        ...batch,
        parts: batch.parts.map(({ owner, count }) => ({ owner: numberOf(owner), count })),
      },
      lastId: this.#lastId,
    };
  }

  restore({ waiting, inFlight, lastId }: SavedBatches, byNumber: (number: number) => Owner): void {
    this.#waiting.clear();
    for (const number of waiting) this.#waiting.add(byNumber(number));
    this.#inFlight = inFlight && {
      ...inFlight,
      parts: inFlight.parts.map(({ owner, count }) => ({ owner: byNumber(owner), count })),
    };
    this.#lastId = lastId;
  }

  /** Something about what the owner wants changed. */
  touch(owner: Owner): void {
    this.#waiting.add(owner);
  }

  get busy(): boolean {
    return this.#inFlight !== undefined || this.#waiting.size > 0;
  }

  /** Sends the next batch, if none is under way and anything is to be done. */
  pump(out: VrrpEffect[]): void {
    if (this.#inFlight || this.#waiting.size === 0) return;
    let work: Work | undefined;
    const parts: { owner: Owner; count: number }[] = [];
    const addresses: AddressRequest[] = [];
    const routes: RouteRequest[] = [];
    const rules: RuleRequest[] = [];
    let room = batchLimit;
    for (const owner of this.#waiting) {
      if (room === 0) break;
      const next = owner.possessions.nextWork;
      if (!next) {
        this.#waiting.delete(owner);
        continue;
      }
      if (work && (next.kind !== work.kind || next.operation !== work.operation)) continue;
      const portion = owner.possessions.nextPortion(room);
      if (!portion) {
        this.#waiting.delete(owner);
        continue;
      }
      work = next;
      parts.push({ owner, count: portion.requests.length });
      room -= portion.requests.length;
      if (portion.kind === 'addresses') addresses.push(...portion.requests);
      else if (portion.kind === 'routes') routes.push(...portion.requests.map(({ request }) => request));
      else rules.push(...portion.requests.map(({ request }) => request));
    }
    if (!work) return;
    const batch = ++this.#lastId;
    const { kind, operation } = work;
    this.#inFlight = { id: batch, kind, operation, parts };
    if (kind === 'addresses') out.push({ type: 'change-addresses', batch, operation, addresses });
    else if (kind === 'routes') out.push({ type: 'change-routes', batch, operation, routes });
    else out.push({ type: 'change-rules', batch, operation, rules });
  }

  /** The kernel's answer: each owner takes its own part of it, errors by place in that part. */
  answered(
    now: Instant,
    { batch: id, errors }: VrrpInput & { readonly type: 'addresses-changed' | 'routing-changed' },
  ): void {
    const batch = this.#inFlight;
    if (batch?.id !== id) return;
    this.#inFlight = undefined;
    let first = 0;
    for (const { owner, count } of batch.parts) {
      const start = first;
      first += count;
      const own = errors.filter(({ place }) => place >= start && place < start + count);
      owner.settle(now, batch, new Map(own.map(({ place, error }) => [place - start, error])));
      this.touch(owner);
    }
  }
}
