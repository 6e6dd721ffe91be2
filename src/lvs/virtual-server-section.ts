import { type Family, familyOf, type IpAddress } from '../base/ip-address.ts';
import { maskPrefixLength } from '../base/netmask.ts';
import { bindReaders, type Reader, readBlock } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { boolean, integer, integerOf, parameter, reportBadValue } from '../config/values.ts';
import type { IpvsForwarding, IpvsProtocol } from '../ports/ipvs.ts';
import { type CheckDefaults, checkDefaultReaders, nothingSaid } from './check-defaults.ts';
import { readEndpoint } from './endpoint-words.ts';
import { readForwarding } from './forwarding-section.ts';
import { marks } from './group-section.ts';
import { virtualServerGrammar } from './keywords.ts';
import { isLooseAddress } from './netmask.ts';
import { type RealServerDraft, readRealServer } from './real-server-section.ts';

/** Whom a virtual server serves, as written. */
export type VirtualServerTarget =
  | { readonly type: 'address'; readonly address: IpAddress; readonly port: number }
  | { readonly type: 'fwmark'; readonly mark: number }
  | { readonly type: 'group'; readonly group: string };

export interface SorryServerDraft {
  readonly statement: Statement;
  readonly address: IpAddress;
  readonly port: number | undefined;
  forwarding: IpvsForwarding | undefined;
  inhibit: boolean;
}

/** A virtual_server block as written. Undefined: not said. */
export interface VirtualServerDraft {
  readonly statement: Statement;
  readonly target: VirtualServerTarget;
  /** The address's, or whichever keyword showed one first. */
  family: Family | undefined;
  protocol: IpvsProtocol | undefined;
  scheduler: string | undefined;
  hashed: boolean;
  onePacket: boolean;
  readonly schedulerFlags: [boolean, boolean, boolean];
  forwarding: IpvsForwarding | undefined;
  persistenceEngine: string | undefined;
  persistenceSeconds: number | undefined;
  persistencePrefix: number | undefined;
  haSuspend: boolean;
  alpha: boolean;
  omega: boolean;
  mail: boolean | undefined;
  inhibitOnFailure: boolean;
  quorumUp: Statement | undefined;
  quorumDown: Statement | undefined;
  quorum: number;
  hysteresis: number;
  weight: number;
  sorryServer: SorryServerDraft | undefined;
  checks: CheckDefaults;
  readonly realServers: RealServerDraft[];
}

type VirtualServerReader = Reader<VirtualServerDraft, SectionContext>;

const schedulers = new Set('rr wrr lc wlc lblc lblcr sh mh dh fo ovf sed nq twos'.split(' '));
const counts = { minimum: 1, maximum: 4_294_967_295 };
const longestPersistence = 31 * 86_400;
/** persistence_timeout without a number, and what a service for every port gets. */
export const usualPersistence = 360;

const scheduler: VirtualServerReader = (statement, draft, context) => {
  const word = statement.words[1]!;
  if (schedulers.has(word.text)) draft.scheduler = word.text;
  else {
    const message = `"${shortened(word.text)}" is no scheduler: ${[...schedulers].join(', ')}`;
    const lower = word.text.toLowerCase();
    complain(
      context,
      located(statement, word),
      'bad-value',
      message,
      schedulers.has(lower) ? `write ${lower}; as it is, it is passed over` : 'it is passed over',
    );
  }
};

/** Flags that only source and Maglev hashing have; keepalived looks at the scheduler named so far. */
const hashingFlag =
  (set: (draft: VirtualServerDraft) => void): VirtualServerReader =>
  (statement, draft, context) => {
    if (draft.scheduler === 'sh' || draft.scheduler === 'mh') set(draft);
    else {
      const message = `"${statement.words[0]!.text}" is for the schedulers sh and mh`;
      complain(context, located(statement), 'without-effect', message, 'passed over; name the scheduler before it');
    }
  };

const schedulerFlag =
  (place: 0 | 1 | 2) =>
  (draft: VirtualServerDraft): void => {
    draft.schedulerFlags[place] = true;
  };

const forwarding: VirtualServerReader = (statement, draft, context) => {
  draft.forwarding = readForwarding(statement, context) ?? draft.forwarding;
};

