import type { IpAddress } from '../base/ip-address.ts';
import type { AddressRequest } from '../ports/network.ts';

/** Where one address of an instance stands between the kernel and us. */
type Status =
  | 'absent'
  /** Asked for, not answered. */
  | 'adding'
  | 'present'
  | 'removing'
  /** The kernel refused; tried again when told to. */
  | 'refused'
  /** Somebody else removed it; put back with the next mastership. */
  | 'lost';

interface Held {
  readonly request: AddressRequest;
  status: Status;
  /**
   * Removals of ours whose notice the kernel has still to deliver; they are not somebody else's doing. Negative while
   * the notice came before the answer.
   */
  removalNotices: number;
}

/** What to ask of the kernel next. */
export interface AddressBatch {
  readonly operation: 'add' | 'remove';
  readonly requests: readonly AddressRequest[];
}

/** An AddressHolding as plain data. */
export interface SavedHolding {
  readonly wanted: boolean;
  /** Those that are held, in their order, then those that only the batch under way still knows of. */
  readonly addresses: readonly Readonly<Held>[];
  /** How many of them are held. */
  readonly held: number;
  /** `held` are places in `addresses`, -1 for an address that is nobody's any more. */
  readonly inFlight: (AddressBatch & { readonly held: readonly number[] }) | undefined;
  readonly dropped: readonly AddressRequest[];
}

/** Identifies an address on an interface, as the kernel does: one address may be there with two prefix lengths. */
export function addressKey(address: {
  readonly linkIndex: number;
  readonly address: IpAddress;
  readonly prefixLength: number;
}): string {
  return `${address.linkIndex} ${address.address}/${address.prefixLength}`;
}

/**
 * The addresses of one virtual router: which of them the kernel has, and what to do to make that all or none. Thousands
 * of addresses are changed in batches, so that adverts go out in between.
 */
export class AddressHolding {
  #held = new Map<string, Held>();
  #wanted = false;
  #inFlight: (AddressBatch & { readonly held: readonly (Held | undefined)[] }) | undefined;
  /** Addresses that a reload dropped and the kernel still has. */
  #dropped: AddressRequest[] = [];

  /** `isPresent` tells which the kernel has already: left over by an earlier life, or kept across a reload. */
  constructor(requests: readonly AddressRequest[], isPresent: (request: AddressRequest) => boolean) {
    for (const request of requests) {
      const key = addressKey(request);
      this.#held.set(key, { request, status: isPresent(request) ? 'present' : 'absent', removalNotices: 0 });
    }
  }

