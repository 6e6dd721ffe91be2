import { centiseconds, type Duration, inSeconds, seconds, zero } from '../base/duration.ts';
import type { Family, IpAddress } from '../base/ip-address.ts';
import { parseIpAddress } from '../base/ip-address.ts';
import type { DiagnosticCode } from '../config/diagnostic-codes.ts';
import { reportRefused } from '../config/interpret.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import type { Authentication, Destination, GarpConfiguration, VirtualRouterConfiguration } from './configuration.ts';
import { garpDefaults, type VrrpGlobalDraft } from './global-section.ts';
import type { InstanceDraft } from './instance-section.ts';
import { completeNotify } from './notify-section.ts';
import { completeTrackers, type Trackable } from './tracker-completion.ts';

const multicastGroup4 = parseIpAddress('224.0.0.18')!;
const multicastGroup6 = parseIpAddress('ff02::12')!;

/** The count field of an advert has one byte. */
const mostAdvertised = 255;
/** IPv6 addresses that fit an advert on a link of 1500 bytes; keepalived's own figure. */
const mostAdvertised6 = 89;

/**
 * Applies the rules that need the whole block, fills in the defaults, and says what keepalived would say. Undefined: the
 * instance cannot run, which refuses the configuration.
 */
export function completeInstance(
  draft: InstanceDraft,
  globals: VrrpGlobalDraft,
  trackable: Trackable,
  context: SectionContext,
): VirtualRouterConfiguration | undefined {
  const { name, statement } = draft;
  const where = located(statement);
  const reject = (code: DiagnosticCode, message: string, hint?: string): undefined => {
    complain(context, where, code, message, hint, true);
    return undefined;
  };
  const family: Family = draft.family ?? 4;
  const version = versionOf(draft, globals, family, context);
  const destination = destinationOf(draft, globals, family, context);
  if (draft.vrid === undefined)
    return reject('no-vrid', `"${name}" has no virtual_router_id`, '1 .. 255, as its peers');
  if (draft.interface === undefined && destination.type === 'multicast') {
    return reject('no-interface', `"${name}" has no interface`, 'only unicast can do without');
  }
  if (draft.addresses.length === 0 && !draft.noVirtualAddress) {
    if (version === 3) {
      return reject(
        'no-virtual-address',
        `"${name}" has no virtual address`,
        'VRRPv3 needs one, or no_virtual_ipaddress',
      );
    }
    complain(context, where, 'no-virtual-address', `"${name}" has no virtual address`, 'one at least makes sense');
  }
  const initialState = draft.state ?? 'backup';
  const priority = draft.priority ?? (initialState === 'master' ? 255 : 100);
  const preempt = preemptOf(draft, initialState, priority, context);
  const limit = family === 6 ? mostAdvertised6 : mostAdvertised;
  if (draft.addresses.length > limit) {
    const message = `"${name}" has ${draft.addresses.length} virtual addresses; an advert carries ${limit}`;
    complain(context, where, 'too-many-addresses', message, 'the rest are held but not advertised');
  }
  return {
    name,
    vrid: draft.vrid,
    family,
    version,
    interface: draft.interface,
    initialState,
    priority,
    advertisementInterval: intervalOf(draft, version, context),
    downTimerAdverts: draft.downTimerAdverts ?? globals.downTimerAdverts,
    preempt,
    preemptDelay: preemptDelayOf(draft, initialState, preempt, context),
    source: draft.source,
    trackSource: draft.trackSource && draft.source !== undefined,
    destination,
    authentication: authenticationOf(draft, version, context),
    addresses: draft.addresses.slice(0, limit),
    excludedAddresses: [...draft.addresses.slice(limit), ...draft.excludedAddresses],
    promoteSecondaries: draft.promoteSecondaries,
    checksumWithoutPseudoHeader: draft.checksumWithoutPseudoHeader ?? globals.checksumWithoutPseudoHeader,
    skipCheckAdvertAddresses: draft.skipCheckAdvertAddresses ?? globals.skipCheckAdvertAddresses,
    lowerPriorityNoAdvert: draft.lowerPriorityNoAdvert ?? globals.lowerPriorityNoAdvert,
    higherPrioritySendAdvert: draft.higherPrioritySendAdvert ?? globals.higherPrioritySendAdvert,
    ownerIgnoreAdverts: draft.ownerIgnoreAdverts ?? globals.ownerIgnoreAdverts,
    garp: garpOf(draft, globals),
    dontTrackPrimary: draft.dontTrackPrimary,
    ...completeTrackers(draft, name, draft.interface, trackable, context),
    notify: completeNotify(draft, globals, context),
    ...(draft.routes.length > 0 && { routes: draft.routes }),
    ...(draft.rules.length > 0 && { rules: draft.rules }),
  };
}

