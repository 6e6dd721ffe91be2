import { type Duration, seconds, zero } from '../base/duration.ts';
import { type Family, familyOf, type IpAddress, isMulticast } from '../base/ip-address.ts';
import { type Reader, reportRefused } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { addressOf, boolean, decimalSeconds, integer, integerOf, isBoolean, type Range } from '../config/values.ts';
import type { VrrpGlobals } from './configuration.ts';

/** What global_defs says about VRRP: its own settings and the defaults of instances. Undefined: not said. */
export interface VrrpGlobalDraft {
  routerId: string | undefined;
  startupDelay: Duration;
  logUnknownVrids: boolean;
  garpInterval: Duration;
  gnaInterval: Duration;
  version: 2 | 3;
  multicastGroup4: IpAddress | undefined;
  multicastGroup6: IpAddress | undefined;
  garpMasterDelay: Duration | undefined;
  garpMasterRepeat: number | undefined;
  garpMasterRefresh: Duration | undefined;
  garpMasterRefreshRepeat: number | undefined;
  garpLowerPriorityDelay: Duration | undefined;
  garpLowerPriorityRepeat: number | undefined;
  minimalGarp: boolean;
  downTimerAdverts: number;
  lowerPriorityNoAdvert: boolean;
  higherPrioritySendAdvert: boolean;
  checkUnicastSource: boolean;
  skipCheckAdvertAddresses: boolean;
  checksumWithoutPseudoHeader: boolean;
  ownerIgnoreAdverts: boolean;
  /** Instances and groups that say nothing of smtp_alert have mails sent. */
  mailAlerts: boolean;
  /** Instances and groups that say nothing of notify_priority_changes write theirs to FIFOs. */
  priorityChanges: boolean;
  /** All states are written to FIFOs after a reload. */
  statesOnReload: boolean;
  /** Of static addresses that say nothing of an interface. */
  defaultInterface: string;
}

export function emptyVrrpGlobalDraft(): VrrpGlobalDraft {
  return {
    routerId: undefined,
    startupDelay: zero,
    logUnknownVrids: false,
    garpInterval: zero,
    gnaInterval: zero,
    version: 2,
    multicastGroup4: undefined,
    multicastGroup6: undefined,
    garpMasterDelay: undefined,
    garpMasterRepeat: undefined,
    garpMasterRefresh: undefined,
    garpMasterRefreshRepeat: undefined,
    garpLowerPriorityDelay: undefined,
    garpLowerPriorityRepeat: undefined,
    minimalGarp: false,
    downTimerAdverts: 3,
    lowerPriorityNoAdvert: false,
    // keepalived's is off. The last advert of a master that yields is how the winner learns that there was another one,
    // whose announcements the neighbours may have believed last; without it they send to the loser for hours.
    higherPrioritySendAdvert: true,
    checkUnicastSource: false,
    skipCheckAdvertAddresses: false,
    checksumWithoutPseudoHeader: false,
    ownerIgnoreAdverts: false,
    mailAlerts: false,
    priorityChanges: false,
    statesOnReload: false,
    defaultInterface: 'eth0',
  };
}

/** Defaults of the gratuitous ARP settings, vrrp_min_garp applied to what was not said. */
export function garpDefaults(draft: VrrpGlobalDraft) {
  const masterDelay = draft.garpMasterDelay ?? (draft.minimalGarp ? zero : seconds(5));
  const masterRepeat = draft.garpMasterRepeat ?? (draft.minimalGarp ? 1 : 5);
  return {
    masterRepeat,
    masterDelay,
    masterRefresh: draft.garpMasterRefresh ?? zero,
    masterRefreshRepeat: draft.garpMasterRefreshRepeat ?? (draft.minimalGarp ? 0 : 1),
    lowerPriorityRepeat: draft.garpLowerPriorityRepeat ?? masterRepeat,
    lowerPriorityDelay: draft.garpLowerPriorityDelay ?? masterDelay,
  };
}

/** The largest count and the longest time, in seconds, that a 32-bit setting holds. */
export const counts = { minimum: 0, maximum: 2_147_483_647 };
const wholeSeconds = { minimum: 0, maximum: 4_294 };
export const anySeconds = { minimum: 0, maximum: 4_294_967_295 };
const decimals = { minimum: 0, maximum: 4_294.967295 };
/** What keepalived insists on for the gaps between frames. */
const smallestGap = 0.000001;

type GlobalReader = Reader<{ readonly vrrp: VrrpGlobalDraft }, SectionContext>;

/** Keywords that hold a number of seconds without fraction. */
export function readSeconds(
  statement: Statement,
  context: SectionContext,
  range: Range = wholeSeconds,
): Duration | undefined {
  const value = integer(statement, range, context);
  return value === undefined ? undefined : seconds(value);
}

