import { type Family, familyOf, maximumPrefixLength, parseIpAddress } from '../base/ip-address.ts';
import { type ReadingContext, shortened, type ValueCheck } from '../config/reading-context.ts';
import type { Statement } from '../config/tree.ts';
import { checkInterfaceName, complainOf, requireWord } from '../config/unread-words.ts';
import { integerOf } from '../config/values.ts';
import type { Word } from '../config/words.ts';

// Lines of virtual_routes and static_routes: what keepalived complains of in them.

/** A line on its way from left to right. */
export interface LineWalk {
  readonly line: Statement;
  readonly context: ReadingContext;
  /** Of the word that is looked at. */
  index: number;
  family: Family | undefined;
  readonly given: Set<string>;
}

/** Looks at the value of the word at `index`, and leaves `index` on the last word that belongs to it. */
export type OptionCheck = (walk: LineWalk, option: Word) => void;

/** The word after the current one; keepalived cannot do without it. */
export function nextWord(walk: LineWalk): Word | undefined {
  walk.index++;
  return requireWord(walk.line, walk.index, walk.context);
}

/** Nothing more is read of a line that is left out. */
export function complainAt(walk: LineWalk, word: Word, message: string): void {
  complainOf(walk.line, word, walk.context, message, 'the line is left out');
  leaveOut(walk);
}

function leaveOut(walk: LineWalk): void {
  walk.index = walk.line.words.length;
  walk.given.add(leftOut);
}

/** Stands for a line of which nothing more is asked. */
export const leftOut = '(left out)';

/** Addresses of one line share a family; the first decides. */
export function mixedFamily(walk: LineWalk, word: Word, family: Family): boolean {
  walk.family ??= family;
  if (walk.family === family) return false;
  complainAt(walk, word, `"${word.text}" is not of the family of the line, IPv${walk.family}`);
  return true;
}

export const oneAddress: OptionCheck = walk => {
  let word = nextWord(walk);
  if (word && /^inet6?$/.test(word.text)) word = nextWord(walk);
  if (!word) return;
  const address = parseIpAddress(word.text);
  if (address) mixedFamily(walk, word, familyOf(address));
  else complainAt(walk, word, `"${shortened(word.text)}" is not an IP address`);
};

/** An address with or without the length of a prefix; undefined if it is none. */
export function prefixFamily(walk: LineWalk, word: Word): Family | undefined {
  const [text, length] = word.text.split('/') as [string, string?];
  const address = parseIpAddress(text);
  if (!address) return undefined;
  const family = familyOf(address);
  const longest = maximumPrefixLength(family);
  if (length !== undefined && !(/^[0-9]{1,3}$/.test(length) && Number(length) <= longest)) {
    complainOf(walk.line, word, walk.context, `"${shortened(length)}" is not a length of 0 .. ${longest}`);
  }
  return family;
}

export const interfaceName: OptionCheck = walk => {
  const word = nextWord(walk);
  if (word) checkInterfaceName(walk.line, word, walk.context);
};

export function number(minimum: number, maximum: number, lockable = false): OptionCheck {
  return walk => {
    let word = nextWord(walk);
    if (lockable && word?.text === 'lock') word = nextWord(walk);
    if (word && integerOf(walk.line, word, { minimum, maximum }, walk.context, false) === undefined) leaveOut(walk);
  };
}

const unsigned = number(0, 4_294_967_295);
const metric = number(0, 4_294_967_295, true);

/** Milliseconds, or seconds with their unit. */
const time: OptionCheck = walk => {
  let word = nextWord(walk);
  if (word?.text === 'lock') word = nextWord(walk);
  if (word && !/^\+?[0-9]{1,10}(ms|s)?$/.test(word.text)) {
    complainAt(walk, word, `"${shortened(word.text)}" is not a time such as 5, 5ms or 5s`);
  }
};

/** A number in C's way, or a name that iproute2 knows. */
export function named(kind: Parameters<ReadingContext['numberOf']>[0], maximum: number): OptionCheck {
  return walk => {
    const word = nextWord(walk);
    if (!word) return;
    const value = cNumber(word.text) ?? walk.context.numberOf(kind, word.text);
    if (value === undefined || value < 0 || value > maximum) {
      complainAt(walk, word, `"${shortened(word.text)}" is no ${kind}`);
    }
  };
}

export function cNumber(text: string): number | undefined {
  return /^[+-]?(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20})$/.test(text) ? Number(text) : undefined;
}

/** `A` or `A/B`, numbers or names. */
export const realms: OptionCheck = walk => {
  const word = nextWord(walk);
  if (!word) return;
  const parts = word.text.split('/');
  const isRealm = (part: string): boolean => {
    const value = cNumber(part) ?? walk.context.numberOf('realm', part);
    return value !== undefined && value >= 0 && value <= 255;
  };
  if (parts.length > 2 || !parts.every(isRealm)) {
    complainAt(walk, word, `"${shortened(word.text)}" is no realm`);
  } else if (walk.family === 6) complainAt(walk, word, 'realms are for IPv4');
};

