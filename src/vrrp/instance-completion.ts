import { centiseconds, type Duration, inSeconds, seconds, zero } from '../base/duration.ts';
import type { Family, IpAddress } from '../base/ip-address.ts';
import { parseIpAddress } from '../base/ip-address.ts';
import type { DiagnosticCode } from '../config/diagnostic-codes.ts';
import { reportRefused } from '../config/interpret.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement, standsLater } from '../config/tree.ts';
import type {
  Authentication,
  BfdTracker,
  Destination,
  FileTracker,
  GarpConfiguration,
  InterfaceTracker,
  ProcessTracker,
  ScriptTracker,
  VirtualRouterConfiguration,
} from './configuration.ts';
import { garpDefaults, type VrrpGlobalDraft } from './global-section.ts';
import type { InstanceDraft } from './instance-section.ts';
import { completeNotify } from './notify-section.ts';
import type { ScriptDraft } from './script-section.ts';
import type { TrackFileDraft } from './tracked-file-section.ts';
import type { TrackProcessDraft } from './tracked-process-section.ts';
import type { TrackerLine } from './tracker-section.ts';

const multicastGroup4 = parseIpAddress('224.0.0.18')!;
const multicastGroup6 = parseIpAddress('ff02::12')!;

/** The count field of an advert has one byte. */
const mostAdvertised = 255;
/** IPv6 addresses that fit an advert on a link of 1500 bytes; keepalived's own figure. */
const mostAdvertised6 = 89;

/** A BFD session as trackers know it, with what it takes for those that say nothing. */
export interface TrackableSession {
  readonly name: string;
  readonly statement: Statement;
  readonly weight: number;
  readonly reverse: boolean;
}

/** What an instance's trackers may name. */
export interface Trackable {
  /** vrrp_script blocks, defined and with a command. */
  readonly scripts: ReadonlyMap<string, ScriptDraft>;
  /** Sessions of bfd_instance blocks that tell of themselves to virtual routers. */
  readonly bfdSessions: readonly TrackableSession[];
  /** Of these the ones that will run. */
  readonly runnable: ReadonlySet<string>;
  readonly files: ReadonlyMap<string, TrackFileDraft>;
  readonly processes: ReadonlyMap<string, TrackProcessDraft>;
}

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
    trackInterfaces: interfaceTrackers(draft, context),
    trackScripts: scriptTrackers(draft.trackScripts, name, trackable, context),
    trackBfd: bfdTrackers(draft.trackBfd, name, trackable, context),
    trackFiles: fileTrackers(draft.trackFiles, name, trackable, context),
    trackProcesses: processTrackers(draft.trackProcesses, name, trackable, context),
    notify: completeNotify(draft, globals, context),
    ...(draft.routes.length > 0 && { routes: draft.routes }),
    ...(draft.rules.length > 0 && { rules: draft.rules }),
  };
}

/** Those but the instance's own interface, which is looked at anyway: keepalived drops such a line, weight and all. */
function interfaceTrackers(
  { name, interface: own, trackInterfaces }: InstanceDraft,
  context: SectionContext,
): InterfaceTracker[] {
  return [...trackInterfaces.values()].flatMap(line => {
    if (line.name !== own) return [interfaceTracker(line)];
    const message = `"${name}" runs on ${own}, which it need not track`;
    const hint = 'the line is left out, its weight as well: while its own interface is down an instance is in FAULT';
    complain(context, located(line.statement), 'own-interface-tracked', message, hint);
    return [];
  });
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

export function interfaceTracker(line: TrackerLine): InterfaceTracker {
  return { interface: line.name, weight: line.weight ?? 0, reverse: line.reverse ?? false };
}

/** The trackers whose scripts exist and will run; `owner` is the instance or group that tracks them. */
export function scriptTrackers(
  lines: ReadonlyMap<string, TrackerLine>,
  owner: string,
  trackable: Trackable,
  context: SectionContext,
): ScriptTracker[] {
  const trackers: ScriptTracker[] = [];
  for (const line of lines.values()) {
    const script = trackable.scripts.get(line.name);
    if (!script) {
      const message = `"${owner}" tracks the script "${line.name}", which no vrrp_script defines`;
      complain(context, located(line.statement), 'unknown-script', message, 'it is not tracked');
    } else if (trackable.runnable.has(line.name)) {
      trackers.push({
        script: line.name,
        weight: line.weight ?? script.weight,
        reverse: line.reverse ?? (line.weight === undefined && script.reverse),
      });
    }
  }
  return trackers;
}

/** The trackers whose sessions exist; `owner` is the instance or group that tracks them. */
export function bfdTrackers(
  lines: ReadonlyMap<string, TrackerLine>,
  owner: string,
  { bfdSessions }: Trackable,
  context: SectionContext,
): BfdTracker[] {
  return [...lines.values()].flatMap(line => {
    const session = bfdSessions.find(({ name }) => name === line.name);
    if (session) {
      if (standsLater(session.statement, line.statement)) {
        const message = `bfd_instance "${line.name}" is defined only further down, where keepalived has not read it yet`;
        complain(context, located(line.statement), 'unknown-bfd-instance', message, 'here it is used; move it up');
      }
      const reverse = line.reverse ?? (line.weight === undefined && session.reverse);
      return [{ session: line.name, weight: line.weight ?? session.weight, reverse }];
    }
    const message = `"${owner}" tracks "${line.name}", which no bfd_instance for virtual routers defines`;
    complain(context, located(line.statement), 'unknown-bfd-instance', message, 'it is not tracked');
    return [];
  });
}

/** The trackers whose files are defined; `owner` is the instance or group that tracks them. */
export function fileTrackers(
  lines: ReadonlyMap<string, TrackerLine>,
  owner: string,
  { files }: Trackable,
  context: SectionContext,
): FileTracker[] {
  return objectTrackers(lines, owner, files, unknownFile, context).map(({ name, ...how }) => ({ file: name, ...how }));
}

/** The trackers whose processes are defined; `owner` is the instance or group that tracks them. */
export function processTrackers(
  lines: ReadonlyMap<string, TrackerLine>,
  owner: string,
  { processes }: Trackable,
  context: SectionContext,
): ProcessTracker[] {
  const trackers = objectTrackers(lines, owner, processes, unknownProcess, context);
  return trackers.map(({ name, ...how }) => ({ process: name, ...how }));
}

const unknownFile = { code: 'unknown-track-file', keyword: 'track_file' } as const;
const unknownProcess = { code: 'unknown-track-process', keyword: 'vrrp_track_process' } as const;

/** A weight of a line's own leaves `reverse` as it is defined; only noreverse takes it away. */
function objectTrackers(
  lines: ReadonlyMap<string, TrackerLine>,
  owner: string,
  defined: ReadonlyMap<string, TrackFileDraft | TrackProcessDraft>,
  unknown: typeof unknownFile | typeof unknownProcess,
  context: SectionContext,
): { readonly name: string; readonly weight: number; readonly reverse: boolean }[] {
  return [...lines.values()].flatMap(({ name, statement, weight, reverse }) => {
    const object = defined.get(name);
    if (!object) {
      const message = `"${owner}" tracks "${name}", which no ${unknown.keyword} defines`;
      complain(context, located(statement), unknown.code, message, 'it is not tracked');
      return [];
    }
    if (standsLater(object.statement, statement)) {
      const message = `${unknown.keyword} "${name}" is defined only further down, where keepalived has not read it yet`;
      complain(context, located(statement), unknown.code, message, 'here it is used; move it up');
    }
    return [{ name, weight: weight ?? object.weight, reverse: reverse ?? object.reverse }];
  });
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