/** IPv6 has only VRRPv3. */
function versionOf(draft: InstanceDraft, globals: VrrpGlobalDraft, family: Family, context: SectionContext): 2 | 3 {
  if (family === 4) return draft.version ?? globals.version;
  if (draft.version === 2) {
    const message = `"${draft.name}" has IPv6 addresses: version 3 is used`;
    advise(context, located(draft.statement), 'version-raised', message, 'VRRP for IPv6 begins with version 3');
  }
  return 3;
}

function destinationOf(
  draft: InstanceDraft,
  globals: VrrpGlobalDraft,
  family: Family,
  context: SectionContext,
): Destination {
  if (draft.unicastPeers.length > 0) {
    const peers = draft.unicastPeers.filter(peer => peer.address !== draft.source);
    if (peers.length < draft.unicastPeers.length) {
      const message = `"${draft.name}" has its own source address ${draft.source} among its unicast peers`;
      advise(
        context,
        located(draft.statement),
        'own-address-as-peer',
        message,
        'it is left out: nobody else answers there',
      );
    }
    const checkSource = draft.checkUnicastSource ?? globals.checkUnicastSource;
    return { type: 'unicast', peers, ttl: draft.unicastTtl, checkSource };
  }
  if (draft.unicastTtlAt) {
    const message = `"${draft.name}" has no unicast peers for unicast_ttl`;
    complain(context, located(draft.unicastTtlAt), 'unicast-without-peers', message, 'it is left out');
  }
  if (draft.faultWithoutPeer) return { type: 'no-peer' };
  if (draft.unicastIntent) {
    const message = `"${draft.name}" means unicast but has no unicast peers`;
    const hint = 'multicast is used, which is deprecated; unicast_fault_no_peer makes it wait in FAULT instead';
    complain(context, located(draft.unicastIntent), 'unicast-without-peers', message, hint);
  }
  return { type: 'multicast', group: draft.multicastGroup ?? groupOf(globals, family) };
}

function groupOf(globals: VrrpGlobalDraft, family: Family): IpAddress {
  return family === 4 ? (globals.multicastGroup4 ?? multicastGroup4) : (globals.multicastGroup6 ?? multicastGroup6);
}

function preemptOf(
  draft: InstanceDraft,
  initialState: 'master' | 'backup',
  priority: number,
  context: SectionContext,
): boolean {
  if (!draft.noPreempt) return true;
  const where = located(draft.noPreempt);
  if (priority === 255) {
    complain(context, where, 'nopreempt-cleared', `"${draft.name}" owns the address: nopreempt has no effect`);
    return true;
  }
  if (initialState === 'master') {
    const hint = 'write state BACKUP on all nodes; nopreempt is left out';
    complain(context, where, 'nopreempt-cleared', 'nopreempt does not work with state MASTER', hint);
    return true;
  }
  return false;
}

function preemptDelayOf(
  draft: InstanceDraft,
  initialState: 'master' | 'backup',
  preempt: boolean,
  context: SectionContext,
): Duration {
  if (draft.preemptDelay === undefined || draft.preemptDelay === 0) return zero;
  const where = located(draft.preemptDelayAt!);
  if (initialState === 'master') {
    complain(
      context,
      where,
      'preempt-delay-cleared',
      'preempt_delay does not work with state MASTER',
      'it is left out',
    );
    return zero;
  }
  if (!preempt) {
    complain(context, where, 'preempt-delay-cleared', 'preempt_delay has no meaning with nopreempt', 'it is left out');
    return zero;
  }
  return draft.preemptDelay;
}

const longestCentiseconds = 4_095;