const flag =
  (key: 'onePacket' | 'haSuspend' | 'alpha' | 'omega' | 'inhibitOnFailure'): VirtualServerReader =>
  (_statement, draft) => {
    draft[key] = true;
  };

const readers = bindReaders<VirtualServerDraft, SectionContext>(virtualServerGrammar, {
  ...checkDefaultReaders,
  ip_family: (statement, draft, context) => {
    const word = statement.words[1]!;
    if (word.text !== 'inet' && word.text !== 'inet6') {
      const message = `ip_family: "${shortened(word.text)}" is neither inet nor inet6`;
      reportBadValue(statement, word, message, 'it is passed over', context);
      return;
    }
    const family = word.text === 'inet' ? 4 : 6;
    draft.family ??= family;
    if (draft.family === family) return;
    const message = `the virtual server is of IPv${draft.family} already`;
    complain(context, located(statement, word), 'mixed-families', message, 'ip_family is passed over');
  },
  inhibit_on_failure: flag('inhibitOnFailure'),
  lb_algo: scheduler,
  lvs_sched: scheduler,
  hashed: hashingFlag(draft => {
    draft.hashed = true;
  }),
  ops: flag('onePacket'),
  'flag-1': (_statement, draft) => schedulerFlag(0)(draft),
  'flag-2': (_statement, draft) => schedulerFlag(1)(draft),
  'flag-3': (_statement, draft) => schedulerFlag(2)(draft),
  'sh-port': hashingFlag(schedulerFlag(1)),
  'sh-fallback': hashingFlag(schedulerFlag(0)),
  'mh-port': hashingFlag(schedulerFlag(1)),
  'mh-fallback': hashingFlag(schedulerFlag(0)),
  lb_kind: forwarding,
  lvs_method: forwarding,
  persistence_engine: (statement, draft) => {
    draft.persistenceEngine = statement.words[1]!.text;
  },
  persistence_timeout: (statement, draft, context) => {
    const word = statement.words[1];
    const range = { minimum: 1, maximum: longestPersistence };
    if (word && /^0+$/.test(word.text)) {
      // Tutorials of keepalived 1 switch it off so.
      const message = `persistence_timeout: "${shortened(word.text)}" is outside 1 .. ${longestPersistence}`;
      reportBadValue(statement, word, message, 'there is no persistence, as without the line: leave it out', context);
      draft.persistenceSeconds = undefined;
    } else draft.persistenceSeconds = word ? integerOf(statement, word, range, context, false) : usualPersistence;
  },
  persistence_granularity: readGranularity,
  protocol: (statement, draft, context) => {
    const word = statement.words[1]!;
    const name = word.text.toLowerCase();
    if (name === 'tcp' || name === 'udp' || name === 'sctp') draft.protocol = name;
    else {
      const message = `protocol: "${shortened(word.text)}" is none of TCP, UDP and SCTP`;
      reportBadValue(statement, word, message, 'it is passed over', context);
    }
  },
  ha_suspend: flag('haSuspend'),
  alpha: flag('alpha'),
  omega: flag('omega'),
  smtp_alert: (statement, draft, context) => {
    draft.mail = boolean(statement, context) ?? draft.mail;
  },
  quorum_up: (statement, draft) => {
    draft.quorumUp = statement;
  },
  quorum_down: (statement, draft) => {
    draft.quorumDown = statement;
  },
  quorum: (statement, draft, context) => {
    draft.quorum = integer(statement, counts, context, false) ?? 1;
  },
  hysteresis: (statement, draft, context) => {
    draft.hysteresis = integer(statement, { ...counts, minimum: 0 }, context, false) ?? draft.hysteresis;
  },
  weight: (statement, draft, context) => {
    draft.weight = integer(statement, { minimum: 1, maximum: 2_147_483_647 }, context, false) ?? draft.weight;
  },
  sorry_server: (statement, draft, context) => {
    const endpoint = readEndpoint(statement, context);
    if (endpoint) draft.sorryServer = { statement, ...endpoint, forwarding: undefined, inhibit: false };
  },
  sorry_server_inhibit: (statement, draft, context) => {
    if (draft.sorryServer) draft.sorryServer.inhibit = true;
    else complainOfOrder(statement, context);
  },
  sorry_server_lvs_method: (statement, draft, context) => {
    if (draft.sorryServer) draft.sorryServer.forwarding = readForwarding(statement, context);
    else complainOfOrder(statement, context);
  },
  real_server: (statement, draft, context) => {
    const server = readRealServer(statement, draft.forwarding, context);
    if (server) draft.realServers.push(server);
  },
});

