import type { Family, IpAddress } from '../base/ip-address.ts';
import { bindReaders, type Reader, readBlock } from '../config/interpret.ts';
import type { SectionContext } from '../config/section-context.ts';
import type { Statement } from '../config/tree.ts';
import { boolean, integer } from '../config/values.ts';
import type { IpvsForwarding } from '../ports/ipvs.ts';
import { type CheckDefaults, checkDefaultReaders, nothingSaid } from './check-defaults.ts';
import { readEndpoint } from './endpoint-words.ts';
import { readForwarding } from './forwarding-section.ts';
import { realServerGrammar } from './keywords.ts';

/** A real_server block as written. Undefined: not said. */
export interface RealServerDraft {
  readonly statement: Statement;
  readonly address: IpAddress;
  readonly port: number | undefined;
  /** The virtual server's method, if it was named before: keepalived goes by that. */
  readonly forwardingSoFar: IpvsForwarding | undefined;
  forwarding: IpvsForwarding | undefined;
  weight: number | undefined;
  upperThreshold: number;
  lowerThreshold: number;
  inhibitOnFailure: boolean | undefined;
  alpha: boolean | undefined;
  notifyUp: Statement | undefined;
  notifyDown: Statement | undefined;
  mail: boolean | undefined;
  checks: CheckDefaults;
  /** The blocks of its checkers, which another feature reads. */
  readonly checkers: Statement[];
}

type RealServerReader = Reader<RealServerDraft, SectionContext>;

const limits = { minimum: 0, maximum: 4_294_967_295 };
const largestWeight = 2_147_483_647;

const checker: RealServerReader = (statement, draft) => {
  if (statement.block) draft.checkers.push(statement);
};

export const checkerKeywords = [
  'MISC_CHECK',
  'SMTP_CHECK',
  'TCP_CHECK',
  'PING_CHECK',
  'UDP_CHECK',
  'HTTP_GET',
  'SSL_GET',
  'DNS_CHECK',
  'FILE_CHECK',
  'BFD_CHECK',
  'GRPC_CHECK',
] as const;

const readers = bindReaders<RealServerDraft, SectionContext>(realServerGrammar, {
  ...checkDefaultReaders,
  weight: (statement, draft, context) => {
    draft.weight = integer(statement, { minimum: 0, maximum: largestWeight }, context, false) ?? draft.weight;
  },
  lvs_method: (statement, draft, context) => {
    draft.forwarding = readForwarding(statement, context) ?? draft.forwarding;
  },
  uthreshold: (statement, draft, context) => {
    draft.upperThreshold = integer(statement, limits, context, false) ?? draft.upperThreshold;
  },
  lthreshold: (statement, draft, context) => {
    draft.lowerThreshold = integer(statement, limits, context, false) ?? draft.lowerThreshold;
  },
  inhibit_on_failure: (statement, draft, context) => {
    draft.inhibitOnFailure = boolean(statement, context) ?? draft.inhibitOnFailure;
  },
  notify_up: (statement, draft) => {
    draft.notifyUp = statement;
  },
  notify_down: (statement, draft) => {
    draft.notifyDown = statement;
  },
  smtp_alert: (statement, draft, context) => {
    draft.mail = boolean(statement, context) ?? draft.mail;
  },
  alpha: (statement, draft, context) => {
    draft.alpha = boolean(statement, context) ?? draft.alpha;
  },
  ...Object.fromEntries(checkerKeywords.map(keyword => [keyword, checker])),
});

/** Reads a real_server block; undefined if its address makes no sense. */
export function readRealServer(
  statement: Statement,
  forwardingSoFar: IpvsForwarding | undefined,
  context: SectionContext,
): RealServerDraft | undefined {
  const endpoint = readEndpoint(statement, context);
  if (!endpoint) return undefined;
  const draft: RealServerDraft = {
    statement,
    address: endpoint.address,
    port: endpoint.port,
    forwardingSoFar,
    forwarding: undefined,
    weight: undefined,
    upperThreshold: 0,
    lowerThreshold: 0,
    inhibitOnFailure: undefined,
    alpha: undefined,
    notifyUp: undefined,
    notifyDown: undefined,
    mail: undefined,
    checks: nothingSaid,
    checkers: [],
  };
  const grammar = context.root.blocks.get('virtual_server')?.blocks.get('real_server') ?? realServerGrammar;
  readBlock(statement.block?.statements ?? [], grammar, readers, draft, context);
  return draft;
}

/** Only a tunnel leads from one family to the other. */
export function fitsFamily(family: Family, of: Family, forwarding: IpvsForwarding | undefined): boolean {
  return family === of || forwarding?.type === 'tunnel';
}
