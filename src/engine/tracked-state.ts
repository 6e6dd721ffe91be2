import type { IpAddress } from '../base/ip-address.ts';
import type { SyncGroupConfiguration, VirtualRouterConfiguration } from '../vrrp/configuration.ts';
import { type FaultCause, faultLine, fileFaultLine } from '../vrrp/log-lines.ts';
import {
  effectivePriority,
  holdsInFault,
  statusOfNumber,
  type TrackedNumber,
  type TrackedObject,
} from '../vrrp/tracking.ts';
import type { Instance } from './instance.ts';
import type { NetworkView } from './network-view.ts';
import type { Tracked } from './tracked.ts';

/** A tracked object with what to say when it holds its instance in FAULT. */
export interface NamedObject {
  readonly object: TrackedObject | TrackedNumber;
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
  known: Tracked,
): TrackedVerdict {
  const { configuration } = instance;
  const named = trackedObjects(configuration, group, network, known);
  const source = instance.currentSource();
  const objects = named.map(({ object }) => object);
  return {
    source,
    priority: effectivePriority(configuration.priority, objects),
    causes: causesOfFault(configuration, named, network, source),
  };
}

/** Everything an instance tracks by itself and through its sync group. */
export function trackedObjects(
  instance: VirtualRouterConfiguration,
  group: SyncGroupConfiguration | undefined,
  network: NetworkView,
  known: Tracked,
): readonly NamedObject[] {
  const objects: NamedObject[] = [];
  for (const { interface: name, weight, reverse } of [...instance.trackInterfaces, ...(group?.trackInterfaces ?? [])]) {
    const status = network.isUp(name) ? 'up' : 'down';
    objects.push({ object: { status, weight, reverse }, cause: { type: 'interface-down', interface: name } });
  }
  for (const name of instance.dependsOnInterfaces ?? []) {
    const status = network.isUp(name) ? 'up' : 'down';
    objects.push({ object: { status, weight: 0, reverse: false }, cause: { type: 'interface-down', interface: name } });
  }
  for (const { script, weight, reverse } of [...instance.trackScripts, ...(group?.trackScripts ?? [])]) {
    const status = known.scripts.status(script);
    if (status === undefined) continue;
    const type = status === 'waiting' ? 'script-waiting' : 'script';
    objects.push({ object: { status, weight, reverse }, cause: { type, script } });
  }
  for (const { session, weight, reverse } of [...instance.trackBfd, ...(group?.trackBfd ?? [])]) {
    objects.push({
      object: { status: known.sessions.status(session), weight, reverse },
      cause: { type: 'bfd', session },
    });
  }
  for (const { file, weight, reverse } of [...instance.trackFiles, ...(group?.trackFiles ?? [])]) {
    const number = known.files.number(file);
    const object: TrackedNumber = { number, weight, reverse };
    if (number !== undefined) objects.push({ object, cause: { type: 'file', file, status: statusOfNumber(object) } });
    else objects.push({ object: unknownYet, cause: { type: 'file-waiting', file } });
  }
  for (const { process, weight, reverse } of [...instance.trackProcesses, ...(group?.trackProcesses ?? [])]) {
    const status = known.processes.status(process);
    if (status !== 'waiting')
      objects.push({ object: { status, weight, reverse }, cause: { type: 'process', process } });
    else objects.push({ object: unknownYet, cause: { type: 'process-waiting', process } });
  }
  return objects;
}

/** The world looks as soon as it is asked; until then nobody is backup with a priority that is about to change. */
const unknownYet: TrackedObject = { status: 'waiting', weight: 0, reverse: false };

/** Why the instance itself must be in FAULT now; empty if nothing holds it there. */
function causesOfFault(
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

/** Says which causes of FAULT are new, of files also which are gone, and keeps them all. */
export function keepCauses(instance: Instance, causes: readonly FaultCause[]): void {
  const { name, machine } = instance;
  for (const cause of causes) {
    if (instance.causes.some(known => sameCause(known, cause))) continue;
    const later = cause.type === 'file' && machine.state.type !== 'initialize';
    instance.say(later ? fileFaultLine(name, cause.file, true) : faultLine(name, cause));
  }
  for (const known of instance.causes) {
    if (known.type !== 'file' || causes.some(cause => sameCause(known, cause))) continue;
    instance.say(fileFaultLine(name, known.file, false));
  }
  instance.causes = causes;
}

function sameCause(left: FaultCause, right: FaultCause): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