function intervalOf(draft: InstanceDraft, version: 2 | 3, context: SectionContext): Duration {
  const wanted = draft.advertisementInterval;
  if (wanted === undefined) return seconds(1);
  const where = located(draft.advertisementIntervalAt!);
  if (version === 2) {
    const whole = Math.max(1, Math.round(inSeconds(wanted)));
    if (seconds(whole) !== wanted) {
      const message = `VRRPv2 counts whole seconds: advert_int becomes ${whole} s`;
      complain(context, where, 'interval-rounded', message, 'version 3 has steps of 10 ms');
    }
    return seconds(whole);
  }
  const steps = wanted / 10_000;
  if (steps > longestCentiseconds) {
    complain(context, where, 'interval-rounded', 'VRRPv3 counts to 40.95 s: advert_int becomes 40.95 s');
    return centiseconds(longestCentiseconds);
  }
  const whole = Math.max(1, Math.round(steps));
  if (whole !== steps) {
    const message = `VRRPv3 counts in steps of 10 ms: advert_int becomes ${whole / 100} s`;
    complain(context, where, 'interval-rounded', message);
  }
  return centiseconds(whole);
}

function authenticationOf(draft: InstanceDraft, version: 2 | 3, context: SectionContext): Authentication {
  const { authentication, name } = draft;
  if (!authentication?.type) return { type: 'none' };
  const where = located(authentication.statement);
  if (version === 3) {
    const hint = 'it is left out: RFC 9568 removed it';
    complain(context, where, 'authentication-ignored', `VRRPv3 has no authentication ("${name}")`, hint);
    return { type: 'none' };
  }
  if (!authentication.password) {
    complain(
      context,
      where,
      'authentication-ignored',
      `"${name}" has authentication without auth_pass`,
      'none is used',
    );
    return { type: 'none' };
  }
  if (authentication.type === 'header') {
    reportRefused(authentication.typeAt!, 'auth_type AH', 'wire', context);
    return { type: 'none' };
  }
  return { type: 'password', bytes: authentication.password };
}

function garpOf(draft: InstanceDraft, globals: VrrpGlobalDraft): GarpConfiguration {
  const defaults = garpDefaults(globals);
  return {
    masterRepeat: draft.garpMasterRepeat ?? defaults.masterRepeat,
    masterDelay: draft.garpMasterDelay ?? defaults.masterDelay,
    masterRefresh: draft.garpMasterRefresh ?? defaults.masterRefresh,
    masterRefreshRepeat: draft.garpMasterRefreshRepeat ?? defaults.masterRefreshRepeat,
    lowerPriorityRepeat: draft.garpLowerPriorityRepeat ?? defaults.lowerPriorityRepeat,
    lowerPriorityDelay: draft.garpLowerPriorityDelay ?? defaults.lowerPriorityDelay,
  };
}

/** Two instances must not answer to the same VRID on the same link, save towards different unicast peers. */
export function checkDuplicateVrids(
  instances: readonly { readonly instance: VirtualRouterConfiguration; readonly statement: Statement }[],
  context: SectionContext,
): void {
  const known = new Map<string, VirtualRouterConfiguration>();
  for (const { instance, statement } of instances) {
    const { destination } = instance;
    // Unicast instances are told apart by their peers.
    const ways =
      destination.type === 'multicast'
        ? [destination.group]
        : destination.type === 'unicast'
          ? destination.peers.map(({ address }) => `unicast ${address}`)
          : ['no peer'];
    const router = `${instance.vrid} ${instance.family} ${instance.interface ?? ''}`;
    let clash: VirtualRouterConfiguration | undefined;
    for (const way of ways) {
      const key = `${router} ${way}`;
      const other = known.get(key);
      if (other && other !== instance) clash ??= other;
      else known.set(key, instance);
    }
    if (!clash) continue;
    const on = instance.interface === undefined ? 'without an interface' : `on ${instance.interface}`;
    const message = `"${clash.name}" and "${instance.name}" both have virtual_router_id ${instance.vrid} ${on}`;
    context.diagnostics.report(located(statement), {
      code: 'duplicate-vrid',
      severity: 'error',
      message,
      hint: 'give each its own',
      // keepalived 2.2 accepts unicast instances that share a peer, and mixes up their adverts.
      keepalivedClass: destination.type === 'unicast' ? 'ignores' : 'other',
      refuses: true,
    });
  }
}
