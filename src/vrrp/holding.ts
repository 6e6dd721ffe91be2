/** Where one entry, an address for instance, stands between the kernel and us. */
type Status =
  | 'absent'
  /** Asked for, not answered. */
  | 'adding'
  | 'present'
  /** Nobody knows whether it is there: it is asked for while it is wanted, and removed while it is not. */
  | 'assumed'
  | 'removing'
  /** The kernel refused; tried again when told to. */
  | 'refused'
  /** Somebody else removed it; put back with the next mastership. */
  | 'lost';

interface Held<Request> {
  readonly request: Request;
  status: Status;
  /**
   * Removals of ours whose notice the kernel has still to deliver; they are not somebody else's doing. Negative while
   * the notice came before the answer.
   */
  removalNotices: number;
}

/** What to ask of the kernel next. */
export interface Batch<Request> {
  readonly operation: 'add' | 'remove';
  readonly requests: readonly Request[];
}

/** What a holding has to know of its entries. */
export interface EntryKind<Request> {
  /** Tells entries apart, as the kernel does. */
  readonly keyOf: (request: Request) => string;
  /** Whether entries of one key are alike in everything else. */
  readonly same: (left: Request, right: Request) => boolean;
}

/** A Holding as plain data. */
export interface SavedHolding<Request> {
  readonly wanted: boolean;
  /** Those that are held, in their order, then those that only the batch under way still knows of. */
  readonly entries: readonly Readonly<Held<Request>>[];
  /** How many of them are held. */
  readonly held: number;
  /** `held` are places in `entries`, -1 for an entry that is nobody's any more. */
  readonly inFlight: (Batch<Request> & { readonly held: readonly number[] }) | undefined;
  readonly dropped: readonly Request[];
}

/**
 * Addresses, routes or rules of one virtual router: which of them the kernel has, and what to do to make that all or none.
 * Thousands are changed in batches, so that adverts go out in between.
 */
export class Holding<Request> {
  readonly #kind: EntryKind<Request>;
  #held = new Map<string, Held<Request>>();
  #wanted = false;
  #inFlight: (Batch<Request> & { readonly held: readonly (Held<Request> | undefined)[] }) | undefined;
  /** Entries that a reload dropped and the kernel still has. */
  #dropped: Request[] = [];

  /** `isPresent` tells which the kernel has already: left over by an earlier life, or kept across a reload. */
  constructor(kind: EntryKind<Request>, requests: readonly Request[], isPresent: (request: Request) => boolean) {
    this.#kind = kind;
    for (const request of requests) {
      const key = this.#kind.keyOf(request);
      this.#held.set(key, { request, status: isPresent(request) ? 'present' : 'absent', removalNotices: 0 });
    }
  }

