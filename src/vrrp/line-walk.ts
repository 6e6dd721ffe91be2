import { type Family, familyOf, type IpAddress, maximumPrefixLength, parseIpAddress } from '../base/ip-address.ts';
import { type ReadingContext, shortened } from '../config/reading-context.ts';
import { checkInterface } from '../config/section-context.ts';
import type { Statement } from '../config/tree.ts';
import { complainOf, requireWord } from '../config/unread-words.ts';
import { integerOf } from '../config/values.ts';
import type { Word } from '../config/words.ts';
import type { Prefix, Realms } from '../ports/route.ts';

// Lines of routes and rules are read from left to right, each option taking the words that belong to it.

/** A line on its way from left to right. */
export interface LineWalk<Draft> {
  readonly line: Statement;
  readonly context: ReadingContext;
  readonly draft: Draft;
  /** Of the word that is looked at. */
  index: number;
  family: Family | undefined;
  /** Options that were given, by the word that gave them. */
  readonly given: Set<string>;
  /** Something in it cannot be used: nothing more is asked of the line. */
  leftOut: boolean;
}

/** Takes the value of the option at `index`, and leaves `index` on the last word that belongs to it. */
export type OptionReader<Draft> = (walk: LineWalk<Draft>, option: Word) => void;

export type OptionReaders<Draft> = Readonly<Record<string, OptionReader<Draft>>>;

/** Reads a line from left to right; `other` is asked about words that are no options. */
export function walkLine<Draft>(
  line: Statement,
  context: ReadingContext,
  draft: Draft,
  options: OptionReaders<Draft>,
  other: OptionReader<Draft>,
): LineWalk<Draft> {
  const walk: LineWalk<Draft> = {
    line,
    context,
    draft,
    index: 0,
    family: undefined,
    given: new Set(),
    leftOut: false,
  };
  for (; walk.index < line.words.length; walk.index++) {
    const word = line.words[walk.index]!;
    const read = Object.hasOwn(options, word.text) ? options[word.text]! : other;
    walk.given.add(word.text);
    read(walk, word);
  }
  return walk;
}

/** Makes readers of options whose value goes into one key of the draft. */
export function intoDraft<Draft>() {
  return <Key extends keyof Draft>(key: Key, value: (walk: LineWalk<unknown>) => Draft[Key]): OptionReader<Draft> =>
    walk => {
      walk.draft[key] = value(walk);
    };
}

/** The word after the current one; keepalived cannot do without it. */
export function nextWord(walk: LineWalk<unknown>): Word | undefined {
  walk.index++;
  const word = requireWord(walk.line, walk.index, walk.context);
  if (!word) walk.leftOut = true;
  return word;
}

/** Nothing more is read of a line that is left out. */
export function complainAt(walk: LineWalk<unknown>, word: Word, message: string): undefined {
  complainOf(walk.line, word, walk.context, message, 'the line is left out');
  leaveOut(walk);
}

export function leaveOut(walk: LineWalk<unknown>): void {
  walk.index = walk.line.words.length;
  walk.leftOut = true;
}

/** Addresses of one line share a family; the first decides. */
export function mixedFamily(walk: LineWalk<unknown>, word: Word, family: Family): boolean {
  walk.family ??= family;
  if (walk.family === family) return false;
  complainAt(walk, word, `"${word.text}" is not of the family of the line, IPv${walk.family}`);
  return true;
}

/** `[inet|inet6] ADDRESS` */
export function addressValue(walk: LineWalk<unknown>): IpAddress | undefined {
  let word = nextWord(walk);
  if (word && /^inet6?$/.test(word.text)) word = nextWord(walk);
  if (!word) return undefined;
  const address = parseIpAddress(word.text);
  if (!address) return complainAt(walk, word, `"${shortened(word.text)}" is not an IP address`);
  return mixedFamily(walk, word, familyOf(address)) ? undefined : address;
}

