import { type Duration, milliseconds } from '../base/duration.ts';
import { familyOf, type IpAddress, isMulticast } from '../base/ip-address.ts';
import { bindReaders, type Reader, readBlock } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { addressOf, boolean, integer, integerOf, type Range, reportBadValue } from '../config/values.ts';
import type { BfdInstanceConfiguration } from './configuration.ts';
import { bfdBlocks } from './keywords.ts';

/** A bfd_instance that can be used, and the block that says it. */
export interface WrittenBfdInstance {
  readonly statement: Statement;
  readonly configuration: BfdInstanceConfiguration;
}

/** All BFD blocks of a configuration. */
export interface BfdDraft {
  readonly instances: Map<string, WrittenBfdInstance>;
}

export function emptyBfdDraft(): BfdDraft {
  return { instances: new Map() };
}

/** A bfd_instance block as written. */
interface InstanceDraft {
  readonly name: string;
  neighbor: IpAddress | undefined;
  /** An address was given that is none: it is not said again that there is none. */
  neighborGiven: boolean;
  source: IpAddress | undefined;
  minRx: Duration;
  minTx: Duration;
  idleTx: Duration;
  multiplier: number;
  passive: Statement | undefined;
  ttl: number | undefined;
  maxHops: number;
  multihop: boolean;
  weight: number;
  reverse: boolean;
  vrrp: boolean;
  checker: boolean;
}

const longestName = 31;
const unusuallySlow = 10_000;
const unusuallyPatient = 10;
/** max_hops: a packet that came from any distance is taken. */
const anyHops = -1;
const fastSpans = { minimum: 1, maximum: 4_294_967 };
const idleSpans = { minimum: 1_000, maximum: 4_294_967 };
const weights = { minimum: -253, maximum: 253 };

const ttl: Reader<InstanceDraft, SectionContext> = (statement, draft, context) => {
  draft.ttl = integer(statement, { minimum: 1, maximum: 255 }, context, false) ?? draft.ttl;
};

const neighbor: Reader<InstanceDraft, SectionContext> = (statement, draft, context) => {
  draft.neighborGiven = true;
  draft.neighbor = address(statement, context) ?? draft.neighbor;
};

const readers = bindReaders<InstanceDraft, SectionContext>(bfdBlocks['bfd_instance']!, {
  source_ip: (statement, draft, context) => {
    draft.source = address(statement, context) ?? draft.source;
  },
  neighbor_ip: neighbor,
  neighbour_ip: neighbor,
  min_rx: (statement, draft, context) => {
    draft.minRx = span(statement, fastSpans, context) ?? draft.minRx;
  },
  min_tx: (statement, draft, context) => {
    draft.minTx = span(statement, fastSpans, context) ?? draft.minTx;
  },
  idle_tx: (statement, draft, context) => {
    draft.idleTx = span(statement, idleSpans, context) ?? draft.idleTx;
  },
  multiplier: (statement, draft, context) => {
    draft.multiplier = integer(statement, { minimum: 1, maximum: 255 }, context, false) ?? draft.multiplier;
    if (draft.multiplier <= unusuallyPatient) return;
    const message = `after ${draft.multiplier} packets that did not come a session has long failed`;
    advise(context, located(statement), 'bfd-slow', message, '3 to 5 are usual');
  },
  passive: (statement, draft) => {
    draft.passive = statement;
  },
  ttl,
  hoplimit: ttl,
  max_hops: (statement, draft, context) => {
    const hops = integer(statement, { minimum: -1, maximum: 255 }, context, false);
    draft.maxHops = hops ?? draft.maxHops;
  },
  multihop: (statement, draft, context) => {
    draft.multihop = boolean(statement, context) ?? draft.multihop;
  },
  weight: (statement, draft, context) => {
    const weight = integerOf(statement, statement.words[1]!, weights, context, false);
    if (weight === undefined) return;
    draft.weight = weight;
    const option = statement.words[2];
    draft.reverse = option?.text === 'reverse';
    if (!option || draft.reverse) return;
    const message = `"${shortened(option.text)}" is no option of a weight`;
    complain(context, located(statement, option), 'bad-tracker-option', message, '"reverse" is the only one');
  },
  vrrp: (_statement, draft) => {
    draft.vrrp = true;
  },
  checker: (_statement, draft) => {
    draft.checker = true;
  },
});

/** A prefix length after the address says nothing, and nothing is said of it. */
function address(statement: Statement, context: SectionContext): IpAddress | undefined {
  const word = statement.words[1]!;
  return addressOf(statement, { ...word, text: word.text.replace(/\/.*$/, '') }, context);
}