const tableNumber: OptionCheck = walk => {
  const word = nextWord(walk);
  if (word && cNumber(word.text) === undefined && walk.context.numberOf('table', word.text) === undefined) {
    complainAt(walk, word, `"${shortened(word.text)}" is no routing table`);
  }
};

const flag: OptionCheck = () => {};

const onlyIpv6: OptionCheck = (walk, option) => {
  if (walk.family !== 6) {
    complainAt(walk, option, `"${option.text}" is for IPv6`);
    return;
  }
  const word = nextWord(walk);
  if (!word) return;
  const good = option.text === 'pref' ? /^(low|medium|high)$/.test(word.text) : /^[0-9]{1,10}$/.test(word.text);
  if (!good) complainAt(walk, word, `"${shortened(word.text)}" is no value of "${option.text}"`);
};

const choice =
  (pattern: RegExp): OptionCheck =>
  (walk, option) => {
    const word = nextWord(walk);
    if (word && !pattern.test(word.text)) {
      complainAt(walk, word, `"${shortened(word.text)}" is no value of "${option.text}"`);
    }
  };

const congestionControl: OptionCheck = walk => {
  if (nextWord(walk)?.text === 'lock') nextWord(walk);
};

const encapsulation: OptionCheck = (walk, option) => {
  const { line } = walk;
  const type = line.words[++walk.index];
  const value = line.words[walk.index + 1];
  if (type?.text === 'mpls') {
    walk.index++;
    if (!/^[0-9]+(\/[0-9]+)*$/.test(value?.text ?? '')) complainAt(walk, value ?? type, 'mpls needs labels');
  } else if (type?.text === 'ila') {
    walk.index++;
    if (!/^[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){3}$/.test(value?.text ?? '')) {
      complainAt(walk, value ?? type, 'ila needs a locator');
    }
  } else if (type?.text === 'ip' || type?.text === 'ip6') tunnelEncapsulation(walk, type);
  else complainAt(walk, type ?? option, '"encap" is followed by ip, ip6, mpls or ila');
};

function tunnelEncapsulation(walk: LineWalk, type: Word): void {
  const { words } = walk.line;
  let identified = false;
  for (;;) {
    const option = words[walk.index + 1]?.text;
    const value = words[walk.index + 2];
    if (option === undefined || !value || !/^(id|dst|src|tos|ttl|tc|hoplimit|flags)$/.test(option)) break;
    walk.index += 2;
    const good = option === 'dst' || option === 'src' ? parseIpAddress(value.text) : /^[0-9]+$/.test(value.text);
    if (!good) complainAt(walk, value, `"${shortened(value.text)}" is no value of "${option}"`);
    identified ||= option === 'id' || option === 'dst';
  }
  if (!identified) complainAt(walk, type, `encap ${type.text} needs dst or id`);
}

/** The rest of a line is next hops. */
const nextHops: OptionCheck = walk => {
  const { line, context } = walk;
  for (walk.index++; walk.index < line.words.length; walk.index++) {
    const word = line.words[walk.index]!;
    const check = Object.hasOwn(nextHopOptions, word.text) ? nextHopOptions[word.text] : undefined;
    if (check) check(walk, word);
    else {
      complainOf(line, word, context, `"${shortened(word.text)}" is no word of a next hop`);
      leaveOut(walk);
    }
  }
};

const nextHopOptions: Readonly<Record<string, OptionCheck>> = {
  via: oneAddress,
  dev: interfaceName,
  weight: number(1, 256),
  onlink: flag,
  encap: encapsulation,
  realms,
  nexthop: flag,
};

const deprecated =
  (check: OptionCheck, successor: string): OptionCheck =>
  (walk, option) => {
    complainOf(walk.line, option, walk.context, `"${option.text}" is an old word`, `write "${successor}"`);
    check(walk, option);
  };

const source: OptionCheck = walk => {
  const word = nextWord(walk);
  const family = word && prefixFamily(walk, word);
  if (!word) return;
  if (family === undefined) complainAt(walk, word, `"${shortened(word.text)}" is not an IP address`);
  else if (family === 4) complainAt(walk, word, '"from" of a route is for IPv6');
  else mixedFamily(walk, word, family);
};

const vrf: OptionCheck = walk => {
  const word = nextWord(walk);
  if (word) complainAt(walk, word, `no VRF "${shortened(word.text)}" is known`);
};

export const checkTrackGroup: OptionCheck = walk => {
  const word = nextWord(walk);
  if (word && !walk.context.defined().trackGroups.has(word.text)) {
    complainOf(walk.line, word, walk.context, `there is no track_group "${shortened(word.text)}"`);
  }
};

