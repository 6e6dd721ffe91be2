import type { Duration } from '../base/duration.ts';
import { type Family, familyOf, type IpAddress } from '../base/ip-address.ts';
import {
  bindReaders,
  type Reader,
  readBlock,
  readEachLine,
  reportRefused,
  reportSlashComment,
} from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { advise, checkOwnInterface, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { addressOf, boolean, decimalSeconds, integer, integerOf } from '../config/values.ts';
import { type AuthenticationDraft, readAuthentication } from './authentication-section.ts';
import type { UnicastPeer, VirtualAddress, VirtualRoute, VirtualRule } from './configuration.ts';
import {
  anySeconds,
  counts,
  readExtraInterfaces,
  readMulticastGroup,
  readPositiveCount,
  readSeconds,
} from './global-section.ts';
import { vrrpBlocks } from './keywords.ts';
import { emptyNotifyDraft, instanceNotifyReaders, type NotifyDraft } from './notify-section.ts';
import { readRoute } from './route-section.ts';
import { type RulePreferences, readRule } from './rule-section.ts';
import { emptyTrackers, type TrackersDraft, trackerReaders } from './tracker-section.ts';
import { checkUnreadInstance } from './value-checks.ts';
import { readVirtualAddress } from './virtual-address-section.ts';

/** A vrrp_instance block as written. Undefined: not said. */
export interface InstanceDraft extends NotifyDraft, TrackersDraft {
  readonly statement: Statement;
  readonly name: string;
  /** Decided by the first address that shows one. */
  family: Family | undefined;
  interface: string | undefined;
  state: 'master' | 'backup' | undefined;
  vrid: number | undefined;
  version: 2 | 3 | undefined;
  priority: number | undefined;
  advertisementInterval: Duration | undefined;
  advertisementIntervalAt: Statement | undefined;
  downTimerAdverts: number | undefined;
  noPreempt: Statement | undefined;
  preemptDelay: Duration | undefined;
  preemptDelayAt: Statement | undefined;
  source: IpAddress | undefined;
  trackSource: boolean;
  multicastGroup: IpAddress | undefined;
  /** A keyword that shows that unicast is meant. */
  unicastIntent: Statement | undefined;
  readonly unicastPeers: UnicastPeer[];
  unicastTtl: number | undefined;
  unicastTtlAt: Statement | undefined;
  checkUnicastSource: boolean | undefined;
  faultWithoutPeer: boolean;
  authentication: AuthenticationDraft | undefined;
  readonly addresses: VirtualAddress[];
  readonly excludedAddresses: VirtualAddress[];
  readonly routes: VirtualRoute[];
  readonly rules: VirtualRule[];
  readonly rulePreferences: RulePreferences;
  noVirtualAddress: boolean;
  promoteSecondaries: boolean;
  checksumWithoutPseudoHeader: boolean | undefined;
  skipCheckAdvertAddresses: boolean | undefined;
  lowerPriorityNoAdvert: boolean | undefined;
  higherPrioritySendAdvert: boolean | undefined;
  ownerIgnoreAdverts: boolean | undefined;
  garpMasterDelay: Duration | undefined;
  garpMasterRepeat: number | undefined;
  garpMasterRefresh: Duration | undefined;
  garpMasterRefreshRepeat: number | undefined;
  garpLowerPriorityDelay: Duration | undefined;
  garpLowerPriorityRepeat: number | undefined;
  dontTrackPrimary: boolean;
  /** Asks for the kernel's connection-sync daemons, which are to follow this instance. */
  syncDaemonAt: Statement | undefined;
}

type InstanceReader = Reader<InstanceDraft, SectionContext>;

const addressLines =
  (key: 'addresses' | 'excludedAddresses'): InstanceReader =>
  (statement, draft, context) =>
    readEachLine(statement, draft[key], line => {
      const address = readVirtualAddress(line, context);
      if (address && key === 'addresses' && !ofFamily(address.address, line, draft, context)) return undefined;
      return address;
    });

/** All addresses of an instance share a family; the first decides. */
function ofFamily(
  address: IpAddress,
  statement: Statement,
  draft: InstanceDraft,
  context: SectionContext,
  hint = 'it is left out; virtual_ipaddress_excluded takes both',
): boolean {
  draft.family ??= familyOf(address);
  if (draft.family === familyOf(address)) return true;
  const message = `${address} is not of the family of "${draft.name}", IPv${draft.family}`;
  complain(context, located(statement), 'mixed-families', message, hint);
  return false;
}

/** Adverts go out by the family of the virtual addresses. */
const spokenFrom = 'it is left out; adverts are of the family of the first virtual address';

const source: InstanceReader = (statement, draft, context) => {
  if (statement.words[0]!.text === 'unicast_src_ip') draft.unicastIntent ??= statement;
  const address = addressOf(statement, statement.words[1]!, context);
  if (address && ofFamily(address, statement, draft, context, spokenFrom)) draft.source = address;
};

const flag =
  (
    key: 'trackSource' | 'faultWithoutPeer' | 'noVirtualAddress' | 'promoteSecondaries' | 'dontTrackPrimary',
  ): InstanceReader =>
  (_statement, draft) => {
    draft[key] = true;
  };

const yesOrNo =
  (
    key:
      | 'checksumWithoutPseudoHeader'
      | 'lowerPriorityNoAdvert'
      | 'higherPrioritySendAdvert'
      | 'ownerIgnoreAdverts'
      | 'skipCheckAdvertAddresses',
  ): InstanceReader =>
  (statement, draft, context) => {
    draft[key] = boolean(statement, context) ?? draft[key];
  };

const nothing: InstanceReader = () => {};

const readers = bindReaders<InstanceDraft, SectionContext>(vrrpBlocks.vrrp_instance, {
  ...instanceNotifyReaders,
  unicast_peer: (statement, draft, context) => {
    draft.unicastIntent ??= statement;
    for (const line of statement.block!.statements) readPeer(line, draft, context);
  },
  unicast_fault_no_peer: (statement, draft) => {
    draft.unicastIntent ??= statement;
    draft.faultWithoutPeer = true;
  },
  check_unicast_src: (statement, draft) => {
    draft.unicastIntent ??= statement;
    draft.checkUnicastSource = true;
  },
  old_unicast_checksum: (statement, draft, context) => {
    draft.unicastIntent ??= statement;
    const word = statement.words[1];
    if (!word) reportRefused(statement, 'old_unicast_checksum', 'wire', context);
    else if (word.text !== 'never') {
      const message = `old_unicast_checksum: "${shortened(word.text)}" is not never`;
      complain(context, located(statement, word), 'bad-value', message, 'it is passed over');
    }
  },
  native_ipv6: (_statement, draft) => {
    draft.family ??= 6;
  },
  state: readState,
  interface: (statement, draft, context) => {
    const word = statement.words[1]!;
    if (word.text === 'lo') {
      const message = 'a virtual router cannot run on the loopback interface';
      complain(context, located(statement, word), 'loopback-interface', message);
    } else {
      checkOwnInterface(statement, word, context);
      draft.interface = word.text;
    }
  },
  dont_track_primary: flag('dontTrackPrimary'),
  debug: (statement, _draft, context) => {
    integer(statement, { minimum: 0, maximum: 4 }, context);
  },
  lvs_sync_daemon_interface: (statement, draft) => {
    draft.syncDaemonAt ??= statement;
  },
  ...trackerReaders,
  mcast_src_ip: source,
  unicast_src_ip: source,
  mcast_dst_ip: (statement, draft, context) => {
    const group = readMulticastGroup(statement, context);
    if (group && ofFamily(group, statement, draft, context)) draft.multicastGroup = group;
  },
  track_src_ip: flag('trackSource'),
  virtual_router_id: (statement, draft, context) => {
    draft.vrid = integer(statement, { minimum: 1, maximum: 255 }, context, false) ?? draft.vrid;
  },
  unicast_ttl: (statement, draft, context) => {
    const ttl = integer(statement, { minimum: 0, maximum: 255 }, context);
    if (ttl === undefined) return;
    draft.unicastTtl = ttl;
    draft.unicastTtlAt = statement;
  },
  version: (statement, draft, context) => {
    const version = integer(statement, { minimum: 2, maximum: 3 }, context);
    if (version !== undefined) draft.version = version === 3 ? 3 : 2;
  },
  priority: (statement, draft, context) => {
    draft.priority = integer(statement, { minimum: 1, maximum: 255 }, context, false) ?? draft.priority;
  },
  advert_int: (statement, draft, context) => {
    const interval = decimalSeconds(statement, { minimum: 0.01, maximum: 255 }, context);
    if (interval === undefined) return;
    draft.advertisementInterval = interval;
    draft.advertisementIntervalAt = statement;
  },
  virtual_ipaddress: addressLines('addresses'),
  virtual_ipaddress_excluded: addressLines('excludedAddresses'),
  virtual_routes: (statement, draft, context) =>
    readEachLine(statement, draft.routes, line => readRoute(line, false, context)),
  virtual_rules: (statement, draft, context) =>
    readEachLine(statement, draft.rules, line => readRule(line, false, draft.rulePreferences, context)),
  no_virtual_ipaddress: flag('noVirtualAddress'),
  promote_secondaries: flag('promoteSecondaries'),
  v3_checksum_as_v2: yesOrNo('checksumWithoutPseudoHeader'),
  accept: nothing,
  skip_check_adv_addr: yesOrNo('skipCheckAdvertAddresses'),
  strict_mode: (statement, _draft, context) => {
    if (boolean(statement, context) === true) reportRefused(statement, 'strict_mode', 'wire', context);
  },
  preempt: (_statement, draft) => {
    draft.noPreempt = undefined;
  },
  nopreempt: (statement, draft) => {
    draft.noPreempt = statement;
  },
  preempt_delay: (statement, draft, context) => {
    const delay = decimalSeconds(statement, { minimum: 0, maximum: 1_000 }, context);
    if (delay === undefined) return;
    draft.preemptDelay = delay;
    draft.preemptDelayAt = statement;
  },
  garp_master_delay: (statement, draft, context) => {
    draft.garpMasterDelay = readSeconds(statement, context) ?? draft.garpMasterDelay;
  },
  garp_master_refresh: (statement, draft, context) => {
    draft.garpMasterRefresh = readSeconds(statement, context, anySeconds) ?? draft.garpMasterRefresh;
  },
  garp_master_repeat: (statement, draft, context) => {
    draft.garpMasterRepeat = readPositiveCount(statement, context) ?? draft.garpMasterRepeat;
  },
  garp_master_refresh_repeat: (statement, draft, context) => {
    draft.garpMasterRefreshRepeat = readPositiveCount(statement, context) ?? draft.garpMasterRefreshRepeat;
  },
  garp_lower_prio_delay: (statement, draft, context) => {
    draft.garpLowerPriorityDelay = readSeconds(statement, context) ?? draft.garpLowerPriorityDelay;
  },
  garp_lower_prio_repeat: (statement, draft, context) => {
    draft.garpLowerPriorityRepeat = integer(statement, counts, context) ?? draft.garpLowerPriorityRepeat;
  },
  down_timer_adverts: (statement, draft, context) => {
    draft.downTimerAdverts = integer(statement, { minimum: 1, maximum: 100 }, context) ?? draft.downTimerAdverts;
  },
  garp_extra_if: (statement, _draft, context) => readExtraInterfaces(statement, 0, context),
  vmac_garp_intvl: (statement, _draft, context) => readExtraInterfaces(statement, 0, context),
  lower_prio_no_advert: yesOrNo('lowerPriorityNoAdvert'),
  higher_prio_send_advert: yesOrNo('higherPrioritySendAdvert'),
  owner_ignore_adverts: yesOrNo('ownerIgnoreAdverts'),
  authentication: (statement, draft, context) => {
    draft.authentication ??= { statement, type: undefined, typeAt: undefined, password: undefined };
    readAuthentication(statement.block!.statements, draft.authentication, context);
  },
});

/** `state MASTER` sticks, whatever follows. */
function readState(statement: Statement, draft: InstanceDraft, context: SectionContext): void {
  const word = statement.words[1]!;
  if (word.text !== 'MASTER' && word.text !== 'BACKUP') {
    const message = `"${shortened(word.text)}" is no state to begin in`;
    const meant = /^master$/i.test(word.text)
      ? 'MASTER'
      : /^(backup|slave|standby)$/i.test(word.text)
        ? 'BACKUP'
        : 'MASTER or BACKUP';
    complain(context, located(statement, word), 'bad-value', message, `write ${meant}; BACKUP is assumed`);
    draft.state ??= 'backup';
    return;
  }
  const state = word.text === 'MASTER' ? 'master' : 'backup';
  if (draft.state !== undefined && draft.state !== state) {
    complain(context, located(statement, word), 'state-given-twice', 'the state is given twice', 'MASTER stands');
    draft.state = 'master';
  } else draft.state = state;
}

function readPeer(statement: Statement, draft: InstanceDraft, context: SectionContext): void {
  const first = statement.words[0];
  if (!first) return;
  reportSlashComment(statement, true, context);
  const address = addressOf(statement, first, context);
  if (!address || !ofFamily(address, statement, draft, context)) return;
  let minimumTtl = 0;
  let maximumTtl = 255;
  for (let index = 1; index < statement.words.length; index++) {
    const word = statement.words[index]!;
    const value = statement.words[index + 1];
    const known = word.text === 'min_ttl' || word.text === 'max_ttl';
    if (!known || !value) {
      const message = known ? `"${word.text}" has no value` : `"${shortened(word.text)}" is no option of a peer`;
      complain(context, located(statement, word), 'bad-peer-option', message, 'min_ttl N and max_ttl N are');
      continue;
    }
    index++;
    const ttl = integerOf(statement, value, { minimum: 0, maximum: 255 }, context);
    if (ttl === undefined) continue;
    // A bound is of use only if the sender is looked at.
    draft.checkUnicastSource = true;
    if (word.text === 'min_ttl') minimumTtl = ttl;
    else maximumTtl = ttl;
  }
  if (minimumTtl > maximumTtl) {
    const message = `no TTL is at least ${minimumTtl} and at most ${maximumTtl}`;
    complain(context, located(statement), 'bad-peer-option', message, 'every advert of this peer is dropped');
  }
  draft.unicastPeers.push({ address, minimumTtl, maximumTtl });
}

/** Reads a vrrp_instance block; undefined if it cannot be told from another. */
export function readInstance(
  statement: Statement,
  known: ReadonlyMap<string, unknown>,
  preferences: RulePreferences,
  context: SectionContext,
): InstanceDraft | undefined {
  const name = statement.words[1]?.text;
  if (name === undefined || !statement.block) {
    complain(
      context,
      located(statement),
      'missing-name',
      'vrrp_instance needs a name',
      'write "vrrp_instance NAME {"',
      true,
    );
    return undefined;
  }
  const extra = statement.words[2];
  if (extra) {
    const message = `vrrp_instance takes one name; "${shortened(extra.text)}" is passed over`;
    complain(context, located(statement, extra), 'extra-words', message, 'keepalived passes over the whole block');
  }
  if (known.has(name)) {
    complain(
      context,
      located(statement),
      'duplicate-name',
      `vrrp_instance "${name}" is defined already`,
      'the first stands',
    );
    return undefined;
  }
  const draft = emptyDraft(statement, name, preferences);
  readBlock(statement.block.statements, vrrpBlocks.vrrp_instance, readers, draft, context);
  checkUnreadInstance(statement, draft.family, draft.unicastPeers.length > 0, context);
  if (draft.trackSource && !draft.source) {
    const message = `"${name}" has no source address for track_src_ip to track`;
    advise(context, located(statement), 'without-effect', message, 'name it with mcast_src_ip or unicast_src_ip');
  }
  return draft;
}

function emptyDraft(statement: Statement, name: string, rulePreferences: RulePreferences): InstanceDraft {
  return {
    statement,
    name,
    family: undefined,
    interface: undefined,
    state: undefined,
    vrid: undefined,
    version: undefined,
    priority: undefined,
    advertisementInterval: undefined,
    advertisementIntervalAt: undefined,
    downTimerAdverts: undefined,
    noPreempt: undefined,
    preemptDelay: undefined,
    preemptDelayAt: undefined,
    source: undefined,
    trackSource: false,
    multicastGroup: undefined,
    unicastIntent: undefined,
    unicastPeers: [],
    unicastTtl: undefined,
    unicastTtlAt: undefined,
    checkUnicastSource: undefined,
    faultWithoutPeer: false,
    authentication: undefined,
    addresses: [],
    excludedAddresses: [],
    routes: [],
    rules: [],
    rulePreferences,
    noVirtualAddress: false,
    promoteSecondaries: false,
    checksumWithoutPseudoHeader: undefined,
    skipCheckAdvertAddresses: undefined,
    lowerPriorityNoAdvert: undefined,
    higherPrioritySendAdvert: undefined,
    ownerIgnoreAdverts: undefined,
    garpMasterDelay: undefined,
    garpMasterRepeat: undefined,
    garpMasterRefresh: undefined,
    garpMasterRefreshRepeat: undefined,
    garpLowerPriorityDelay: undefined,
    garpLowerPriorityRepeat: undefined,
    dontTrackPrimary: false,
    syncDaemonAt: undefined,
    // Last: what follows a spread is added to the object piece by piece.
    ...emptyTrackers(),
    ...emptyNotifyDraft(),
  };
}
