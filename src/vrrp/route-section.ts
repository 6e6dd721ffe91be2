import { type Duration, microseconds, milliseconds } from '../base/duration.ts';
import { type Family, familyOf, type IpAddress, parseIpAddress } from '../base/ip-address.ts';
import { reportRefused } from '../config/interpret.ts';
import { type ReadingContext, shortened } from '../config/reading-context.ts';
import type { Statement } from '../config/tree.ts';
import { complainOf, requireWord } from '../config/unread-words.ts';
import type { Word } from '../config/words.ts';
import type { Encapsulation, NextHop, PlainMetric, Prefix, Realms, TimeMetric } from '../ports/route.ts';
import type { VirtualRoute } from './configuration.ts';
import {
  addressValue,
  cNumber,
  complainAt,
  everything,
  familyWord,
  integerIn,
  integerValue,
  interfaceValue,
  intoDraft,
  type LineWalk,
  mixedFamily,
  namedValue,
  nextWord,
  type OptionReader,
  type OptionReaders,
  ownProtocol,
  prefixOf,
  protocolOf,
  realmsValue,
  textValue,
  trackGroupValue,
  walkLine,
} from './line-walk.ts';
import { encapsulationValue } from './route-encapsulation.ts';
import { emptyHop, readNextHops } from './route-hops.ts';

/** What a line of virtual_routes or static_routes yields while it is read. */
interface RouteDraft {
  type: number | undefined;
  place: VirtualRoute['place'] | undefined;
  /** Of the family of the line, when that is known. */
  destination: Prefix | 'all' | undefined;
  from: Prefix | undefined;
  preferredSource: IpAddress | undefined;
  gateway: IpAddress | undefined;
  device: string | undefined;
  onlink: boolean;
  encapsulation: Encapsulation | undefined;
  tos: number;
  table: number | undefined;
  protocol: number | undefined;
  scope: number | undefined;
  metric: number | undefined;
  realms: Realms | undefined;
  expiresSeconds: number | undefined;
  preference: VirtualRoute['preference'];
  propagateTtl: boolean | undefined;
  readonly plain: Partial<Record<PlainMetric, number>>;
  readonly times: Partial<Record<TimeMetric, Duration>>;
  ecn: boolean;
  congestionControl: string | undefined;
  readonly locked: Set<PlainMetric | TimeMetric | 'congctl'>;
  readonly nextHops: NextHop<string>[];
  noTrack: boolean;
  trackGroup: string | undefined;
}

type RouteReader = OptionReader<RouteDraft>;

const largest = 4_294_967_295;

const into = intoDraft<RouteDraft>();

function lockOr(walk: LineWalk<RouteDraft>, metric: PlainMetric | TimeMetric | 'congctl'): Word | undefined {
  const word = nextWord(walk);
  if (word?.text !== 'lock') return word;
  walk.draft.locked.add(metric);
  return nextWord(walk);
}

const plain =
  (maximum: number, lockable: boolean): RouteReader =>
  (walk, { text }) => {
    const metric = text as PlainMetric;
    const word = lockable ? lockOr(walk, metric) : nextWord(walk);
    const value = word && integerIn(walk, word, 0, maximum);
    if (value !== undefined) walk.draft.plain[metric] = value;
  };

/** What a number without a unit counts: the kernel's own units. */
const bareUnits: Readonly<Record<TimeMetric, Duration>> = {
  rtt: microseconds(125),
  rttvar: microseconds(250),
  rto_min: milliseconds(1),
};

/** keepalived takes nothing shorter for what the kernel would make of it otherwise. */
const shortestTime = milliseconds(200);

/** Milliseconds or seconds with their unit, or the kernel's units. */
const time: RouteReader = (walk, { text }) => {
  const metric = text as TimeMetric;
  const word = lockOr(walk, metric);
  if (!word) return;
  const match = /^\+?([0-9]{1,10})(ms|s)?$/.exec(word.text);
  if (!match) {
    complainAt(walk, word, `"${shortened(word.text)}" is not a time such as 5, 5ms or 5s`);
    return;
  }
  const unit = match[2] === 's' ? 1_000_000 : match[2] === 'ms' ? 1_000 : bareUnits[metric];
  walk.draft.times[metric] = microseconds(Math.max(Number(match[1]) * unit, shortestTime));
};

const onlyIpv6 =
  (pattern: RegExp, take: (draft: RouteDraft, text: string) => void): RouteReader =>
  (walk, option) => {
    if (walk.family !== 6) {
      complainAt(walk, option, `"${option.text}" is for IPv6`);
      return;
    }
    const text = textValue(walk, pattern, `value of "${option.text}"`);
    if (text !== undefined) take(walk.draft, text);
  };

