import {
  type Family,
  familyOf,
  type IpAddress,
  ipAddressBytes,
  ipAddressFromBytes,
  maximumPrefixLength,
  parseIpAddress,
} from '../base/ip-address.ts';
import { maskPrefixLength } from '../base/netmask.ts';
import { reportRefused, reportSlashComment } from '../config/interpret.ts';
import { type ReadingContext, shortened } from '../config/reading-context.ts';
import { advise, checkInterface, complain } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { fateWithoutAddress, integerOf } from '../config/values.ts';
import type { Word } from '../config/words.ts';
import type { VirtualAddress } from './configuration.ts';

const scopes: ReadonlyMap<string, number> = new Map([
  ['global', 0],
  ['site', 200],
  ['link', 253],
  ['host', 254],
  ['nowhere', 255],
]);

/** Longest label the kernel takes: IFNAMSIZ less its terminator. */
const longestLabel = 15;

/** What an address line yields while it is read. */
interface AddressDraft {
  address: IpAddress;
  prefixLength: number | undefined;
  interface: string | undefined;
  peer: { readonly address: IpAddress; readonly prefixLength: number } | undefined;
  broadcast: Word | undefined;
  label: string | undefined;
  scope: number;
  preferredLifetimeSeconds: number | 'forever' | undefined;
  noDad: boolean;
  home: boolean;
  manageTemporary: boolean;
  noPrefixRoute: boolean;
  autoJoin: boolean;
  noTrack: boolean;
}

/** Reads a line of virtual_ipaddress or virtual_ipaddress_excluded; undefined if the address cannot be used. */
export function readVirtualAddress(statement: Statement, context: ReadingContext): VirtualAddress | undefined {
  const first = statement.words[0]!;
  reportSlashComment(statement, true, context);
  const parsed = parsePrefixed(statement, first, context);
  if (!parsed) return undefined;
  const family = familyOf(parsed.address);
  const draft: AddressDraft = {
    address: parsed.address,
    prefixLength: parsed.prefixLength,
    interface: undefined,
    peer: undefined,
    broadcast: undefined,
    label: undefined,
    scope: 0,
    preferredLifetimeSeconds: undefined,
    noDad: family === 6,
    home: false,
    manageTemporary: false,
    noPrefixRoute: false,
    autoJoin: false,
    noTrack: false,
  };
  let usable = true;
  for (let index = 1; index < statement.words.length; ) {
    const word = statement.words[index]!;
    const value = statement.words[index + 1];
    const step = readOption(statement, word, value, draft, context);
    if (step.unusable) usable = false;
    index += step.words;
  }
  return usable ? complete(statement, draft, family, context) : undefined;
}

interface Step {
  readonly words: 1 | 2;
  readonly unusable?: boolean;
}

function readOption(
  statement: Statement,
  word: Word,
  value: Word | undefined,
  draft: AddressDraft,
  context: ReadingContext,
): Step {
  switch (word.text) {
    case 'home':
      draft.home = true;
      return { words: 1 };
    case '-nodad':
      draft.noDad = false;
      return { words: 1 };
    case 'mngtmpaddr':
      draft.manageTemporary = true;
      return { words: 1 };
    case 'noprefixroute':
      draft.noPrefixRoute = true;
      return { words: 1 };
    case 'autojoin':
      draft.autoJoin = true;
      return { words: 1 };
    case 'no_track':
      draft.noTrack = true;
      return { words: 1 };
    case 'use_vmac':
      reportRefused(statement, 'use_vmac', 'wire', context, word);
      return { words: 1 };
    case 'dev':
    case 'scope':
    case 'label':
    case 'peer':
    case 'brd':
    case 'broadcast':
    case 'preferred_lft':
      if (!value) {
        complain(context, located(statement, word), 'bad-address-option', `"${word.text}" has no value`);
        return { words: 1 };
      }
      return { words: 2, unusable: !readValue(statement, word.text, value, draft, context) };
    default:
      complain(
        context,
        located(statement, word),
        'bad-address-option',
        `"${shortened(word.text)}" is no option of a virtual address`,
        parseIpAddress(word.text.split('/')[0]!) ? 'one address per line' : 'it is passed over',
      );
      return { words: 1 };
  }
}

/** Takes an option's value; false if the address cannot be used with it. */
function readValue(
  statement: Statement,
  option: string,
  value: Word,
  draft: AddressDraft,
  context: ReadingContext,
): boolean {
  switch (option) {
    case 'dev':
      draft.interface = value.text;
      // Refused if there is no such interface; that the instance then has no address would be news to nobody.
      checkInterface(statement, value, context);
      return true;
    case 'scope': {
      const named = scopes.get(value.text);
      const number = /^[0-9]{1,3}$/.test(value.text) ? Number(value.text) : undefined;
      const scope = named ?? (number !== undefined && number <= 255 ? number : undefined);
      if (scope === undefined) {
        const message = `"${shortened(value.text)}" is no scope: global, site, link, host, nowhere or 0 .. 255`;
        complain(context, located(statement, value), 'bad-address-option', message, 'global is used');
      } else draft.scope = scope;
      return true;
    }
    case 'label':
      if (familyOf(draft.address) === 6) {
        const message = 'IPv6 addresses have no labels';
        complain(context, located(statement, value), 'bad-address-option', message, 'the label is left out');
        return true;
      }
      if (value.text.length > longestLabel) {
        const message = `the label is longer than ${longestLabel} characters`;
        complain(context, located(statement, value), 'bad-address-option', message, 'the address is left out');
        return false;
      }
      draft.label = value.text;
      return true;
    case 'peer': {
      const peer = parsePrefixed(statement, value, context);
      if (!peer) return true;
      if (familyOf(peer.address) !== familyOf(draft.address)) {
        complain(context, located(statement, value), 'bad-address-option', 'the peer is of the other address family');
        return true;
      }
      const longest = maximumPrefixLength(familyOf(peer.address));
      draft.peer = { address: peer.address, prefixLength: peer.prefixLength ?? longest };
      return true;
    }
    case 'preferred_lft':
      if (value.text === 'forever' || value.text === '4294967295') draft.preferredLifetimeSeconds = 'forever';
      else {
        const range = { minimum: 0, maximum: 0xffff_fffe };
        draft.preferredLifetimeSeconds = integerOf(statement, value, range, context) ?? draft.preferredLifetimeSeconds;
      }
      return true;
    default:
      if (familyOf(draft.address) === 6) {
        const message = 'IPv6 has no broadcast';
        complain(context, located(statement, value), 'bad-address-option', message, 'the address is left out');
        return false;
      }
      draft.broadcast = value;
      return true;
  }
}