function complainOfOrder(statement: Statement, context: SectionContext): void {
  const message = `"${statement.words[0]!.text}" stands before, or without, "sorry_server"`;
  complain(context, located(statement), 'without-effect', message, 'it is passed over');
}

/** A netmask for IPv4, a prefix length for IPv6; whichever it is shows the family where nothing else has. */
function readGranularity(statement: Statement, draft: VirtualServerDraft, context: SectionContext): void {
  const word = statement.words[1]!;
  draft.family ??= word.text.includes('.') ? 4 : 6;
  if (draft.family === 6) {
    draft.persistencePrefix =
      integerOf(statement, word, { minimum: 1, maximum: 128 }, context, false) ?? draft.persistencePrefix;
    return;
  }
  const length = maskPrefixLength(word.text);
  if (length !== undefined) {
    draft.persistencePrefix = length;
    return;
  }
  const number = /^[0-9]{1,3}$/.test(word.text) ? Number(word.text) : undefined;
  if (number !== undefined && number >= 1 && number <= 32) {
    draft.persistencePrefix = number;
    const message = `"${word.text}" is taken for a prefix length`;
    const hint = `keepalived reads it as the netmask 0.0.0.${number}; write the netmask out`;
    advise(context, located(statement, word), 'bad-value', message, hint);
    return;
  }
  const isAddress = isLooseAddress(word.text);
  context.diagnostics.report(located(statement, word), {
    code: 'bad-value',
    severity: 'error',
    message: `persistence_granularity: "${shortened(word.text)}" is not a netmask such as 255.255.255.0`,
    hint: isAddress ? 'its ones do not stand together, from the left' : 'it is passed over',
    keepalivedClass: isAddress ? 'ignores' : 'other',
    refuses: isAddress,
  });
}

/** Reads a virtual_server block; undefined if what it serves makes no sense. */
export function readVirtualServer(statement: Statement, context: SectionContext): VirtualServerDraft | undefined {
  const target = readTarget(statement, context);
  if (!target) return undefined;
  const draft: VirtualServerDraft = {
    statement,
    target,
    family: target.type === 'address' ? familyOf(target.address) : undefined,
    protocol: undefined,
    scheduler: undefined,
    hashed: false,
    onePacket: false,
    schedulerFlags: [false, false, false],
    forwarding: undefined,
    persistenceEngine: undefined,
    persistenceSeconds: undefined,
    persistencePrefix: undefined,
    haSuspend: false,
    alpha: false,
    omega: false,
    mail: undefined,
    inhibitOnFailure: false,
    quorumUp: undefined,
    quorumDown: undefined,
    quorum: 1,
    hysteresis: 0,
    weight: 1,
    sorryServer: undefined,
    checks: nothingSaid,
    realServers: [],
  };
  const grammar = context.root.blocks.get('virtual_server') ?? virtualServerGrammar;
  readBlock(statement.block?.statements ?? [], grammar, readers, draft, context);
  return draft;
}

function readTarget(statement: Statement, context: SectionContext): VirtualServerTarget | undefined {
  const kind = statement.words[1]?.text;
  if (kind === 'group') {
    const name = parameter(statement, 2, context);
    return name && { type: 'group', group: name.text };
  }
  if (kind !== 'fwmark') {
    const endpoint = readEndpoint(statement, context);
    return endpoint && { type: 'address', address: endpoint.address, port: endpoint.port ?? 0 };
  }
  const word = parameter(statement, 2, context);
  const mark = word && integerOf(statement, word, marks, context, false);
  if (mark !== 0) return mark === undefined ? undefined : { type: 'fwmark', mark };
  const message = 'packets without a mark have mark 0: it names no service';
  complain(context, located(statement, word), 'bad-value', message, 'the virtual server is left out');
  return undefined;
}