  /** An earlier life may have left them all. */
  assume(): void {
    for (const held of this.#held.values()) if (held.status === 'absent') held.status = 'assumed';
  }

  save(): SavedHolding<Request> {
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
      entries: all.map(each => ({ ...each })),
      held,
      inFlight: batch && places && { operation: batch.operation, requests: batch.requests, held: places },
      dropped: [...this.#dropped],
    };
  }

  restore(saved: SavedHolding<Request>): void {
    const all = saved.entries.map(each => ({ ...each }));
    this.#wanted = saved.wanted;
    this.#held = new Map(all.slice(0, saved.held).map(held => [this.#kind.keyOf(held.request), held]));
    this.#inFlight = saved.inFlight && { ...saved.inFlight, held: saved.inFlight.held.map(place => all[place]) };
    this.#dropped = [...saved.dropped];
  }

  /** All of them, whatever their status. */
  get requests(): readonly Request[] {
    return Array.from(this.#held.values(), held => held.request);
  }

  has(key: string): boolean {
    return this.#held.has(key);
  }

  isPresent(key: string): boolean {
    return this.#held.get(key)?.status === 'present';
  }

  /** Those that the kernel has. */
  get present(): readonly Request[] {
    const present: Request[] = [];
    for (const { status, request } of this.#held.values()) if (status === 'present') present.push(request);
    return present;
  }

  /** What the batch under way asked for, by place. */
  get inFlight(): readonly Request[] {
    return this.#inFlight?.requests ?? [];
  }

  get anyPresent(): boolean {
    for (const { status } of this.#held.values()) if (status === 'present' || status === 'assumed') return true;
    return this.#dropped.length > 0;
  }

  /** True while the kernel has still to be asked or to answer. */
  get busy(): boolean {
    return this.#inFlight !== undefined || this.#pending() !== undefined;
  }

  want(wanted: boolean): void {
    this.#wanted = wanted;
    for (const held of this.#held.values()) {
      const { status } = held;
      if (status === 'refused' || status === 'lost') held.status = 'absent';
    }
  }

  retryRefused(): void {
    for (const held of this.#held.values()) if (held.status === 'refused') held.status = 'absent';
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  /**
   * A reload: other ones from now on. Those that stay keep their status; those that go are removed, unless
   * another instance claims them, which then adopts them.
   */
  replace(
    requests: readonly Request[],
    isPresent: (request: Request) => boolean,
    isClaimed: (request: Request) => boolean,
  ): void {
    const before = this.#held;
    this.#held = new Map();
    for (const request of requests) {
      const key = this.#kind.keyOf(request);
      const known = before.get(key);
      if (known && this.#kind.same(known.request, request)) this.#held.set(key, known);
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

  /** Leaves these in the kernel: another instance has adopted them. */
  forget(isClaimed: (request: Request) => boolean): void {
    for (const [key, held] of this.#held) if (isClaimed(held.request)) this.#held.delete(key);
    this.#dropped = this.#dropped.filter(request => !isClaimed(request));
  }

  /** The kernel may have dropped these without a word: they are asked for again, which changes nothing if it has not. */
  askAgain(which: (request: Request) => boolean, statuses: readonly ('present' | 'lost')[] = ['present']): void {
    if (!this.#wanted) return;
    const among: readonly Status[] = statuses;
    for (const held of this.#held.values()) {
      if (among.includes(held.status) && which(held.request)) held.status = 'assumed';
    }
  }

  /** Counts nothing that the kernel still has to tell: its news were lost. */
  forgetNotices(): void {
    for (const held of this.#held.values()) held.removalNotices = 0;
  }

  /** What the next batch would do; undefined while one is under way or nothing is to be done. */
  get nextOperation(): 'add' | 'remove' | undefined {
    if (this.#inFlight) return undefined;
    if (this.#dropped.length > 0) return 'remove';
    const pending = this.#pending();
    return pending && (this.#wanted ? 'add' : 'remove');
  }

  /** The next batch of at most `limit` of them, or undefined while one is under way or nothing is to be done. */
  nextBatch(limit: number): Batch<Request> | undefined {
    if (this.#inFlight) return undefined;
    if (this.#dropped.length > 0) {
      const requests = this.#dropped.splice(0, limit);
      const successors = requests.map(request => this.#held.get(this.#kind.keyOf(request)));
      this.#inFlight = { operation: 'remove', requests, held: successors };
      return this.#inFlight;
    }
    const from = this.#pending();
    if (from === undefined) return undefined;
    const chosen: Held<Request>[] = [];
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

  /** The kernel's answer to the batch: `errors` by place. Returns those that are in now. */
  settle(errors: ReadonlyMap<number, string>): readonly Request[] {
    const batch = this.#inFlight;
    this.#inFlight = undefined;
    if (!batch) return [];
    const added: Request[] = [];
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

  /** Whether any was refused and should be tried again. */
  get anyRefused(): boolean {
    for (const held of this.#held.values()) if (held.status === 'refused') return true;
    return false;
  }

  /**
   * The kernel says that one went away. Returns its request if that was not our doing while we hold it.
   */
  removed(key: string): Request | undefined {
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

  /** The kernel says that one is there: somebody put back what we want. Unwanted additions are not our affair. */
  appeared(key: string): void {
    const held = this.#held.get(key);
    if (this.#wanted && held && (held.status === 'lost' || held.status === 'refused')) held.status = 'present';
  }

  /** After the kernel dropped notices: the dump is the truth. Returns what is missing although we hold it. */
  resynchronise(isPresent: (request: Request) => boolean): readonly Request[] {
    const missing: Request[] = [];
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

  /** A status that makes work now: absent while they are wanted, present while they are not, and what nobody knows. */
  #pending(): Status | undefined {
    for (const { status } of this.#held.values()) {
      if (status === 'assumed' || status === (this.#wanted ? 'absent' : 'present')) return status;
    }
    return undefined;
  }
}

function holdsInKernel(status: Status): boolean {
  return status === 'present' || status === 'assumed' || status === 'adding';
}
