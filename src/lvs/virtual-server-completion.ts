import { type Family, familyOf, maximumPrefixLength } from '../base/ip-address.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located } from '../config/tree.ts';
import type { IpvsProtocol, IpvsServiceKey } from '../ports/ipvs.ts';
import type { ReadCheckers } from './checked-server.ts';
import type { AddressRange, SorryServerConfiguration, VirtualServerConfiguration } from './configuration.ts';
import { canBeMarked, consecutive, type GroupDraft, type GroupEntry, mostAddresses } from './group-section.ts';
import {
  completeRealServers,
  type MailDefaults,
  realServersOfFamily,
  type Surroundings,
} from './real-server-completion.ts';
import { fitsFamily } from './real-server-section.ts';
import { usualPersistence, type VirtualServerDraft } from './virtual-server-section.ts';

/** What is served: the entries of a group, or of none. */
export interface ServedGroup {
  readonly group: GroupDraft | undefined;
  /** How many virtual servers of the group come before it. */
  readonly place: number;
  /** nftables_ipvs. */
  readonly mayBeMarked: boolean;
}

/** Fills in every default and corrects what does not go together; undefined if nothing is left to serve. */
export function completeVirtualServer(
  draft: VirtualServerDraft,
  { group, place, mayBeMarked }: ServedGroup,
  mailDefaults: MailDefaults,
  readCheckers: ReadCheckers,
  context: SectionContext,
): VirtualServerConfiguration | undefined {
  const entries = group?.entries ?? [entryOf(draft)];
  const family = familyOfPool(draft, entries);
  const realServerDrafts = realServersOfFamily(draft, family, context);
  if (group && !groupFits(draft, group, family, context)) return undefined;
  const hasAddresses = entries.some(({ type }) => type === 'addresses');
  const hasMarks = entries.some(({ type }) => type === 'fwmark');
  const protocol = completeProtocol(draft, nameOf(draft, place, undefined), hasAddresses, context);
  const name = nameOf(draft, place, protocol);
  let { scheduler, forwarding } = draft;
  if (scheduler === undefined) {
    complain(context, located(draft.statement), 'no-scheduler', `${name} has no lvs_sched`, 'wlc is taken');
    scheduler = 'wlc';
  }
  if (!forwarding) {
    complain(context, located(draft.statement), 'no-forwarding', `${name} has no lvs_method`, 'NAT is taken');
    forwarding = { type: 'nat' };
  }
  const services = { entries, hasAddresses, hasMarks };
  const around: Surroundings = { draft, name, family, protocol, forwarding, ...services, mailDefaults };
  const realServers = completeRealServers(realServerDrafts, around, readCheckers, context);
  if (realServers.length === 0) {
    complain(
      context,
      located(draft.statement),
      'no-real-server',
      `${name} has no real server`,
      'the virtual server is left out',
    );
    return undefined;
  }
  const keys = serviceKeys(around);
  const total = realServers.reduce((sum, { weight }) => sum + weight, 0);
  const quorum = completeQuorum(around, total, context);
  const marked = mayBeMarked && group && canBeMarked(group) ? entries.flatMap(rangeOf) : undefined;
  return {
    name,
    keys,
    ...(marked && { marked }),
    service: {
      scheduler,
      persistenceSeconds: completePersistence(around, context),
      persistencePrefix: draft.persistencePrefix ?? maximumPrefixLength(family),
      persistenceEngine: draft.persistenceEngine,
      onePacket: completeOnePacket(around, context),
      hashed: draft.hashed,
      schedulerFlags: draft.schedulerFlags,
    },
    protocol,
    family,
    ...quorum,
    quorumUp: draft.quorumUp && context.scripts.resolve(draft.quorumUp, 'served', undefined),
    quorumDown: draft.quorumDown && context.scripts.resolve(draft.quorumDown, 'served', undefined),
    alpha: draft.alpha,
    omega: draft.omega,
    mail: draft.mail ?? mailDefaults.virtualServer,
    haSuspend: completeHaSuspend(around, context),
    sorryServer: completeSorryServer(around, context),
    realServers,
  };
}

function entryOf({ target, family, statement }: VirtualServerDraft): GroupEntry {
  return target.type === 'address'
    ? {
        type: 'addresses',
        first: target.address,
        last: target.address,
        count: 1,
        port: target.port,
        where: located(statement),
        text: target.address,
      }
    : { type: 'fwmark', mark: target.type === 'fwmark' ? target.mark : 0, family };
}

function completeProtocol(
  draft: VirtualServerDraft,
  name: string,
  hasAddresses: boolean,
  context: SectionContext,
): IpvsProtocol | undefined {
  if (hasAddresses) {
    if (draft.protocol !== undefined) return draft.protocol;
    complain(context, located(draft.statement), 'no-protocol', `${name} has no protocol`, 'UDP is taken');
    return 'udp';
  }
  if (draft.protocol !== undefined) {
    const message = `${name} serves packets of any protocol that bear its mark`;
    complain(context, located(draft.statement), 'without-effect', message, '"protocol" is passed over');
  }
  return undefined;
}

/** As keepalived's log names it. */
function nameOf({ target }: VirtualServerDraft, place: number, protocol: IpvsProtocol | undefined): string {
  if (target.type === 'fwmark') return `FWM ${target.mark}`;
  return target.type === 'group'
    ? `[${target.group}]:${place}`
    : `[${target.address}]:${protocol ?? 'none'}:${target.port}`;
}

