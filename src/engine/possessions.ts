import type { AddressRequest } from '../ports/network.ts';
import { AddressHolding, addressKey } from '../vrrp/address-holding.ts';
import type { SavedHolding } from '../vrrp/holding.ts';
import { entryKey, type RouteEntry, RouteHolding, type RuleEntry, RuleHolding } from '../vrrp/routing-holding.ts';
import type { Estate } from './estate.ts';
import type { NetworkView } from './network-view.ts';

export type PossessionKind = 'addresses' | 'routes' | 'rules';

/** What is to be done next, of one kind at a time. */
export interface Work {
  readonly kind: PossessionKind;
  readonly operation: 'add' | 'remove';
}

/** Part of a netlink batch. */
export type Portion =
  | { readonly kind: 'addresses'; readonly requests: readonly AddressRequest[] }
  | { readonly kind: 'routes'; readonly requests: readonly RouteEntry[] }
  | { readonly kind: 'rules'; readonly requests: readonly RuleEntry[] };

/** Possessions as plain data. */
export interface SavedPossessions {
  readonly addresses: SavedHolding<AddressRequest>;
  readonly routes: SavedHolding<RouteEntry>;
  readonly rules: SavedHolding<RuleEntry>;
}

/** What others took away. */
export interface Loss {
  readonly text: string;
  /** The interface it was on, if that matters. */
  readonly linkIndex: number | undefined;
}

/** The kernel's answer to a portion. */
export interface Settlement {
  /** Addresses that are in now. */
  readonly added: readonly AddressRequest[];
  /** What it refused, in words. */
  readonly refused: readonly string[];
}

/** Routes may need the addresses, rules lead to routes: taken in this order, given up the other way round. */
const takingOrder: readonly PossessionKind[] = ['addresses', 'routes', 'rules'];
const givingOrder: readonly PossessionKind[] = ['rules', 'routes', 'addresses'];

/** Everything that the kernel is to hold for one owner, all or nothing. */
export class Possessions {
  readonly addresses: AddressHolding;
  readonly routes: RouteHolding;
  readonly rules: RuleHolding;
  readonly #network: NetworkView;

  /** `leftOver`: an earlier life may have left routes and rules, which nobody can see; addresses show themselves. */
  constructor({ addresses, routes, rules }: Estate, network: NetworkView, leftOver: boolean) {
    this.#network = network;
    this.addresses = new AddressHolding(addresses, request => network.hasExactly(request));
    this.routes = new RouteHolding(routes, () => false);
    this.rules = new RuleHolding(rules, () => false);
    if (!leftOver) return;
    this.routes.assume();
    this.rules.assume();
  }

  save(): SavedPossessions {
    return { addresses: this.addresses.save(), routes: this.routes.save(), rules: this.rules.save() };
  }

  restore({ addresses, routes, rules }: SavedPossessions): void {
    this.addresses.restore(addresses);
    this.routes.restore(routes);
    this.rules.restore(rules);
  }

  get wanted(): boolean {
    return this.addresses.wanted;
  }

  want(wanted: boolean): void {
    this.addresses.want(wanted);
    this.routes.want(wanted);
    this.rules.want(wanted);
  }

  get anyPresent(): boolean {
    return this.addresses.anyPresent || this.routes.anyPresent || this.rules.anyPresent;
  }

  get busy(): boolean {
    return this.addresses.busy || this.routes.busy || this.rules.busy;
  }

  get anyRefused(): boolean {
    return this.addresses.anyRefused || this.routes.anyRefused || this.rules.anyRefused;
  }

  retryRefused(): void {
    this.addresses.retryRefused();
    this.routes.retryRefused();
    this.rules.retryRefused();
  }

  /** Undefined while the kernel has to answer, or if nothing is to be done. */
  get nextWork(): Work | undefined {
    for (const kind of this.wanted ? takingOrder : givingOrder) {
      const operation = this[kind].nextOperation;
      if (operation !== undefined) return { kind, operation };
      if (this[kind].inFlight.length > 0) return undefined;
    }
    return undefined;
  }

