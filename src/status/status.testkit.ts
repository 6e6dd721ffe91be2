import { seconds } from '../base/duration.ts';
import type { Instant } from '../base/instant.ts';
import { parseIpAddress } from '../base/ip-address.ts';
import { parseMacAddress } from '../base/mac-address.ts';
import { VrrpProcess } from '../engine/vrrp-process.ts';
import type { InterfaceAddress, Link } from '../ports/network.ts';
import type { VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import type { VirtualAddress, VirtualRouterConfiguration, VrrpConfiguration } from '../vrrp/configuration.ts';

export const address = (text: string) => parseIpAddress(text)!;

export function virtualAddress(text: string, prefixLength: number): VirtualAddress {
  return {
    address: address(text),
    prefixLength,
    interface: undefined,
    peer: undefined,
    broadcast: undefined,
    label: undefined,
    scope: 0,
    preferredLifetimeSeconds: undefined,
    noDad: false,
    home: false,
    manageTemporary: false,
    noPrefixRoute: false,
    autoJoin: false,
    noTrack: false,
  };
}

const noScripts = {
  master: undefined,
  backup: undefined,
  fault: undefined,
  stop: undefined,
  generic: undefined,
  deleted: undefined,
  reportDeleted: false,
  masterReceivedLowerPriority: undefined,
};

export function router(changes: Partial<VirtualRouterConfiguration> = {}): VirtualRouterConfiguration {
  return {
    name: 'V1',
    vrid: 51,
    family: 4,
    version: 2,
    interface: 'eth0',
    initialState: 'master',
    priority: 150,
    advertisementInterval: seconds(1),
    downTimerAdverts: 3,
    preempt: true,
    preemptDelay: seconds(0),
    source: undefined,
    trackSource: false,
    destination: { type: 'multicast', group: address('224.0.0.18') },
    authentication: { type: 'none' },
    addresses: [virtualAddress('10.9.0.100', 24)],
    excludedAddresses: [],
    promoteSecondaries: false,
    checksumWithoutPseudoHeader: false,
    skipCheckAdvertAddresses: false,
    lowerPriorityNoAdvert: false,
    higherPrioritySendAdvert: false,
    ownerIgnoreAdverts: false,
    garp: {
      masterRepeat: 5,
      masterDelay: seconds(5),
      masterRefresh: seconds(0),
      masterRefreshRepeat: 1,
      lowerPriorityRepeat: 5,
      lowerPriorityDelay: seconds(5),
    },
    dontTrackPrimary: false,
    trackInterfaces: [],
    trackScripts: [],
    trackBfd: [],
    trackFiles: [],
    trackProcesses: [],
    notify: noScripts,
    ...changes,
  };
}

export function configurationOf(...instances: VirtualRouterConfiguration[]): VrrpConfiguration {
  return {
    global: {
      routerId: 'r1',
      startupDelay: seconds(0),
      logUnknownVrids: false,
      dynamicInterfaces: false,
      garpInterval: seconds(0),
      gnaInterval: seconds(0),
    },
    instances,
    syncGroups: [],
    scripts: [],
    files: [],
    processes: [],
  };
}

const eth0: Link = {
  index: 3,
  name: 'eth0',
  adminUp: true,
  running: true,
  loopback: false,
  mtu: 1500,
  mac: parseMacAddress('02:00:00:00:00:01')!,
  multicast: true,
  noArp: false,
};

const flags = { deprecated: false, tentative: false, dadFailed: false, secondary: false };

function interfaceAddress(text: string): InterfaceAddress {
  return { linkIndex: 3, address: address(text), prefixLength: 24, scope: 0, flags };
}

/** An engine on a link of its own, where every address change succeeds, after so many seconds. */
export function processAfter(configuration: VrrpConfiguration, count: number): { process: VrrpProcess; now: Instant } {
  const process = new VrrpProcess(configuration, { detail: false, receiveBufferBytes: undefined });
  const at = (micros: number): Instant => micros as Instant;
  const settle = (now: Instant, effects: readonly VrrpEffect[]): void => {
    for (const effect of effects) {
      if (effect.type !== 'change-addresses') continue;
      const answer: VrrpInput = { type: 'addresses-changed', batch: effect.batch, errors: [] };
      settle(now, process.handle(now, answer));
    }
  };
  settle(
    at(0),
    process.handle(at(0), {
      type: 'resynchronised',
      links: [eth0],
      addresses: [interfaceAddress('10.9.0.1')],
      forwardingLinks: [],
    }),
  );
  let now = at(0);
  for (let due = process.nextDeadline(); due !== undefined && due <= count * 1_000_000; due = process.nextDeadline()) {
    now = due > now ? due : at(now + 1);
    settle(now, process.advance(now));
  }
  return { process, now };
}