/** What is written; else that of the first real server that is not beyond a tunnel; else the first service's. */
function familyOfPool(draft: VirtualServerDraft, entries: readonly GroupEntry[]): Family {
  if (draft.family !== undefined) return draft.family;
  const near = draft.realServers.find(
    ({ forwarding }) => (forwarding ?? draft.forwarding ?? { type: 'nat' }).type !== 'tunnel',
  );
  if (near) return familyOf(near.address);
  for (const entry of entries) {
    if (entry.type === 'addresses') return familyOf(entry.first);
    if (entry.family !== undefined) return entry.family;
  }
  const first = draft.realServers[0];
  return first ? familyOf(first.address) : 4;
}

/** keepalived leaves out a virtual server whose group is not of its family, without a word in a test. */
function groupFits(draft: VirtualServerDraft, group: GroupDraft, family: Family, context: SectionContext): boolean {
  const stranger = group.entries.find(entry => familyOfEntry(entry, family) !== family);
  const usual = draft.forwarding ?? { type: 'nat' };
  if (!stranger || draft.realServers.every(({ forwarding }) => (forwarding ?? usual).type === 'tunnel')) return true;
  const what = stranger.type === 'addresses' ? stranger.first : `fwmark ${stranger.mark}`;
  const message = `${what} of virtual_server_group "${group.name}" is not of the family of the real servers, IPv${family}`;
  advise(context, located(draft.statement), 'mixed-families', message, 'the virtual server is left out');
  return false;
}

function familyOfEntry(entry: GroupEntry, usual: Family): Family {
  return entry.type === 'addresses' ? familyOf(entry.first) : (entry.family ?? usual);
}

function serviceKeys({ entries, family, protocol }: Surroundings): readonly IpvsServiceKey[] {
  return entries.flatMap((entry): readonly IpvsServiceKey[] => {
    if (entry.type === 'fwmark') return [{ type: 'fwmark', mark: entry.mark, family: familyOfEntry(entry, family) }];
    const { port } = entry;
    if (entry.count > mostAddresses) return [];
    return consecutive(entry.first, entry.count).map(address => ({
      type: 'address',
      protocol: protocol ?? 'udp',
      address,
      port,
    }));
  });
}

function rangeOf(entry: GroupEntry): readonly AddressRange[] {
  return entry.type === 'addresses' ? [{ first: entry.first, last: entry.last, port: entry.port }] : [];
}

function completePersistence({ draft, entries, name }: Surroundings, context: SectionContext): number {
  if (draft.persistenceSeconds !== undefined) return draft.persistenceSeconds;
  if (!entries.some(entry => entry.type === 'addresses' && entry.port === 0)) return 0;
  const message = `${name} serves every port, which asks for persistence`;
  const hint = `persistence_timeout ${usualPersistence} is taken`;
  complain(context, located(draft.statement), 'port-without-persistence', message, hint);
  return usualPersistence;
}

function completeOnePacket({ draft, protocol, name }: Surroundings, context: SectionContext): boolean {
  if (!draft.onePacket || protocol === 'udp' || protocol === undefined) return draft.onePacket;
  complain(context, located(draft.statement), 'without-effect', `${name}: "ops" is for UDP`, 'it is passed over');
  return false;
}

function completeHaSuspend({ draft, hasMarks, name }: Surroundings, context: SectionContext): boolean {
  if (!draft.haSuspend || !hasMarks) return draft.haSuspend;
  const message = `${name}: "ha_suspend" looks for an address, and a firewall mark is none`;
  complain(context, located(draft.statement), 'without-effect', message, 'it is passed over');
  return false;
}

/** A quorum that all servers together cannot reach, or that hysteresis puts below nothing, would never change. */
function completeQuorum({ draft, name }: Surroundings, total: number, context: SectionContext) {
  let { quorum, hysteresis } = draft;
  if (quorum > total) {
    const most = Math.max(1, total);
    const message = `${name}: quorum ${quorum} is more than the total weight of its real servers, ${total}`;
    complain(
      context,
      located(draft.statement),
      'quorum-too-large',
      message,
      total === 0 ? 'it is never reached' : `it becomes ${most}`,
    );
    quorum = most;
  }
  if (hysteresis >= quorum) {
    const message = `${name}: hysteresis ${hysteresis} is not below quorum ${quorum}`;
    complain(context, located(draft.statement), 'hysteresis-too-large', message, `it becomes ${quorum - 1}`);
    hysteresis = quorum - 1;
  }
  return { quorum, hysteresis };
}

function completeSorryServer(around: Surroundings, context: SectionContext): SorryServerConfiguration | undefined {
  const { draft, family, forwarding: usual, name } = around;
  const sorry = draft.sorryServer;
  if (!sorry) return undefined;
  const forwarding = sorry.forwarding ?? usual;
  const where = located(sorry.statement);
  if (!fitsFamily(familyOf(sorry.address), family, forwarding)) {
    const message = `the sorry server ${sorry.address} is not of the family of ${name}, IPv${family}`;
    complain(context, where, 'mixed-families', message, 'it is left out');
    return undefined;
  }
  const { address, inhibit } = sorry;
  if (forwarding.type === 'nat') return { address, port: sorry.port ?? 0, forwarding, inhibit };
  const port = draft.target.type === 'address' ? draft.target.port : 0;
  if (sorry.port !== undefined && sorry.port !== 0 && sorry.port !== port) {
    const message = `without NAT the sorry server gets packets for the port they were sent to, not for ${sorry.port}`;
    complain(context, where, 'port-reset', message, 'leave the port out');
  }
  return { address, port, forwarding, inhibit };
}
