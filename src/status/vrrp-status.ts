import { type Duration, inSeconds } from '../base/duration.ts';
import type { InstanceSnapshot, InstanceStateName, VrrpSnapshot } from './vrrp-snapshot.ts';

/** What `holdfast status --json` says of VRRP: plain data whose names stay as they are. No secrets. */
export interface VrrpStatus {
  readonly instances: readonly InstanceStatus[];
  readonly groups: readonly {
    readonly name: string;
    readonly state: InstanceStateName;
    readonly members: readonly string[];
  }[];
  readonly scripts: readonly { readonly name: string; readonly state: string }[];
  /** The number in each tracked file; undefined before the first look. */
  readonly files: readonly { readonly name: string; readonly number: number | undefined }[];
  readonly processes: readonly { readonly name: string; readonly state: string; readonly count: number | undefined }[];
}

export interface InstanceStatus {
  readonly name: string;
  readonly state: InstanceStateName;
  readonly interface: string | undefined;
  readonly vrid: number;
  readonly version: 2 | 3;
  readonly group: string | undefined;
  readonly priority: number;
  readonly effectivePriority: number;
  /** Whom a backup follows. */
  readonly master: { readonly address: string; readonly priority: number } | undefined;
  /** Milliseconds since 1970; undefined before the first transition. */
  readonly since: number | undefined;
  /** Seconds until the next advert (MASTER) or the takeover, unless the master is heard before (BACKUP). */
  readonly nextEventIn: number | undefined;
  readonly advertisementInterval: number;
  readonly masterDownInterval: number;
  readonly addresses: AddressesStatus;
  /** Why it is in FAULT. */
  readonly faults: readonly string[];
}

export interface AddressesStatus {
  readonly configured: number;
  /** The kernel has them. */
  readonly held: number;
  /** `ADDRESS/PREFIX`; of many only the first. */
  readonly first: readonly string[];
}

/** The whole list is in the dump: a status is asked for every second, in the process that sends adverts. */
const shownAddresses = 20;

export function vrrpStatusOf(snapshot: VrrpSnapshot): VrrpStatus {
  return {
    instances: snapshot.instances.map(instanceStatus),
    groups: snapshot.groups,
    scripts: [...snapshot.scripts].map(([name, state]) => ({ name, state: state ?? 'refused' })),
    files: [...snapshot.files].map(([name, number]) => ({ name, number })),
    processes: [...snapshot.processes].map(([name, { status, count }]) => ({ name, state: status, count })),
  };
}

function instanceStatus(instance: InstanceSnapshot): InstanceStatus {
  const { configuration, lastTransitionAt, master, nextEventIn } = instance;
  const all = [...instance.addresses, ...instance.excludedAddresses];
  return {
    name: configuration.name,
    state: instance.state,
    interface: configuration.interface,
    vrid: configuration.vrid,
    version: configuration.version,
    group: instance.group,
    priority: configuration.priority,
    effectivePriority: instance.effectivePriority,
    master,
    since: lastTransitionAt === undefined ? undefined : Math.round(lastTransitionAt / 1_000),
    nextEventIn: nextEventIn === undefined ? undefined : roundedSeconds(nextEventIn),
    advertisementInterval: roundedSeconds(instance.masterInterval),
    masterDownInterval: roundedSeconds(instance.masterDownInterval),
    addresses: {
      configured: all.length,
      held: all.filter(({ isSet }) => isSet).length,
      first: all
        .slice(0, shownAddresses)
        .map(({ configuration: { address, prefixLength } }) => `${address}/${prefixLength}`),
    },
    faults: instance.faults,
  };
}

/** To the millisecond. */
function roundedSeconds(span: Duration): number {
  return Math.round(inSeconds(span) * 1_000) / 1_000;
}