/** Milliseconds with up to three decimal places: whole microseconds. */
function span(statement: Statement, range: Range, context: SectionContext): Duration | undefined {
  const word = statement.words[1]!;
  const value = /^\+?\d{1,10}(\.\d{0,3})?$/.test(word.text) ? Number(word.text) : Number.NaN;
  const keyword = statement.words[0]!.text;
  if (!(value >= range.minimum && value <= range.maximum)) {
    const message = `${keyword}: "${shortened(word.text)}" is not within ${range.minimum} .. ${range.maximum} ms`;
    reportBadValue(statement, word, message, 'it is not used; the default or earlier value stands', context);
    return undefined;
  }
  if (value > unusuallySlow) {
    const message = `${keyword}: with packets every ${value} ms a failure is noticed late`;
    advise(context, located(statement, word), 'bfd-slow', message, 'milliseconds are meant');
  }
  return Math.round(milliseconds(value)) as Duration;
}

/** Keywords outside all blocks that belong to this feature. */
export const bfdRootReaders = {
  bfd_instance: (statement: Statement, { bfd }: { readonly bfd: BfdDraft }, context: SectionContext): void => {
    const configuration = readInstance(statement, bfd.instances, context);
    if (configuration) bfd.instances.set(configuration.name, { statement, configuration });
  },
};

function readInstance(
  statement: Statement,
  known: ReadonlyMap<string, WrittenBfdInstance>,
  context: SectionContext,
): BfdInstanceConfiguration | undefined {
  const where = located(statement);
  const name = statement.words[1]?.text;
  if (name === undefined || !statement.block) {
    complain(context, where, 'missing-name', 'bfd_instance needs a name', 'the block is passed over');
    return undefined;
  }
  if (name.length > longestName) {
    const message = `the name of bfd_instance "${shortened(name)}" is longer than ${longestName} characters`;
    complain(context, where, 'bad-value', message, 'the block is passed over');
    return undefined;
  }
  if (known.has(name)) {
    complain(context, where, 'duplicate-name', `bfd_instance "${name}" is defined already`, 'the first stands');
    return undefined;
  }
  const draft: InstanceDraft = {
    name,
    neighbor: undefined,
    neighborGiven: false,
    source: undefined,
    minRx: milliseconds(10),
    minTx: milliseconds(10),
    idleTx: milliseconds(1_000),
    multiplier: 5,
    passive: undefined,
    ttl: undefined,
    maxHops: 0,
    multihop: false,
    weight: 0,
    reverse: false,
    vrrp: false,
    checker: false,
  };
  readBlock(statement.block.statements, bfdBlocks['bfd_instance']!, readers, draft, context);
  return completeInstance(statement, draft, known, context);
}

function completeInstance(
  statement: Statement,
  draft: InstanceDraft,
  known: ReadonlyMap<string, WrittenBfdInstance>,
  context: SectionContext,
): BfdInstanceConfiguration | undefined {
  const { name, neighbor: peer, source } = draft;
  const refuse = (message: string): undefined => {
    complain(context, located(statement), 'bfd-unusable', `bfd_instance "${name}" ${message}`, 'it is left out');
    return undefined;
  };
  if (peer === undefined) return draft.neighborGiven ? undefined : refuse('has no neighbor_ip');
  if (source !== undefined && familyOf(source) !== familyOf(peer)) {
    return refuse(`has a neighbor ${peer} and a source ${source} of different families`);
  }
  if (isMulticast(peer)) return refuse(`has a group, ${peer}, for its neighbor`);
  for (const { configuration: other } of known.values()) {
    if (other.neighbor !== peer || other.source !== source || other.multihop !== draft.multihop) continue;
    return refuse(`has the same neighbor ${peer} as "${other.name}"`);
  }
  if (draft.passive && !draft.multihop) {
    const message = 'on a single hop both sides speak first (RFC 5881 section 3)';
    advise(context, located(draft.passive), 'bfd-passive', message, 'two passive sides never find each other');
  }
  const toAll = draft.vrrp === draft.checker;
  return {
    name,
    neighbor: peer,
    source,
    minRx: draft.minRx,
    minTx: draft.minTx,
    idleTx: draft.idleTx,
    multiplier: draft.multiplier,
    passive: draft.passive !== undefined,
    ttl: draft.ttl ?? 255,
    minimumTtl: minimumTtl(statement, draft, peer, context),
    multihop: draft.multihop,
    weight: draft.weight,
    reverse: draft.reverse,
    toVrrp: toAll || draft.vrrp,
    toChecker: toAll || draft.checker,
  };
}

/** What may be lost on the way, off what the peer sends. keepalived sends a hop limit of 64 over IPv6 by default. */
function minimumTtl(
  statement: Statement,
  { name, ttl: configured, maxHops }: InstanceDraft,
  peer: IpAddress,
  context: SectionContext,
): number {
  const sent = configured ?? (familyOf(peer) === 4 ? 255 : 64);
  if (maxHops === anyHops) return 0;
  if (maxHops > sent) {
    const message = `bfd_instance "${name}": max_hops ${maxHops} is more than a packet with TTL ${sent} can travel`;
    complain(context, located(statement), 'bfd-hops', message, 'packets from any distance are taken');
  }
  return Math.max(0, sent - maxHops);
}
