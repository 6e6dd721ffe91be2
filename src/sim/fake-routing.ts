import { routeKey } from '../netlink/route-route.ts';
import { ruleKey } from '../netlink/route-rule.ts';
import type { Prefix, RouteRequest } from '../ports/route.ts';
import type { RuleRequest } from '../ports/rule.ts';
import type { VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';

/** A route or rule that the kernel has. */
export type RoutingEntry =
  | { readonly kind: 'route'; readonly request: RouteRequest }
  | { readonly kind: 'rule'; readonly request: RuleRequest };

/** What somebody takes away: whatever is like it. */
export type RoutingSelector =
  | { readonly kind: 'route'; readonly destination: Prefix }
  | { readonly kind: 'rule'; readonly preference: number };

export interface RoutingOwner {
  /** Whether an interface is up; undefined if there is none. */
  isUp(linkIndex: number): boolean | undefined;
  observe(entry: RoutingEntry, change: 'added' | 'removed', by: 'engine' | 'kernel' | 'other'): void;
  /** Through the netlink monitor. */
  notify(input: VrrpInput): void;
}

/** Routes and rules as far as the daemon sees of them: whether the very same is there, and who took it away. */
export class FakeRouting {
  readonly #owner: RoutingOwner;
  readonly #held = new Map<string, RoutingEntry>();

  constructor(owner: RoutingOwner) {
    this.#owner = owner;
  }

  get entries(): Iterable<RoutingEntry> {
    return this.#held.values();
  }

  /** How many routes and rules there are. */
  get size(): number {
    return this.#held.size;
  }

  /** One netlink batch of the daemon's. */
  change(effect: VrrpEffect & { readonly type: 'change-routes' | 'change-rules' }): { place: number; error: string }[] {
    const errors: { place: number; error: string }[] = [];
    const entries: RoutingEntry[] =
      effect.type === 'change-routes'
        ? effect.routes.map(request => ({ kind: 'route', request }))
        : effect.rules.map(request => ({ kind: 'rule', request }));
    entries.forEach((entry, place) => {
      const error = effect.operation === 'add' ? this.#add(entry) : this.#remove(entry);
      if (error !== undefined) errors.push({ place, error });
    });
    return errors;
  }

  /** Another program takes away what is like this. */
  remove(selector: RoutingSelector): void {
    for (const [key, entry] of [...this.#held]) if (isSelected(entry, selector)) this.#drop(key, entry, 'other');
  }

  /** The kernel keeps no routes by interfaces that are down. Of IPv4 routes that go it says nothing. */
  linkIsDown(linkIndex: number): void {
    for (const [key, entry] of [...this.#held]) {
      if (entry.kind === 'route' && linksOf(entry.request).includes(linkIndex)) {
        this.#drop(key, entry, 'kernel', entry.request.family === 6);
      }
    }
  }

  /** Power is gone. */
  clear(): void {
    for (const entry of this.#held.values()) this.#owner.observe(entry, 'removed', 'kernel');
    this.#held.clear();
  }

  #add(entry: RoutingEntry): string | undefined {
    const key = keyOf(entry);
    if (this.#held.has(key)) return 'EEXIST';
    if (entry.kind === 'route') {
      for (const index of linksOf(entry.request)) {
        const isUp = this.#owner.isUp(index);
        if (!isUp) return isUp === undefined ? 'ENODEV' : 'ENETDOWN';
      }
    }
    this.#held.set(key, entry);
    this.#owner.observe(entry, 'added', 'engine');
    return undefined;
  }

  #remove(entry: RoutingEntry): string | undefined {
    const key = keyOf(entry);
    if (!this.#held.has(key)) return entry.kind === 'route' ? 'ESRCH' : 'ENOENT';
    this.#drop(key, entry, 'engine');
    return undefined;
  }

  #drop(key: string, entry: RoutingEntry, by: 'engine' | 'kernel' | 'other', tell = true): void {
    this.#held.delete(key);
    this.#owner.observe(entry, 'removed', by);
    if (!tell) return;
    const noticeKey = entry.kind === 'route' ? routeKey(entry.request) : ruleKey(entry.request);
    this.#owner.notify({ type: 'routing-removed', kind: entry.kind, key: noticeKey });
  }
}

/** `route 10.1.0.0/24`, `rule 100`: as the scenario language has it. */
export function entryText(entry: RoutingEntry | RoutingSelector): string {
  const subject = 'request' in entry ? entry.request : entry;
  return 'destination' in subject
    ? `route ${subject.destination.address}/${subject.destination.prefixLength}`
    : `rule ${subject.preference}`;
}

function isSelected(entry: RoutingEntry, selector: RoutingSelector): boolean {
  return entryText(entry) === entryText(selector);
}

function linksOf({ device, nextHops }: RouteRequest): readonly number[] {
  const devices = [device, ...nextHops.map(hop => hop.device)];
  return devices.filter(index => index !== undefined);
}

function keyOf({ kind, request }: RoutingEntry): string {
  return `${kind} ${JSON.stringify(request)}`;
}