/** An address with or without the length of a prefix; undefined if it is none. */
export function prefixOf(walk: LineWalk<unknown>, word: Word): Prefix | undefined {
  const [text, length] = word.text.split('/') as [string, string?];
  const address = parseIpAddress(text);
  if (!address) return undefined;
  const longest = maximumPrefixLength(familyOf(address));
  if (length === undefined) return { address, prefixLength: longest };
  const isLength = /^[0-9]{1,3}$/.test(length) && Number(length) <= longest;
  if (!isLength) {
    const message = `"${shortened(length)}" is not a length of 0 .. ${longest}`;
    complainOf(walk.line, word, walk.context, message, `/${longest} is used`);
  }
  return { address, prefixLength: isLength ? Number(length) : longest };
}

export function interfaceValue(walk: LineWalk<unknown>): string | undefined {
  const word = nextWord(walk);
  if (!word) return undefined;
  // Refused if there is no such interface, as keepalived does.
  checkInterface(walk.line, word, walk.context);
  return word.text;
}

export function integerValue(walk: LineWalk<unknown>, minimum: number, maximum: number): number | undefined {
  const word = nextWord(walk);
  return word && integerIn(walk, word, minimum, maximum);
}

export function integerIn(walk: LineWalk<unknown>, word: Word, minimum: number, maximum: number): number | undefined {
  const value = integerOf(walk.line, word, { minimum, maximum }, walk.context, false);
  if (value === undefined) leaveOut(walk);
  return value;
}

/** A number in C's way, or a name that iproute2 knows. */
export function namedValue(
  walk: LineWalk<unknown>,
  kind: Parameters<ReadingContext['numberOf']>[0],
  maximum: number,
): number | undefined {
  const word = nextWord(walk);
  if (!word) return undefined;
  const value = cNumber(word.text) ?? walk.context.numberOf(kind, word.text);
  if (value !== undefined && value >= 0 && value <= maximum) return value;
  return complainAt(walk, word, `"${shortened(word.text)}" is no ${kind}`);
}

export function cNumber(text: string): number | undefined {
  return /^[+-]?(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20})$/.test(text) ? Number(text) : undefined;
}

/** `A` or `A/B`, numbers or names. */
export function realmsValue(walk: LineWalk<unknown>): Realms | undefined {
  const word = nextWord(walk);
  if (!word) return undefined;
  const parts = word.text.split('/').map(part => cNumber(part) ?? walk.context.numberOf('realm', part));
  const isRealm = (part: number | undefined): part is number => part !== undefined && part >= 0 && part <= 255;
  if (parts.length > 2 || !parts.every(isRealm)) {
    return complainAt(walk, word, `"${shortened(word.text)}" is no realm`);
  }
  if (walk.family === 6) return complainAt(walk, word, 'realms are for IPv4');
  const [first, second] = parts as [number, number?];
  return second === undefined ? { source: 0, destination: first } : { source: first, destination: second };
}

/** What matches the pattern. */
export function textValue(walk: LineWalk<unknown>, pattern: RegExp, what: string): string | undefined {
  const word = nextWord(walk);
  if (!word || pattern.test(word.text)) return word?.text;
  return complainAt(walk, word, `"${shortened(word.text)}" is no ${what}`);
}

/** keepalived 2.2.7 passes over whatever word comes next. */
export function familyWord<Draft>(of: Family, means: (word: Word) => boolean): OptionReader<Draft> {
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

export function everything(family: Family): Prefix {
  return { address: parseIpAddress(family === 4 ? '0.0.0.0' : '::')!, prefixLength: 0 };
}

/** RTPROT_KEEPALIVED: routes and rules of ours are known by it. */
export const ownProtocol = 18;

/** What is tracked is known by our protocol: another one that was given does not stand. */
export function protocolOf(
  { line, context, draft }: LineWalk<{ readonly protocol: number | undefined; readonly noTrack: boolean }>,
  complaint: string,
): number | undefined {
  const { protocol, noTrack } = draft;
  if (noTrack) return protocol;
  if (protocol !== undefined && protocol !== ownProtocol) {
    complainOf(line, line.words[line.words.findIndex(({ text }) => text === 'protocol') + 1], context, complaint);
  }
  return ownProtocol;
}

/** The track_group that is told when a static entry is lost. */
export function trackGroupValue(walk: LineWalk<unknown>): string | undefined {
  const word = nextWord(walk);
  if (!word || walk.context.defined().trackGroups.has(word.text)) return word?.text;
  complainOf(walk.line, word, walk.context, `there is no track_group "${shortened(word.text)}"`);
  return undefined;
}
