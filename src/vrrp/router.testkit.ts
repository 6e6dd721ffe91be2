import { seconds, zero } from '../base/duration.ts';
import { ip } from '../base/ip-address.testkit.ts';
import { type Family, familyOf, maximumPrefixLength } from '../base/ip-address.ts';
import { plainAddress } from '../ports/network.testkit.ts';
import type { RunnableScript } from '../ports/script.ts';
import type {
  NotifyScripts,
  SyncGroupConfiguration,
  Trackers,
  TrackScriptConfiguration,
  VirtualAddress,
  VirtualRouterConfiguration,
  VrrpConfiguration,
} from './configuration.ts';

export const script = (text: string): RunnableScript => ({
  command: { type: 'program', argv: [text] },
  identity: undefined,
  text,
});

const noTrackers: Trackers = {
  trackInterfaces: [],
  trackScripts: [],
  trackBfd: [],
  trackFiles: [],
  trackProcesses: [],
};

export const noScripts: NotifyScripts = {
  master: undefined,
  backup: undefined,
  fault: undefined,
  stop: undefined,
  generic: undefined,
  deleted: undefined,
  reportDeleted: false,
  mail: false,
  priorityChanges: false,
  masterReceivedLowerPriority: undefined,
};

/** `ADDRESS[/LENGTH]` with every other default of the configuration language. */
export function virtualAddress(text: string, overrides: Partial<VirtualAddress> = {}): VirtualAddress {
  const [word, length] = text.split('/') as [string, string?];
  const address = ip(word);
  const isSix = familyOf(address) === 6;
  const prefixLength = length === undefined ? maximumPrefixLength(isSix ? 6 : 4) : Number(length);
  return {
    ...plainAddress,
    address,
    prefixLength,
    interface: undefined,
    preferredLifetimeSeconds: prefixLength === 128 ? 0 : undefined,
    noDad: isSix,
    noTrack: false,
    ...overrides,
  };
}

/** A virtual router with every default of the configuration language. */
export function router(overrides: Partial<VirtualRouterConfiguration> = {}): VirtualRouterConfiguration {
  const family: Family = overrides.family ?? 4;
  return {
    name: 'VI_1',
    vrid: 51,
    family,
    version: family === 6 ? 3 : 2,
    interface: 'eth0',
    initialState: 'backup',
    priority: 100,
    advertisementInterval: seconds(1),
    downTimerAdverts: 3,
    preempt: true,
    preemptDelay: zero,
    source: undefined,
    trackSource: false,
    destination: { type: 'multicast', group: ip(family === 4 ? '224.0.0.18' : 'ff02::12') },
    authentication: { type: 'none' },
    addresses: [virtualAddress(family === 4 ? '192.0.2.100' : '2001:db8::100')],
    excludedAddresses: [],
    promoteSecondaries: false,
    checksumWithoutPseudoHeader: false,
    skipCheckAdvertAddresses: false,
    lowerPriorityNoAdvert: false,
    higherPrioritySendAdvert: true,
    ownerIgnoreAdverts: false,
    garp: {
      masterRepeat: 5,
      masterDelay: seconds(5),
      masterRefresh: zero,
      masterRefreshRepeat: 1,
      lowerPriorityRepeat: 5,
      lowerPriorityDelay: seconds(5),
    },
    dontTrackPrimary: false,
    ...noTrackers,
    notify: noScripts,
    ...overrides,
  };
}

export function configuration(
  instances: readonly VirtualRouterConfiguration[],
  rest: Partial<Omit<VrrpConfiguration, 'instances'>> = {},
): VrrpConfiguration {
  return {
    global: {
      routerId: 'test',
      startupDelay: zero,
      logUnknownVrids: true,
      dynamicInterfaces: false,
      garpInterval: zero,
      gnaInterval: zero,
    },
    instances,
    syncGroups: [],
    scripts: [],
    files: [],
    processes: [],
    ...rest,
  };
}

export function syncGroup(name: string, members: readonly string[], notify = noScripts): SyncGroupConfiguration {
  return { name, members, ...noTrackers, trackingWeight: false, notify };
}

export function trackScript(name: string, rest: Partial<TrackScriptConfiguration> = {}): TrackScriptConfiguration {
  return {
    name,
    script: script(`/check/${name}`),
    interval: seconds(1),
    timeout: seconds(1),
    rise: 1,
    fall: 1,
    ...rest,
  };
}
