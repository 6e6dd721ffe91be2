import { routeKey } from '../netlink/route-route.ts';
import { ruleKey } from '../netlink/route-rule.ts';
import type { RouteRequest } from '../ports/route.ts';
import type { RuleRequest } from '../ports/rule.ts';
import { type EntryKind, Holding } from './holding.ts';

/** A route or a rule with what else its holder has to know of it. */
export interface Entry<Request> {
  readonly request: Request;
  /** In the words of keepalived's dump. */
  readonly text: string;
  /** Its foreign removal is of no consequence. */
  readonly noTrack: boolean;
}

export type RouteEntry = Entry<RouteRequest>;
export type RuleEntry = Entry<RuleRequest>;

/** Everything that is asked of the kernel tells routes and rules apart. */
export function entryKey({ request }: Entry<unknown>): string {
  return JSON.stringify(request);
}

const kind: EntryKind<Entry<unknown>> = { keyOf: entryKey, same: () => true };

/** Routes or rules of one virtual router. */
class RoutingHolding<Request> extends Holding<Entry<Request>> {
  readonly #noticeKey: (request: Request) => string;

  constructor(
    noticeKey: (request: Request) => string,
    entries: readonly Entry<Request>[],
    isPresent: (entry: Entry<Request>) => boolean,
  ) {
    super(kind, entries, isPresent);
    this.#noticeKey = noticeKey;
  }

  /** The kernel tells of a removal, by what it calls it. Returns the entry if that was not our doing while we hold it. */
  removedByNotice(key: string): Entry<Request> | undefined {
    for (const entry of this.requests) {
      if (this.#noticeKey(entry.request) === key) return this.removed(entryKey(entry));
    }
    return undefined;
  }
}

export class RouteHolding extends RoutingHolding<RouteRequest> {
  constructor(entries: readonly RouteEntry[], isPresent: (entry: RouteEntry) => boolean) {
    super(routeKey, entries, isPresent);
  }
}

export class RuleHolding extends RoutingHolding<RuleRequest> {
  constructor(entries: readonly RuleEntry[], isPresent: (entry: RuleEntry) => boolean) {
    super(ruleKey, entries, isPresent);
  }
}
