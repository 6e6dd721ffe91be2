import type { IpAddress } from '../base/ip-address.ts';
import type { SyncGroupConfiguration, VirtualRouterConfiguration } from '../vrrp/configuration.ts';
import type { FaultCause } from '../vrrp/log-lines.ts';
import { effectivePriority, holdsInFault, type TrackedObject } from '../vrrp/tracking.ts';
import type { Instance } from './instance.ts';
import type { NetworkView } from './network-view.ts';

/** A tracked object with what to say when it holds its instance in FAULT. */
export interface NamedObject {
  readonly object: TrackedObject;
  readonly cause: FaultCause;
}

/** What everything tracked comes to for one instance. */
export interface TrackedVerdict {
  readonly source: IpAddress | undefined;
  readonly priority: number;
  readonly causes: readonly FaultCause[];
}

export function judgeTracked(
  instance: Instance,
  group: SyncGroupConfiguration | undefined,
  network: NetworkView,
  scriptStatus: ScriptStatus,
): TrackedVerdict {
  const { configuration } = instance;
  const named = trackedObjects(configuration, group, network, scriptStatus);
  const source = instance.currentSource();
  const objects = named.map(({ object }) => object);
  return {
    source,
    priority: effectivePriority(configuration.priority, objects),
    causes: causesOfFault(configuration, named, network, source),
  };
}

type ScriptStatus = (name: string) => 'up' | 'down' | 'waiting' | undefined;

/** Everything an instance tracks by itself and through its sync group. */
export function trackedObjects(
  instance: VirtualRouterConfiguration,
  group: SyncGroupConfiguration | undefined,
  network: NetworkView,
  scriptStatus: ScriptStatus,
): readonly NamedObject[] {
  const objects: NamedObject[] = [];
  for (const { interface: name, weight, reverse } of [...instance.trackInterfaces, ...(group?.trackInterfaces ?? [])]) {
    const status = network.isUp(name) ? 'up' : 'down';
    objects.push({ object: { status, weight, reverse }, cause: { type: 'interface-down', interface: name } });
  }
  for (const { script, weight, reverse } of [...instance.trackScripts, ...(group?.trackScripts ?? [])]) {
    const status = scriptStatus(script);
    if (status === undefined) continue;
    const type = status === 'waiting' ? 'script-waiting' : 'script';
    objects.push({ object: { status, weight, reverse }, cause: { type, script } });
  }
  return objects;
}

/** Why the instance itself must be in FAULT now; empty if nothing holds it there. */
export function causesOfFault(
  instance: VirtualRouterConfiguration,
  objects: readonly NamedObject[],
  network: NetworkView,
  source: IpAddress | undefined,
): readonly FaultCause[] {
  const causes: FaultCause[] = [];
  if (instance.destination.type === 'no-peer') causes.push({ type: 'no-peer' });
  const name = instance.interface;
  const exists = name === undefined || network.linkNamed(name) !== undefined;
  if (name !== undefined && !exists) causes.push({ type: 'interface-missing', interface: name });
  else if (name !== undefined && !instance.dontTrackPrimary && !network.isUp(name)) {
    causes.push({ type: 'interface-down', interface: name });
  }
  if (exists && source === undefined) causes.push({ type: 'no-address', family: instance.family });
  if (instance.trackSource && instance.source && !network.hasAddressAnywhere(instance.source)) {
    causes.push({ type: 'source-missing' });
  }
  for (const { object, cause } of objects) {
    if (holdsInFault(object) && !causes.some(other => sameCause(other, cause))) causes.push(cause);
  }
  return causes;
}

export function sameCause(left: FaultCause, right: FaultCause): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
