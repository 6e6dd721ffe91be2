import type { Instant } from '../base/instant.ts';
import { addressKey } from '../vrrp/address-holding.ts';
import type { VirtualRouterConfiguration, VrrpConfiguration } from '../vrrp/configuration.ts';
import { entryKey } from '../vrrp/routing-holding.ts';
import { Instance, type Surroundings } from './instance.ts';

/** The instances of a new configuration, in its order, with what the old one leaves behind. */
export interface ReloadedInstances {
  readonly instances: readonly Instance[];
  readonly removed: readonly Instance[];
  /** addressKey of every address, entryKey of every route and rule that somebody holds from now on. */
  readonly claimed: ReadonlySet<string>;
}

/** Carries running instances over, makes new ones; an address that moves between instances stays in the kernel. */
export function reloadInstances(
  now: Instant,
  running: readonly Instance[],
  configuration: VrrpConfiguration,
  around: Surroundings,
): ReloadedInstances {
  const { kept, removed } = matchInstances(running, configuration.instances);
  const grouped = groupedNames(configuration);
  const pairs = configuration.instances.map(next => {
    const instance = kept.get(next) ?? new Instance(next, grouped.has(next.name), around);
    return { next, instance };
  });
  const claimed = new Set<string>();
  for (const { next, instance } of pairs) {
    const { addresses, routes, rules } = instance.estateFor(next);
    for (const address of addresses) claimed.add(addressKey(address));
    for (const entry of [...routes, ...rules]) claimed.add(entryKey(entry));
  }
  const present = new Set(running.flatMap(({ possessions }) => possessions.routing));
  const routing = { isPresent: (key: string) => present.has(key), isClaimed: (key: string) => claimed.has(key) };
  for (const { next, instance } of pairs) {
    instance.reconfigure(now, next, grouped.has(next.name), request => claimed.has(addressKey(request)), routing);
  }
  return { instances: pairs.map(({ instance }) => instance), removed, claimed };
}

/** Names of the instances that are members of a sync group. */
export function groupedNames({ syncGroups }: VrrpConfiguration): ReadonlySet<string> {
  return new Set(syncGroups.flatMap(group => group.members));
}

/** Which running instances go on under a new configuration, and which end. */
interface InstanceMatch {
  readonly kept: ReadonlyMap<VirtualRouterConfiguration, Instance>;
  readonly removed: readonly Instance[];
}

/** Matches by what peers can see, not by name: a renamed instance stays master. */
function matchInstances(
  running: readonly Instance[],
  configurations: readonly VirtualRouterConfiguration[],
): InstanceMatch {
  const byIdentity = new Map<string, Instance[]>();
  for (const instance of running) {
    const key = identity(instance.configuration);
    byIdentity.set(key, [...(byIdentity.get(key) ?? []), instance]);
  }
  const kept = new Map<VirtualRouterConfiguration, Instance>();
  for (const configuration of configurations) {
    const candidates = byIdentity.get(identity(configuration)) ?? [];
    // Unicast instances with disjoint peers may share all that is compared; then the name tells them apart.
    const named = candidates.findIndex(({ name }) => name === configuration.name);
    const [instance] = candidates.splice(Math.max(0, named), 1);
    if (instance) kept.set(configuration, instance);
  }
  const removed = [...byIdentity.values()].flat();
  return { kept, removed };
}

function identity({ vrid, family, interface: name, destination, source }: VirtualRouterConfiguration): string {
  const toward = destination.type === 'multicast' ? destination.group : `unicast from ${source ?? 'primary'}`;
  return `${vrid} ${family} ${name ?? '*'} ${toward}`;
}