const destination: OptionCheck = walk => {
  const word = nextWord(walk);
  if (word) takeDestination(walk, word);
};

function takeDestination(walk: LineWalk, word: Word): void {
  walk.given.add('destination');
  if (/^(default|any|all)$/.test(word.text)) return;
  const family = word.text === 'default6' ? 6 : prefixFamily(walk, word);
  if (family !== undefined) mixedFamily(walk, word, family);
  else complainAt(walk, word, `"${shortened(word.text)}" is neither a destination nor a word of a route`);
}

/** keepalived 2.2.7 passes over whatever word comes next. */
export function familyWord(of: Family, means: (word: Word) => boolean): OptionCheck {
  return (walk, option) => {
    if (mixedFamily(walk, option, of)) return;
    const next = walk.line.words[walk.index + 1];
    if (!next) return;
    if (means(next)) {
      const message = `keepalived passes over "${shortened(next.text)}" after "${option.text}"`;
      complainOf(walk.line, next, walk.context, message, `write "${option.text}" at the end`);
    } else walk.index++;
  };
}

const meansSomething = (word: Word): boolean =>
  Object.hasOwn(options, word.text) ||
  types.test(word.text) ||
  /^(default6?|any|all)$/.test(word.text) ||
  parseIpAddress(word.text.split('/')[0]!) !== undefined;

const options: Readonly<Record<string, OptionCheck>> = {
  inet: familyWord(4, meansSomething),
  inet6: familyWord(6, meansSomething),
  to: destination,
  src: oneAddress,
  as: walk => {
    const word = walk.line.words[walk.index]!;
    if (requireWord(walk.line, walk.index + 1, walk.context)) complainAt(walk, word, '"as" is for MPLS');
  },
  via: oneAddress,
  gw: deprecated(oneAddress, 'via'),
  or: deprecated(oneAddress, 'nexthop'),
  from: source,
  tos: named('dsfield', 255),
  dsfield: named('dsfield', 255),
  table: tableNumber,
  protocol: named('protocol', 255),
  scope: named('scope', 255),
  metric: unsigned,
  priority: unsigned,
  preference: unsigned,
  dev: interfaceName,
  oif: interfaceName,
  onlink: flag,
  encap: encapsulation,
  expires: onlyIpv6,
  mtu: metric,
  hoplimit: number(0, 255),
  advmss: metric,
  rtt: time,
  rttvar: time,
  reordering: metric,
  window: metric,
  cwnd: metric,
  ssthresh: metric,
  realms,
  rto_min: time,
  initcwnd: unsigned,
  initrwnd: unsigned,
  features: choice(/^ecn$/),
  quickack: number(0, 1),
  congctl: congestionControl,
  pref: onlyIpv6,
  'ttl-propagate': choice(/^(enabled|disabled)$/),
  fastopen_no_cookie: number(0, 1),
  add: flag,
  prepend: flag,
  append: flag,
  vrf,
  nexthop: nextHops,
  no_track: flag,
};

const staticOptions: Readonly<Record<string, OptionCheck>> = { ...options, track_group: checkTrackGroup };

const types =
  /^(unicast|local|broadcast|anycast|multicast|throw|unreachable|prohibit|blackhole|nat|xresolve|[0-9]{1,2})$/;

function routeLine(known: Readonly<Record<string, OptionCheck>>): ValueCheck {
  return (line, context) => {
    const walk: LineWalk = { line, context, index: 0, family: undefined, given: new Set() };
    for (; walk.index < line.words.length; walk.index++) {
      const word = line.words[walk.index]!;
      const check = Object.hasOwn(known, word.text) ? known[word.text] : undefined;
      walk.given.add(word.text);
      if (check) check(walk, word);
      else if (types.test(word.text)) destination(walk, word);
      else takeDestination(walk, word);
    }
    completeRoute(walk);
  };
}

function completeRoute(walk: LineWalk): void {
  const { line, given } = walk;
  if (given.has(leftOut)) return;
  const first = line.words[0]!;
  if (!given.has('destination')) complainAt(walk, first, 'the route has no destination');
  const protocol = line.words[line.words.findIndex(({ text }) => text === 'protocol') + 1];
  if (given.has('no_track')) return;
  if (!given.has('dev') && !given.has('oif')) {
    complainOf(line, first, walk.context, 'the route has no interface, so that its loss is not noticed', 'add "dev"');
  }
  if (given.has('protocol') && protocol && !/^(18|keepalived)$/.test(protocol.text)) {
    complainOf(line, protocol, walk.context, 'a route that is tracked has the protocol keepalived');
  }
}

export const checkVirtualRoute = routeLine(options);
export const checkStaticRoute = routeLine(staticOptions);