/** A count that 0 turns into 1. */
export function readPositiveCount(statement: Statement, context: SectionContext): number | undefined {
  const value = integer(statement, { minimum: 0, maximum: 4_294_967_295 }, context);
  if (value === 0) {
    complain(context, located(statement), 'zero-becomes-one', `${statement.words[0]!.text} 0 becomes 1`);
    return 1;
  }
  return value;
}

/**
 * garp_extra_if of an instance and its global default, `[all] SECONDS`: not built. Without `all` it concerns virtual MACs
 * only, of which there are none.
 */
export function readExtraInterfaces(statement: Statement, minimum: 0 | 1, context: SectionContext): void {
  const all = statement.words[1]?.text === 'all';
  const word = statement.words[all ? 2 : 1];
  if (!word) {
    complain(context, located(statement), 'bad-value', `${statement.words[0]!.text} has no interval`, 'it is left out');
    return;
  }
  const extra = statement.words[all ? 3 : 2];
  if (extra) {
    complain(context, located(statement, extra), 'bad-value', `"${shortened(extra.text)}" is one word too many`);
    return;
  }
  const interval = integerOf(statement, word, { minimum, maximum: 86_400 }, context);
  if (all && interval !== undefined && interval > 0) {
    reportRefused(statement, `${statement.words[0]!.text} all`, 'wire', context);
  }
}

const flag =
  (key: 'logUnknownVrids' | 'checkUnicastSource'): GlobalReader =>
  (_statement, draft) => {
    draft.vrrp[key] = true;
  };

const yesOrNo =
  (
    key:
      | 'minimalGarp'
      | 'lowerPriorityNoAdvert'
      | 'higherPrioritySendAdvert'
      | 'skipCheckAdvertAddresses'
      | 'ownerIgnoreAdverts',
  ): GlobalReader =>
  (statement, draft, context) => {
    draft.vrrp[key] = boolean(statement, context) ?? draft.vrrp[key];
  };

/** These took no word before they took a yes or no: other words are still passed over. */
function yesUnlessNo(statement: Statement, context: SectionContext): boolean {
  const word = statement.words[1];
  if (!word || isBoolean(word.text)) return boolean(statement, context) ?? true;
  const message = `"${shortened(word.text)}" after ${statement.words[0]!.text} is passed over`;
  advise(
    context,
    located(statement, word),
    'without-effect',
    message,
    'true, on, yes, false, off and no are understood',
  );
  return true;
}

const gap =
  (key: 'garpInterval' | 'gnaInterval'): GlobalReader =>
  (statement, draft, context) => {
    const value = decimalSeconds(statement, decimals, context);
    if (value === undefined) return;
    if (value === 0) {
      const message = `${statement.words[0]!.text} 0 is outside what keepalived takes: ${smallestGap} s and more`;
      complain(
        context,
        located(statement),
        'zero-interval',
        message,
        'taken here for what it says, no gap: the default',
      );
    }
    draft.vrrp[key] = value;
  };

const group =
  (key: 'multicastGroup4' | 'multicastGroup6', family: Family): GlobalReader =>
  (statement, draft, context) => {
    const address = readMulticastGroup(statement, context);
    if (!address) return;
    if (familyOf(address) === family) draft.vrrp[key] = address;
    else complain(context, located(statement), 'bad-address', `${address} is not an IPv${family} address`, 'left out');
  };

export function readMulticastGroup(statement: Statement, context: SectionContext): IpAddress | undefined {
  const address = addressOf(statement, statement.words[1]!, context);
  if (address && !isMulticast(address)) {
    complain(context, located(statement), 'bad-address', `${address} is not a multicast address`, 'it is left out');
    return undefined;
  }
  return address;
}

