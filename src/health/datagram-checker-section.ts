import { bindReaders, readBlock } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { integer, reportBadValue } from '../config/values.ts';
import type { ProbeSpec } from '../ports/probe.ts';
import type { CheckerContext, CheckTarget } from './check-target.ts';
import {
  type ConnectionDraft,
  completeEndpoint,
  completeSchedule,
  connectionReaders,
  emptyConnection,
  emptySchedule,
  type OwnDraft,
  ownReaders,
  type ScheduleDraft,
  scheduleReaders,
} from './checker-draft.ts';
import type { CheckerConfiguration } from './configuration.ts';
import { dnsRetries } from './defaults.ts';
import { hexBytes, hexNibbles, type Nibble } from './hex-bytes.ts';
import { checkerBlocks } from './keywords.ts';

interface DnsDraft extends OwnDraft {
  readonly schedule: ScheduleDraft;
  readonly connection: ConnectionDraft;
  queryType: number;
  name: string;
}

const queryTypes: ReadonlyMap<string, number> = new Map([
  ['A', 1],
  ['NS', 2],
  ['CNAME', 5],
  ['SOA', 6],
  ['MX', 15],
  ['TXT', 16],
  ['AAAA', 28],
  ['RRSIG', 46],
  ['DNSKEY', 48],
]);

/** RFC 1035 section 2.3.4. */
const longestLabel = 63;
const longestName = 253;

const dnsReaders = bindReaders<DnsDraft, SectionContext>(checkerBlocks['DNS_CHECK']!, {
  ...ownReaders,
  ...scheduleReaders,
  ...connectionReaders,
  type: (statement, draft, context) => {
    const word = statement.words[1]!;
    const type = queryTypes.get(word.text.toUpperCase());
    if (type !== undefined) draft.queryType = type;
    else {
      const message = `type: "${shortened(word.text)}" is none of ${[...queryTypes.keys()].join(', ')}`;
      reportBadValue(statement, word, message, 'it is not used; the default or earlier value stands', context);
    }
  },
  name: readName,
});

function readName(statement: Statement, draft: DnsDraft, context: SectionContext): void {
  const word = statement.words[1]!;
  const name = word.text.replace(/\.$/, '');
  const labels = name.split('.');
  if (name !== '' && labels.includes('')) {
    reportBadValue(statement, word, `name: "${shortened(word.text)}" has an empty label`, 'it is not used', context);
    return;
  }
  if (name.length > longestName || labels.some(label => label.length > longestLabel)) {
    const message = `a name has at most ${longestName} characters, and ${longestLabel} between its dots`;
    advise(context, located(statement, word), 'bad-value', message, 'it is not used');
    return;
  }
  if (word.text[1] === '.') {
    const message = `"${shortened(word.text)}" begins with a label of one letter, which keepalived takes for an empty one`;
    complain(context, located(statement, word), 'bad-value', message, 'here it is used; keepalived asks for the root');
  }
  draft.name = name;
}

export function readDnsCheck(statement: Statement, target: CheckTarget, context: CheckerContext): CheckerConfiguration {
  const draft: DnsDraft = {
    schedule: emptySchedule(),
    connection: emptyConnection(target),
    queryType: 6,
    name: '',
    shadow: false,
  };
  readBlock(statement.block!.statements, checkerBlocks['DNS_CHECK']!, dnsReaders, draft, context);
  const endpoint = completeEndpoint(draft.connection, target, statement, context);
  return {
    keyword: 'DNS_CHECK',
    schedule: completeSchedule(draft.schedule, target, { retries: dnsRetries, delayBeforeRetry: undefined }),
    logAllFailures: draft.schedule.logAllFailures ?? context.logAllFailures,
    shadow: draft.shadow,
    kind: 'probe',
    probe: { type: 'dns', endpoint, queryType: draft.queryType, name: draft.name },
  };
}

interface UdpDraft extends OwnDraft {
  readonly schedule: ScheduleDraft;
  readonly connection: ConnectionDraft;
  payload: Uint8Array | undefined;
  requireReply: boolean;
  reply: readonly Nibble[] | undefined;
  minimumReplyLength: number;
  maximumReplyLength: number;
}

/** The same every time, so that a reload finds the check unchanged; readable in other people's logs. */
const usualPayload = Uint8Array.from('holdfast check', character => character.charCodeAt(0));

const lengths = { minimum: 0, maximum: 65_535 };

function textAfterKeyword(statement: Statement): string {
  return statement.words
    .slice(1)
    .map(({ text }) => text)
    .join(' ');
}

const udpReaders = bindReaders<UdpDraft, SectionContext>(checkerBlocks['UDP_CHECK']!, {
  ...ownReaders,
  ...scheduleReaders,
  ...connectionReaders,
  payload: (statement, draft, context) => {
    const payload = hexBytes(textAfterKeyword(statement));
    if (payload) draft.payload = payload;
    else reportBadValue(statement, statement.words[1], 'payload is not hexadecimal', 'it is not used', context);
  },
  require_reply: (statement, draft, context) => {
    draft.requireReply = true;
    if (statement.words.length < 2) return;
    const reply = hexNibbles(textAfterKeyword(statement), true);
    if (reply) draft.reply = reply;
    else {
      const message = 'require_reply is neither hexadecimal nor x for any digit';
      reportBadValue(statement, statement.words[1], message, 'any reply will do', context);
    }
  },
  min_reply_length: (statement, draft, context) => {
    draft.minimumReplyLength = integer(statement, lengths, context, false) ?? draft.minimumReplyLength;
  },
  max_reply_length: (statement, draft, context) => {
    draft.maximumReplyLength = integer(statement, lengths, context, false) ?? draft.maximumReplyLength;
  },
});

export function readUdpCheck(statement: Statement, target: CheckTarget, context: CheckerContext): CheckerConfiguration {
  const draft: UdpDraft = {
    schedule: emptySchedule(),
    connection: emptyConnection(target),
    payload: undefined,
    requireReply: false,
    reply: undefined,
    minimumReplyLength: 0,
    maximumReplyLength: 255,
    shadow: false,
  };
  readBlock(statement.block!.statements, checkerBlocks['UDP_CHECK']!, udpReaders, draft, context);
  const { minimumReplyLength, maximumReplyLength } = draft;
  if (minimumReplyLength > maximumReplyLength) {
    const message = `no reply is at least ${minimumReplyLength} and at most ${maximumReplyLength} bytes long`;
    complain(context, located(statement), 'check-never-passes', message, 'the check always fails');
  }
  const probe: ProbeSpec = {
    type: 'udp',
    endpoint: completeEndpoint(draft.connection, target, statement, context),
    payload: draft.payload ?? usualPayload,
    requireReply: draft.requireReply,
    reply: draft.reply,
    minimumReplyLength,
    maximumReplyLength,
  };
  return {
    keyword: 'UDP_CHECK',
    schedule: completeSchedule(draft.schedule, target),
    logAllFailures: draft.schedule.logAllFailures ?? context.logAllFailures,
    shadow: draft.shadow,
    kind: 'probe',
    probe,
  };
}