  /** At most `limit` of what is to be done next. */
  nextPortion(limit: number): Portion | undefined {
    const kind = this.nextWork?.kind;
    if (kind === undefined) return undefined;
    const requests = this[kind].nextBatch(limit)?.requests;
    return requests && ({ kind, requests } as Portion);
  }

  settle({ kind, operation }: Work, errors: ReadonlyMap<number, string>): Settlement {
    if (kind === 'addresses') {
      const requests = this.addresses.inFlight;
      const refused: string[] = [];
      for (const [place, error] of errors) {
        const isRefusal = operation === 'add' ? error !== 'EEXIST' : error !== 'EADDRNOTAVAIL' && error !== 'ENODEV';
        if (isRefusal) refused.push(`cannot ${operation} address ${requests[place]?.address}: ${error}`);
      }
      return { added: this.addresses.settle(errors), refused };
    }
    const entries = this[kind].inFlight;
    const refused: string[] = [];
    for (const [place, error] of errors) {
      // What cannot be removed was never there, but for want of privilege.
      const isRefusal = operation === 'add' ? error !== 'EEXIST' : error === 'EPERM';
      const what = kind === 'routes' ? 'route' : 'rule';
      if (isRefusal) refused.push(`cannot ${operation} ${what} ${entries[place]?.text}: ${error}`);
    }
    this[kind].settle(errors);
    return { added: [], refused };
  }

  /** Routes and rules that the kernel has, by entryKey. */
  get routing(): readonly string[] {
    return [...this.routes.present, ...this.rules.present].map(entryKey);
  }

  /** A reload: another estate. Whatever another owner holds from now on stays in the kernel. */
  replace(
    estate: Estate,
    isClaimed: (request: AddressRequest) => boolean,
    routing: { readonly isPresent: (key: string) => boolean; readonly isClaimed: (key: string) => boolean },
  ): void {
    this.addresses.replace(estate.addresses, request => this.#network.hasExactly(request), isClaimed);
    const isPresent = (entry: RouteEntry | RuleEntry): boolean => routing.isPresent(entryKey(entry));
    const isKept = (entry: RouteEntry | RuleEntry): boolean => routing.isClaimed(entryKey(entry));
    this.routes.replace(estate.routes, isPresent, isKept);
    this.rules.replace(estate.rules, isPresent, isKept);
  }

  /** Interfaces came or went: the same on those that exist. Nothing can be removed from one that is gone. */
  followLinks(estate: Estate): void {
    const isGone = ({ linkIndex }: AddressRequest): boolean => this.#network.link(linkIndex) === undefined;
    const never = (): boolean => false;
    this.replace(estate, isGone, { isPresent: never, isClaimed: never });
  }

  /** A route or a rule went away. Returns it if that is a loss. */
  routingRemoved(kind: 'route' | 'rule', key: string): Loss | undefined {
    const entry = kind === 'route' ? this.routes.removedByNotice(key) : this.rules.removedByNotice(key);
    if (!entry || entry.noTrack) return undefined;
    return {
      text: `${kind} ${entry.text}`,
      linkIndex: 'device' in entry.request ? entry.request.device : undefined,
    };
  }

  /** Leaves what is claimed in the kernel: another owner has adopted it. */
  forget(claimed: ReadonlySet<string>): void {
    this.addresses.forget(request => claimed.has(addressKey(request)));
    this.routes.forget(entry => claimed.has(entryKey(entry)));
    this.rules.forget(entry => claimed.has(entryKey(entry)));
  }

  /** An interface is up again: the kernel dropped routes when it went down, of IPv4 without a word. */
  linkIsUp(linkIndex: number): boolean {
    this.routes.askAgain(({ request }) => usesLink(request, linkIndex), ['present', 'lost']);
    return this.routes.busy;
  }

  /** The kernel's news were lost: whatever it still has is refused as being there. */
  newsLost(): void {
    for (const holding of [this.routes, this.rules]) holding.forgetNotices();
    this.routes.askAgain(() => true);
    this.rules.askAgain(() => true);
  }
}

/** Without an interface it may be any. */
function usesLink({ device, nextHops }: RouteEntry['request'], linkIndex: number): boolean {
  if (device === linkIndex || (device === undefined && nextHops.length === 0)) return true;
  return nextHops.some(hop => hop.device === undefined || hop.device === linkIndex);
}
