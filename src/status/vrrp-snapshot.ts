import { type Duration, microseconds } from '../base/duration.ts';
import { elapsed, type Instant } from '../base/instant.ts';
import type { IpAddress } from '../base/ip-address.ts';
import type { Instance } from '../engine/instance.ts';
import type { VrrpProcess } from '../engine/vrrp-process.ts';
import type { VirtualAddress, VirtualRouterConfiguration, VrrpConfiguration } from '../vrrp/configuration.ts';
import type { Counters } from '../vrrp/counters.ts';
import { masterDownInterval } from '../vrrp/intervals.ts';
import { faultLine } from '../vrrp/log-lines.ts';

/** What the VRRP process does at one moment; every report is made from this. */
export interface VrrpSnapshot {
  readonly configuration: VrrpConfiguration;
  readonly instances: readonly InstanceSnapshot[];
  readonly groups: readonly GroupSnapshot[];
  /** Packets that reached no instance. */
  readonly strayPackets: { readonly unknownVrid: number; readonly malformed: number };
  /** Verdicts of the tracked scripts by name; undefined for one that was refused and is never run. */
  readonly scripts: ReadonlyMap<string, 'up' | 'down' | 'waiting' | undefined>;
  /** Numbers of the tracked files by name; undefined before the first look. */
  readonly files: ReadonlyMap<string, number | undefined>;
  /** By name, with how many run; undefined before the first count. */
  readonly processes: ReadonlyMap<string, { status: 'up' | 'down' | 'waiting'; count: number | undefined }>;
}

export type InstanceStateName = 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT';

export interface InstanceSnapshot {
  readonly configuration: VirtualRouterConfiguration;
  readonly group: string | undefined;
  readonly state: InstanceStateName;
  readonly effectivePriority: number;
  /** Where its adverts come from. */
  readonly source: IpAddress | undefined;
  /** Whom a backup last heard. */
  readonly master: { readonly address: IpAddress; readonly priority: number } | undefined;
  /** Learned from the master in version 3. */
  readonly masterInterval: Duration;
  readonly masterDownInterval: Duration;
  /** Time until it advertises (master) or takes over (backup), if nothing happens before. */
  readonly nextEventIn: Duration | undefined;
  /** Microseconds since 1970; undefined before the first transition. */
  readonly lastTransitionAt: number | undefined;
  /** Log lines that say why it is in FAULT. */
  readonly faults: readonly string[];
  readonly addresses: readonly AddressSnapshot[];
  readonly excludedAddresses: readonly AddressSnapshot[];
  readonly counters: Counters;
}

export interface AddressSnapshot {
  readonly configuration: VirtualAddress;
  readonly interface: string | undefined;
  /** The kernel has it. */
  readonly isSet: boolean;
}

export interface GroupSnapshot {
  readonly name: string;
  readonly state: InstanceStateName;
  readonly members: readonly string[];
}

/** `epochMicroseconds` is the wall clock's reading at `now`. */
export function snapshotOf(vrrp: VrrpProcess, now: Instant, epochMicroseconds: number): VrrpSnapshot {
  const groupOf = new Map(vrrp.groups.flatMap(group => group.members.map(member => [member, group] as const)));
  return {
    configuration: vrrp.configuration,
    strayPackets: { unknownVrid: vrrp.strayPackets.unknownVrid, malformed: vrrp.strayPackets.malformed },
    instances: vrrp.instances.map(instance => {
      const group = groupOf.get(instance)?.configuration.name;
      const linkName = (index: number): string | undefined => vrrp.network.link(index)?.name;
      return instanceSnapshot(instance, group, linkName, now, epochMicroseconds);
    }),
    groups: vrrp.groups.map(group => ({
      name: group.configuration.name,
      state: group.state,
      members: group.members.map(member => member.name),
    })),
    scripts: new Map(vrrp.configuration.scripts.map(({ name }) => [name, vrrp.tracked.scripts.status(name)])),
    files: new Map(vrrp.configuration.files.map(({ name }) => [name, vrrp.tracked.files.number(name)])),
    processes: new Map(
      vrrp.configuration.processes.map(({ name }) => [
        name,
        { status: vrrp.tracked.processes.status(name), count: vrrp.tracked.processes.count(name) },
      ]),
    ),
  };
}

function instanceSnapshot(
  instance: Instance,
  group: string | undefined,
  linkName: (index: number) => string | undefined,
  now: Instant,
  epochMicroseconds: number,
): InstanceSnapshot {
  const { configuration, machine, lastTransitionAt } = instance;
  const { state } = machine;
  const masterInterval = state.type === 'backup' ? state.masterInterval : configuration.advertisementInterval;
  const deadline = machine.nextDeadline();
  const present = new Set(
    instance.holding.present.map(
      request => `${linkName(request.linkIndex)} ${request.address}/${request.prefixLength}`,
    ),
  );
  const addressSnapshot = (address: VirtualAddress): AddressSnapshot => {
    const name = address.interface ?? configuration.interface;
    const isSet = present.has(`${name} ${address.address}/${address.prefixLength}`);
    return { configuration: address, interface: name, isSet };
  };
  return {
    configuration,
    group,
    state: stateNames[state.type],
    effectivePriority: machine.priority,
    source: machine.source,
    master: state.type === 'backup' ? state.master : undefined,
    masterInterval,
    masterDownInterval: masterDownInterval(
      configuration.version,
      machine.priority,
      masterInterval,
      configuration.downTimerAdverts,
    ),
    nextEventIn: deadline === undefined ? undefined : microseconds(Math.max(0, elapsed(now, deadline))),
    lastTransitionAt: lastTransitionAt === undefined ? undefined : epochMicroseconds - elapsed(lastTransitionAt, now),
    faults: instance.causes.map(cause => faultLine(configuration.name, cause).text),
    addresses: configuration.addresses.map(addressSnapshot),
    excludedAddresses: configuration.excludedAddresses.map(addressSnapshot),
    counters: instance.counters,
  };
}

const stateNames = { initialize: 'INIT', backup: 'BACKUP', master: 'MASTER', fault: 'FAULT' } as const;