const encapsulation: RouteReader = (walk, option) => {
  walk.draft.encapsulation = encapsulationValue(walk, option);
};

const flag =
  (key: 'onlink' | 'noTrack'): RouteReader =>
  ({ draft }) => {
    draft[key] = true;
  };

const deprecated =
  (read: RouteReader, successor: string): RouteReader =>
  (walk, option) => {
    complainOf(walk.line, option, walk.context, `"${option.text}" is an old word`, `write "${successor}"`);
    read(walk, option);
  };

const via = into('gateway', addressValue);

/** A second gateway: the first one becomes a hop as well. */
const or: RouteReader = walk => {
  const gateway = addressValue(walk);
  if (gateway === undefined) return;
  const { draft } = walk;
  if (draft.gateway !== undefined) draft.nextHops.push(emptyHop(draft.gateway));
  draft.gateway = undefined;
  draft.nextHops.push(emptyHop(gateway));
};

const from: RouteReader = walk => {
  const word = nextWord(walk);
  if (!word) return;
  const prefix = prefixOf(walk, word);
  if (!prefix) complainAt(walk, word, `"${shortened(word.text)}" is not an IP address`);
  else if (familyOf(prefix.address) === 4) complainAt(walk, word, '"from" of a route is for IPv6');
  else if (!mixedFamily(walk, word, 6)) walk.draft.from = prefix;
};

/** The table of a VRF is known only where the VRF is. */
const vrf: RouteReader = walk => {
  const option = walk.line.words[walk.index]!;
  const word = nextWord(walk);
  if (!word) return;
  complainAt(walk, word, `no VRF "${shortened(word.text)}" is known`);
  reportRefused(walk.line, 'vrf', 'addresses', walk.context, option);
};

const destination: RouteReader = walk => {
  const word = nextWord(walk);
  if (word) takeDestination(walk, word);
};

function takeDestination(walk: LineWalk<RouteDraft>, word: Word): void {
  if (/^(default|any|all)$/.test(word.text)) {
    walk.draft.destination = 'all';
    return;
  }
  const prefix = word.text === 'default6' ? everything(6) : prefixOf(walk, word);
  if (!prefix) complainAt(walk, word, `"${shortened(word.text)}" is neither a destination nor a word of a route`);
  else if (!mixedFamily(walk, word, familyOf(prefix.address))) walk.draft.destination = prefix;
}

const meansSomething = (word: Word): boolean =>
  Object.hasOwn(options, word.text) ||
  routeType(word.text) !== undefined ||
  /^(default6?|any|all)$/.test(word.text) ||
  parseIpAddress(word.text.split('/')[0]!) !== undefined;

const tos = into('tos', walk => namedValue(walk, 'dsfield', 255) ?? 0);
const metric = into('metric', walk => integerValue(walk, 0, largest));
const device = into('device', interfaceValue);

const place: RouteReader = ({ draft }, { text }) => {
  draft.place = text as VirtualRoute['place'];
};

const options: OptionReaders<RouteDraft> = {
  inet: familyWord(4, meansSomething),
  inet6: familyWord(6, meansSomething),
  to: destination,
  src: into('preferredSource', addressValue),
  as: walk => {
    const word = walk.line.words[walk.index]!;
    if (requireWord(walk.line, walk.index + 1, walk.context)) complainAt(walk, word, '"as" is for MPLS');
  },
  via,
  gw: deprecated(via, 'via'),
  or: deprecated(or, 'nexthop'),
  from,
  tos,
  dsfield: tos,
  table: walk => {
    const word = nextWord(walk);
    if (!word) return;
    const value = cNumber(word.text) ?? walk.context.numberOf('table', word.text);
    // The kernel's numbers have 32 bits, and keepalived lets the others run over.
    if (value !== undefined) walk.draft.table = value >>> 0;
    else complainAt(walk, word, `"${shortened(word.text)}" is no routing table`);
  },
  protocol: into('protocol', walk => namedValue(walk, 'protocol', 255)),
  scope: into('scope', walk => namedValue(walk, 'scope', 255)),
  metric,
  priority: metric,
  preference: metric,
  dev: device,
  oif: device,
  onlink: flag('onlink'),
  encap: encapsulation,
  expires: onlyIpv6(/^[0-9]{1,10}$/, (draft, text) => {
    draft.expiresSeconds = Number(text);
  }),
  mtu: plain(largest, true),
  hoplimit: plain(255, false),
  advmss: plain(largest, true),
  rtt: time,
  rttvar: time,
  reordering: plain(largest, true),
  window: plain(largest, true),
  cwnd: plain(largest, true),
  ssthresh: plain(largest, true),
  realms: into('realms', realmsValue),
  rto_min: time,
  initcwnd: plain(largest, false),
  initrwnd: plain(largest, false),
  features: walk => {
    walk.draft.ecn = textValue(walk, /^ecn$/, 'value of "features"') !== undefined;
  },
  quickack: plain(1, false),
  congctl: walk => {
    walk.draft.congestionControl = lockOr(walk, 'congctl')?.text;
  },
  pref: onlyIpv6(/^(low|medium|high)$/, (draft, text) => {
    draft.preference = text as RouteDraft['preference'];
  }),
  'ttl-propagate': walk => {
    const text = textValue(walk, /^(enabled|disabled)$/, 'value of "ttl-propagate"');
    if (text !== undefined) walk.draft.propagateTtl = text === 'enabled';
  },
  fastopen_no_cookie: plain(1, false),
  add: place,
  prepend: place,
  append: place,
  vrf,
  nexthop: readNextHops,
  no_track: flag('noTrack'),
};