/** global_defs keywords of this feature. */
export const vrrpGlobalReaders: Readonly<Record<string, GlobalReader>> = {
  vrrp_notify_priority_changes: (statement, { vrrp }, context) => {
    vrrp.priorityChanges = boolean(statement, context) ?? vrrp.priorityChanges;
  },
  fifo_write_vrrp_states_on_reload: (_statement, { vrrp }) => {
    vrrp.statesOnReload = true;
  },
  router_id: (statement, draft) => {
    draft.vrrp.routerId = statement.words[1]!.text;
  },
  dynamic_interfaces: (statement, _draft, context) => {
    context.dynamicInterfaces = true;
    const word = statement.words[1];
    if (word && word.text !== 'allow_if_changes') {
      const message = `"${shortened(word.text)}" is no option of dynamic_interfaces`;
      complain(context, located(statement, word), 'bad-value', message, 'allow_if_changes is the only one');
    }
  },
  default_interface: (statement, { vrrp }) => {
    vrrp.defaultInterface = statement.words[1]!.text;
  },
  v3_checksum_as_v2: (statement, { vrrp }, context) => {
    vrrp.checksumWithoutPseudoHeader = true;
    const word = statement.words[1];
    if (word && /^(no|off|false)$/.test(word.text)) {
      const message = 'v3_checksum_as_v2 in global_defs is on whatever follows it, as in keepalived';
      advise(context, located(statement, word), 'without-effect', message, 'leave it out to switch it off');
    }
  },
  vrrp_mcast_group4: group('multicastGroup4', 4),
  vrrp_mcast_group6: group('multicastGroup6', 6),
  vrrp_garp_master_delay: (statement, { vrrp }, context) => {
    vrrp.garpMasterDelay = readSeconds(statement, context) ?? vrrp.garpMasterDelay;
  },
  vrrp_garp_master_repeat: (statement, { vrrp }, context) => {
    vrrp.garpMasterRepeat = readPositiveCount(statement, context) ?? vrrp.garpMasterRepeat;
  },
  vrrp_garp_master_refresh: (statement, { vrrp }, context) => {
    vrrp.garpMasterRefresh = readSeconds(statement, context, anySeconds) ?? vrrp.garpMasterRefresh;
  },
  vrrp_garp_master_refresh_repeat: (statement, { vrrp }, context) => {
    vrrp.garpMasterRefreshRepeat = readPositiveCount(statement, context) ?? vrrp.garpMasterRefreshRepeat;
  },
  vrrp_garp_lower_prio_delay: (statement, { vrrp }, context) => {
    vrrp.garpLowerPriorityDelay = readSeconds(statement, context) ?? vrrp.garpLowerPriorityDelay;
  },
  vrrp_garp_lower_prio_repeat: (statement, { vrrp }, context) => {
    vrrp.garpLowerPriorityRepeat = integer(statement, counts, context) ?? vrrp.garpLowerPriorityRepeat;
  },
  vrrp_down_timer_adverts: (statement, { vrrp }, context) => {
    vrrp.downTimerAdverts = integer(statement, { minimum: 1, maximum: 100 }, context) ?? vrrp.downTimerAdverts;
  },
  vrrp_garp_interval: gap('garpInterval'),
  vrrp_gna_interval: gap('gnaInterval'),
  vrrp_min_garp: yesOrNo('minimalGarp'),
  vrrp_garp_extra_if: (statement, _draft, context) => readExtraInterfaces(statement, 1, context),
  vrrp_vmac_garp_intvl: (statement, _draft, context) => readExtraInterfaces(statement, 1, context),
  vrrp_lower_prio_no_advert: yesOrNo('lowerPriorityNoAdvert'),
  vrrp_higher_prio_send_advert: yesOrNo('higherPrioritySendAdvert'),
  vrrp_version: (statement, { vrrp }, context) => {
    const version = integer(statement, { minimum: 2, maximum: 3 }, context);
    if (version !== undefined) vrrp.version = version === 3 ? 3 : 2;
  },
  vrrp_check_unicast_src: flag('checkUnicastSource'),
  vrrp_skip_check_adv_addr: (statement, { vrrp }, context) => {
    vrrp.skipCheckAdvertAddresses = yesUnlessNo(statement, context);
  },
  vrrp_strict: (statement, _draft, context) => {
    if (yesUnlessNo(statement, context)) reportRefused(statement, 'vrrp_strict', 'wire', context);
  },
  vrrp_startup_delay: (statement, { vrrp }, context) => {
    vrrp.startupDelay = decimalSeconds(statement, { ...decimals, minimum: 0.001 }, context) ?? vrrp.startupDelay;
  },
  vrrp_delay_after_boot: (statement, _draft, context) => {
    const delay = decimalSeconds(statement, decimals, context);
    if (delay !== undefined && delay > 0) reportRefused(statement, 'vrrp_delay_after_boot', 'election', context);
  },
  log_unknown_vrids: flag('logUnknownVrids'),
  vrrp_owner_ignore_adverts: yesOrNo('ownerIgnoreAdverts'),
};

export function completeVrrpGlobals(draft: VrrpGlobalDraft, hostName: string, dynamicInterfaces: boolean): VrrpGlobals {
  return {
    routerId: draft.routerId ?? hostName,
    startupDelay: draft.startupDelay,
    logUnknownVrids: draft.logUnknownVrids,
    dynamicInterfaces,
    garpInterval: draft.garpInterval,
    gnaInterval: draft.gnaInterval,
  };
}
