import type { AddressRequest } from '../ports/network.ts';
import type { StaticAddress, VirtualAddress, VirtualRoute, VirtualRule } from '../vrrp/configuration.ts';
import { entryKey, type RouteEntry, type RuleEntry } from '../vrrp/routing-holding.ts';
import { routeText, ruleText } from '../vrrp/routing-text.ts';
import type { NetworkView } from './network-view.ts';

/** What there is to hold, on the interfaces that exist. */
export interface Estate {
  readonly addresses: readonly AddressRequest[];
  readonly routes: readonly RouteEntry[];
  readonly rules: readonly RuleEntry[];
}

type Address = VirtualAddress & Partial<StaticAddress>;

/** As configured. */
interface Entries {
  readonly addresses: readonly Address[];
  readonly routes: readonly VirtualRoute[];
  readonly rules: readonly VirtualRule[];
}

/** What there is to hold of these, on the interfaces that exist; addresses that name none are on `own`, or nowhere. */
export function estateOf({ addresses, routes, rules }: Entries, own: string | undefined, network: NetworkView): Estate {
  return {
    addresses: addressRequests(addresses, own, network),
    routes: routeEntries(routes, network),
    rules: ruleEntries(rules),
  };
}

function addressRequests(
  addresses: readonly Address[],
  own: string | undefined,
  network: NetworkView,
): readonly AddressRequest[] {
  const requests: AddressRequest[] = [];
  for (const { interface: name = own, noTrack: _, trackGroup: __, ...rest } of addresses) {
    const link = name === undefined ? undefined : network.linkNamed(name);
    if (link) requests.push({ linkIndex: link.index, ...rest });
  }
  return requests;
}

function routeEntries(routes: readonly VirtualRoute[], network: NetworkView): readonly RouteEntry[] {
  const entries = routes.flatMap(virtual => {
    const { noTrack, trackGroup: _, said: __, ...route } = virtual;
    const indexOf = (name: string | undefined): number | undefined =>
      name === undefined ? undefined : network.linkNamed(name)?.index;
    const device = indexOf(route.device);
    // The kernel takes no interface of a route beside hops that have others: it goes to those that have none.
    const nextHops = route.nextHops.map(hop => ({ ...hop, device: indexOf(hop.device ?? route.device) }));
    const isMissing =
      (route.device !== undefined && device === undefined) ||
      route.nextHops.some((hop, place) => hop.device !== undefined && nextHops[place]!.device === undefined);
    if (isMissing) return [];
    // One that ends by itself is nobody's loss.
    const isNobodysLoss = noTrack || route.expiresSeconds !== undefined;
    return [{ request: { ...route, device, nextHops }, text: routeText(virtual), noTrack: isNobodysLoss }];
  });
  return distinct(entries);
}

function ruleEntries(rules: readonly VirtualRule[]): readonly RuleEntry[] {
  const entries = rules.map(rule => {
    const { noTrack, trackGroup: _, ...request } = rule;
    return { request, text: ruleText(rule), noTrack };
  });
  return distinct(entries);
}

/** One that is written twice is held once. */
function distinct<Each extends RouteEntry | RuleEntry>(entries: readonly Each[]): readonly Each[] {
  return [...new Map(entries.map(entry => [entryKey(entry), entry])).values()];
}