const staticOptions: OptionReaders<RouteDraft> = { ...options, track_group: into('trackGroup', trackGroupValue) };

/** By the kernel's numbers, RTN_*. */
export const routeTypes: readonly string[] = [
  'unspec',
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
  'xresolve',
];

function routeType(text: string): number | undefined {
  const place = routeTypes.indexOf(text);
  if (place > 0) return place;
  return /^[0-9]{1,2}$/.test(text) ? Number(text) : undefined;
}

/** A line of virtual_routes or, with a track_group, of static_routes; undefined if it is left out. */
export function readRoute(line: Statement, isStatic: boolean, context: ReadingContext): VirtualRoute | undefined {
  return completeRoute(walkLine(line, context, emptyRoute(), isStatic ? staticOptions : options, typeOrDestination));
}

const typeOrDestination: RouteReader = (walk, word) => {
  const type = routeType(word.text);
  if (type === undefined) takeDestination(walk, word);
  else {
    walk.draft.type = type;
    destination(walk, word);
  }
};

function emptyRoute(): RouteDraft {
  return {
    type: undefined,
    place: undefined,
    destination: undefined,
    from: undefined,
    preferredSource: undefined,
    gateway: undefined,
    device: undefined,
    onlink: false,
    encapsulation: undefined,
    tos: 0,
    table: undefined,
    protocol: undefined,
    scope: undefined,
    metric: undefined,
    realms: undefined,
    expiresSeconds: undefined,
    preference: undefined,
    propagateTtl: undefined,
    plain: {},
    times: {},
    ecn: false,
    congestionControl: undefined,
    locked: new Set(),
    nextHops: [],
    noTrack: false,
    trackGroup: undefined,
  };
}

const mainTable = 254;

function completeRoute(walk: LineWalk<RouteDraft>): VirtualRoute | undefined {
  const { line, given, draft } = walk;
  if (walk.leftOut) return undefined;
  const first = line.words[0]!;
  if (draft.destination === undefined) return complainAt(walk, first, 'the route has no destination');
  const family = walk.family ?? 4;
  const type = draft.type ?? 1;
  if (!draft.noTrack && draft.device === undefined) {
    complainOf(line, first, walk.context, 'the route has no interface, so that its loss is not noticed', 'add "dev"');
  }
  const protocol = protocolOf(walk, 'a route that is tracked has the protocol keepalived') ?? ownProtocol;
  const { plain: numbers, times, ecn, congestionControl, locked, ...rest } = draft;
  return {
    ...rest,
    family,
    type,
    place: draft.place ?? (type === 1 ? 'prepend' : 'add'),
    destination: draft.destination === 'all' ? everything(family) : draft.destination,
    table: draft.table ?? mainTable,
    protocol,
    scope: draft.scope ?? usualScope(type, family),
    metrics: { plain: numbers, times, ecn, congestionControl, locked: [...locked] },
    noTrack: draft.noTrack || draft.device === undefined,
    said: {
      protocol: given.has('protocol') || !draft.noTrack,
      scope: draft.scope !== undefined,
    },
  };
}

/** The kernel takes no local address with a scope beyond the host, and no broadcast beyond the link. */
function usualScope(type: number, family: Family): number {
  if (family === 6) return 0;
  if (type === 2 || type === 10) return 254;
  return type === 3 || type === 4 ? 253 : 0;
}