function complete(
  statement: Statement,
  draft: AddressDraft,
  family: Family,
  context: ReadingContext,
): VirtualAddress | undefined {
  let prefixLength = draft.prefixLength ?? maximumPrefixLength(family);
  if (draft.peer && draft.prefixLength !== undefined) {
    const message = 'an address with a peer takes its prefix length from the peer';
    complain(context, located(statement), 'bad-address-option', message);
    prefixLength = maximumPrefixLength(family);
  }
  const { broadcast: broadcastWord, preferredLifetimeSeconds: lifetime } = draft;
  let broadcast: IpAddress | undefined;
  if (broadcastWord) {
    const outcome = broadcastOf(statement, broadcastWord, draft.address, prefixLength, context);
    if (outcome === 'unusable') return undefined;
    broadcast = outcome;
  }
  const deprecatedByDefault = family === 6 && prefixLength === 128;
  return {
    address: draft.address,
    prefixLength,
    interface: draft.interface,
    peer: draft.peer,
    broadcast,
    label: draft.label,
    scope: draft.scope,
    noDad: draft.noDad,
    home: draft.home,
    manageTemporary: draft.manageTemporary,
    noPrefixRoute: draft.noPrefixRoute,
    autoJoin: draft.autoJoin,
    noTrack: draft.noTrack,
    preferredLifetimeSeconds: lifetime === 'forever' ? undefined : (lifetime ?? (deprecatedByDefault ? 0 : undefined)),
  };
}

/** `+` sets all host bits, `-` clears them; both need room for hosts. */
function broadcastOf(
  statement: Statement,
  word: Word,
  address: IpAddress,
  prefixLength: number,
  context: ReadingContext,
): IpAddress | undefined | 'unusable' {
  if (word.text !== '+' && word.text !== '-') {
    const broadcast = parseIpAddress(word.text);
    if (broadcast && familyOf(broadcast) === 4) return broadcast;
    const message = `"${shortened(word.text)}" is no broadcast address`;
    complain(context, located(statement, word), 'bad-address-option', message, 'the address is left out');
    return 'unusable';
  }
  if (prefixLength > 30) {
    const message = `a prefix length of ${prefixLength} leaves no broadcast address`;
    complain(context, located(statement, word), 'bad-address-option', message, 'none is set');
    return undefined;
  }
  const bytes = ipAddressBytes(address);
  for (let bit = prefixLength; bit < 32; bit++) {
    const mask = 0x80 >> (bit & 7);
    bytes[bit >> 3] = word.text === '+' ? bytes[bit >> 3]! | mask : bytes[bit >> 3]! & ~mask;
  }
  return ipAddressFromBytes(bytes);
}

/** ADDRESS[/LENGTH]. An unusable length is reported and the longest taken, as keepalived does. */
function parsePrefixed(
  statement: Statement,
  word: Word,
  context: ReadingContext,
): { readonly address: IpAddress; readonly prefixLength: number | undefined } | undefined {
  const slash = word.text.indexOf('/');
  const address = parseIpAddress(slash < 0 ? word.text : word.text.slice(0, slash));
  if (!address) {
    const message = `"${shortened(word.text)}" is not an IP address`;
    complain(context, located(statement, word), 'bad-address', message, fateWithoutAddress(word.text, 'it'));
    return undefined;
  }
  if (slash < 0) return { address, prefixLength: undefined };
  const longest = maximumPrefixLength(familyOf(address));
  const match = /^([0-9]{1,3})(.*)$/s.exec(word.text.slice(slash + 1));
  const length = match ? Number(match[1]) : Number.NaN;
  if (slash === word.text.length - 1) {
    advise(
      context,
      located(statement, word),
      'bad-prefix-length',
      `"${shortened(word.text)}" has no prefix length after its slash`,
      `keepalived reads /0 here, which cannot be meant: /${longest} is used`,
    );
    return { address, prefixLength: longest };
  }
  if (!(length <= longest)) {
    const message = `"${shortened(word.text)}" has no prefix length of 0 .. ${longest}`;
    const meant = maskPrefixLength(word.text.slice(slash + 1));
    const hint = `${meant === undefined ? '' : `write /${meant}; `}/${longest} is used`;
    complain(context, located(statement, word), 'bad-prefix-length', message, hint);
    return { address, prefixLength: longest };
  }
  if (match![2] !== '') {
    const message = `"${shortened(word.text)}" is read as ${address}/${length}`;
    complain(context, located(statement, word), 'trailing-junk', message);
  }
  return { address, prefixLength: length };
}