  save(): SavedHolding {
    const all = [...this.#held.values()];
    const held = all.length;
    const batch = this.#inFlight;
    const places = batch?.held.map(each => {
      if (!each) return -1;
      const place = all.indexOf(each);
      return place >= 0 ? place : all.push(each) - 1;
    });
    return {
      wanted: this.#wanted,
      addresses: all.map(each => ({ ...each })),
      held,
      inFlight: batch && places && { operation: batch.operation, requests: batch.requests, held: places },
      dropped: [...this.#dropped],
    };
  }

  restore(saved: SavedHolding): void {
    const all = saved.addresses.map(each => ({ ...each }));
    this.#wanted = saved.wanted;
    this.#held = new Map(all.slice(0, saved.held).map(held => [addressKey(held.request), held]));
    this.#inFlight = saved.inFlight && { ...saved.inFlight, held: saved.inFlight.held.map(place => all[place]) };
    this.#dropped = [...saved.dropped];
  }

  /** All addresses, whatever their status. */
  get requests(): readonly AddressRequest[] {
    return Array.from(this.#held.values(), held => held.request);
  }

  has(key: string): boolean {
    return this.#held.has(key);
  }

  isPresent(key: string): boolean {
    return this.#held.get(key)?.status === 'present';
  }

  /** The addresses that the kernel has. */
  get present(): readonly AddressRequest[] {
    const present: AddressRequest[] = [];
    for (const { status, request } of this.#held.values()) if (status === 'present') present.push(request);
    return present;
  }

  /** What the batch under way asked for, by place. */
  get inFlight(): readonly AddressRequest[] {
    return this.#inFlight?.requests ?? [];
  }

  get anyPresent(): boolean {
    for (const held of this.#held.values()) if (held.status === 'present') return true;
    return this.#dropped.length > 0;
  }

  /** True while the kernel has still to be asked or to answer. */
  get busy(): boolean {
    return this.#inFlight !== undefined || this.#pending() !== undefined;
  }

  want(wanted: boolean): void {
    this.#wanted = wanted;
    for (const held of this.#held.values()) {
      if (held.status === 'refused' || held.status === 'lost') held.status = 'absent';
    }
  }

  retryRefused(): void {
    for (const held of this.#held.values()) if (held.status === 'refused') held.status = 'absent';
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  /**
   * A reload: other addresses from now on. Those that stay keep their status; those that go are removed, unless
   * another instance claims them, which then adopts them.
   */
  replace(
    requests: readonly AddressRequest[],
    isPresent: (request: AddressRequest) => boolean,
    isClaimed: (request: AddressRequest) => boolean,
  ): void {
    const before = this.#held;
    this.#held = new Map();
    for (const request of requests) {
      const key = addressKey(request);
      const known = before.get(key);
      if (known && sameRequest(known.request, request)) this.#held.set(key, known);
      else {
        // The same address in another form (prefix, label) is removed and added again.
        if (known && holdsInKernel(known.status)) this.#dropped.push(known.request);
        const present = known === undefined && isPresent(request);
        this.#held.set(key, {
          request,
          status: present ? 'present' : 'absent',
          removalNotices: known?.removalNotices ?? 0,
        });
      }
      before.delete(key);
    }
    for (const held of before.values()) {
      if (holdsInKernel(held.status) && !isClaimed(held.request)) this.#dropped.push(held.request);
    }
  }

  /** Leaves these addresses in the kernel: another instance has adopted them. */
  forget(isClaimed: (request: AddressRequest) => boolean): void {
    for (const [key, held] of this.#held) if (isClaimed(held.request)) this.#held.delete(key);
    this.#dropped = this.#dropped.filter(request => !isClaimed(request));
  }

  /** What the next batch would do; undefined while one is under way or nothing is to be done. */
  get nextOperation(): 'add' | 'remove' | undefined {
    if (this.#inFlight) return undefined;
    if (this.#dropped.length > 0) return 'remove';
    const pending = this.#pending();
    return pending && (this.#wanted ? 'add' : 'remove');
  }

  /** The next batch of at most `limit` addresses, or undefined while one is under way or nothing is to be done. */
  nextBatch(limit: number): AddressBatch | undefined {
    if (this.#inFlight) return undefined;
    if (this.#dropped.length > 0) {
      const requests = this.#dropped.splice(0, limit);
      const successors = requests.map(request => this.#held.get(addressKey(request)));
      this.#inFlight = { operation: 'remove', requests, held: successors };
      return this.#inFlight;
    }
    const from = this.#pending();
    if (from === undefined) return undefined;
    const chosen: Held[] = [];
    for (const held of this.#held.values()) {
      if (held.status !== from) continue;
      chosen.push(held);
      if (chosen.length === limit) break;
    }
    const operation = this.#wanted ? 'add' : 'remove';
    for (const held of chosen) held.status = operation === 'add' ? 'adding' : 'removing';
    this.#inFlight = { operation, requests: chosen.map(held => held.request), held: chosen };
    return this.#inFlight;
  }

  /** The kernel's answer to the batch: `errors` by place. Returns the addresses that are in now. */
  settle(errors: ReadonlyMap<number, string>): readonly AddressRequest[] {
    const batch = this.#inFlight;
    this.#inFlight = undefined;
    if (!batch) return [];
    const added: AddressRequest[] = [];
    batch.held.forEach((held, place) => {
      if (!held) return;
      const error = errors.get(place);
      if (batch.operation === 'remove') {
        // Gone already (EADDRNOTAVAIL), or its interface is: either way it is not there.
        if (error === undefined) held.removalNotices++;
        if (held.status === 'removing') held.status = 'absent';
      } else if (error === undefined || error === 'EEXIST') {
        held.status = 'present';
        added.push(held.request);
      } else {
        held.status = 'refused';
      }
    });
    return added;
  }

  /** Whether any address was refused and should be tried again. */
  get anyRefused(): boolean {
    for (const held of this.#held.values()) if (held.status === 'refused') return true;
    return false;
  }

  /**
   * The kernel says that an address went away. Returns its request if that was not our doing while we hold it.
   */
  removed(key: string): AddressRequest | undefined {
    const held = this.#held.get(key);
    if (!held) return undefined;
    if (held.removalNotices > 0 || held.status === 'removing') {
      held.removalNotices--;
      return undefined;
    }
    if (held.status !== 'present') return undefined;
    held.status = this.#wanted ? 'lost' : 'absent';
    return this.#wanted ? held.request : undefined;
  }

  /** The kernel says that an address is there: somebody put back what we want. Unwanted additions are not our affair. */
  appeared(key: string): void {
    const held = this.#held.get(key);
    if (this.#wanted && held && (held.status === 'lost' || held.status === 'refused')) held.status = 'present';
  }

  /** After the kernel dropped notices: the dump is the truth. Returns what is missing although we hold it. */
  resynchronise(isPresent: (request: AddressRequest) => boolean): readonly AddressRequest[] {
    const missing: AddressRequest[] = [];
    for (const held of this.#held.values()) {
      held.removalNotices = 0;
      if (held.status === 'adding' || held.status === 'removing') continue;
      const present = isPresent(held.request);
      if (held.status === 'present' && !present) {
        held.status = this.#wanted ? 'lost' : 'absent';
        if (this.#wanted) missing.push(held.request);
      } else if (present && this.#wanted) held.status = 'present';
    }
    return missing;
  }

  /** The status that makes work now: absent while the addresses are wanted, present while they are not. */
  #pending(): Status | undefined {
    const from: Status = this.#wanted ? 'absent' : 'present';
    for (const held of this.#held.values()) if (held.status === from) return from;
    return undefined;
  }
}

function holdsInKernel(status: Status): boolean {
  return status === 'present' || status === 'adding';
}

function sameRequest(left: AddressRequest, right: AddressRequest): boolean {
  return (
    left.linkIndex === right.linkIndex &&
    left.address === right.address &&
    left.prefixLength === right.prefixLength &&
    left.peer?.address === right.peer?.address &&
    left.peer?.prefixLength === right.peer?.prefixLength &&
    left.broadcast === right.broadcast &&
    left.label === right.label &&
    left.scope === right.scope &&
    left.preferredLifetimeSeconds === right.preferredLifetimeSeconds &&
    left.noDad === right.noDad &&
    left.home === right.home &&
    left.manageTemporary === right.manageTemporary &&
    left.noPrefixRoute === right.noPrefixRoute &&
    left.autoJoin === right.autoJoin
  );
}
