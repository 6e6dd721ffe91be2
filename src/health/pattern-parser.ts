import { failed, ok, type Result } from '../base/result.ts';
import {
  anything,
  CharacterSet,
  type CharacterTest,
  caselessTest,
  escapeTest,
  isAnyOf,
  isNot,
  notNewline,
  propertyTest,
  wordTest,
} from './pattern-characters.ts';
import { ClassReader } from './pattern-class.ts';
import { emptyNode, fixedLength, type PatternNode } from './pattern-node.ts';
import type { PatternOptions } from './pattern-options.ts';
import { PatternError, PatternText } from './pattern-text.ts';

export interface ParsedPattern {
  readonly node: PatternNode;
  /** Capturing groups, without the whole. */
  readonly groups: number;
  readonly options: PatternOptions;
}

/** The options that a pattern can change on its way. */
interface Mode {
  caseless: boolean;
  multiline: boolean;
  dotall: boolean;
  extended: boolean;
  extendedMore: boolean;
  noAutoCapture: boolean;
  ungreedy: boolean;
  dupnames: boolean;
}

const modeLetters: Readonly<Record<string, keyof Mode>> = {
  i: 'caseless',
  m: 'multiline',
  s: 'dotall',
  x: 'extended',
  n: 'noAutoCapture',
  U: 'ungreedy',
  J: 'dupnames',
};
const quantifier = /\*|\+|\?|\{(\d+)(,(\d*))?\}/y;
const nothingToRepeat = 'a quantifier that follows nothing it could repeat';
const nestingLimit = 250;
const repetitionLimit = 65_535;

/** Reads a pattern in PCRE2's language. The reason names what is wrong, or what is not supported, and where. */
export function parsePattern(pattern: string, options: PatternOptions): Result<ParsedPattern, string> {
  try {
    return ok(new Parser(pattern, options).parse());
  } catch (error) {
    if (error instanceof PatternError) return failed(error.message);
    throw error;
  }
}

class Parser {
  readonly #text: PatternText;
  #options: PatternOptions;
  #mode: Mode;
  #groups = 0;
  #depth = 0;
  readonly #names = new Map<string, number[]>();
  /** Checked when all groups are known. */
  readonly #referenced: { readonly place: number; readonly groups: number[]; readonly name: string | number }[] = [];

  constructor(pattern: string, options: PatternOptions) {
    this.#options = startOptions(pattern, options);
    this.#text = new PatternText(pattern, this.#options.utf);
    this.#text.take(/(?:\(\*[A-Z_]+(?:=\d+)?\))+/y);
    const { caseless, multiline, dotall, extended, noAutoCapture, ungreedy, dupnames } = this.#options;
    this.#mode = { caseless, multiline, dotall, extended, extendedMore: false, noAutoCapture, ungreedy, dupnames };
  }

  parse(): ParsedPattern {
    const node = this.#alternatives();
    if (!this.#text.atEnd) this.#text.fail('unmatched closing parenthesis');
    for (const { place, groups, name } of this.#referenced) {
      const found = typeof name === 'number' ? (name <= this.#groups ? [name] : []) : (this.#names.get(name) ?? []);
      if (found.length === 0) this.#text.failAt(place, `reference to group ${name}, which does not exist`);
      groups.push(...found);
    }
    return { node, groups: this.#groups, options: this.#options };
  }

  #alternatives(): PatternNode {
    return eitherOf(this.#branches());
  }

  #branches(): readonly PatternNode[] {
    if (++this.#depth > nestingLimit) this.#text.fail('parentheses are nested too deeply');
    const outer = { ...this.#mode };
    const items = [this.#sequence()];
    while (this.#text.take('|')) items.push(this.#sequence());
    this.#mode = outer;
    this.#depth -= 1;
    return items;
  }

  #sequence(): PatternNode {
    const items: PatternNode[] = [];
    for (;;) {
      this.#skipIgnored();
      if (this.#text.atEnd || this.#text.peek === '|' || this.#text.peek === ')') break;
      // Groups may be repeated whatever they hold.
      const isGroup = this.#text.peek === '(';
      const item = this.#item();
      if (item === undefined) continue;
      const last = Array.isArray(item) ? item.at(-1)! : item;
      if (Array.isArray(item)) items.push(...item.slice(0, -1));
      items.push(this.#quantified(last, isGroup || last.type !== 'assertion'));
    }
    return items.length === 1 ? items[0]! : { type: 'sequence', items };
  }

  /** White space and comments, where `x` is in force. */
  #skipIgnored(): void {
    while (this.#text.take(/\(\?#[^)]*\)/y) || (this.#mode.extended && this.#text.take(/[ \t\n\v\f\r]+|#[^\n]*\n?/y)));
  }

  /** Undefined for what matches nothing and cannot be repeated; several for `\Q...\E`. */
  #item(): PatternNode | PatternNode[] | undefined {
    const text = this.#text;
    const place = text.place;
    const character = text.next();
    switch (character) {
      case '(':
        return this.#group(place);
      case '[':
        return this.#class();
      case '.':
        return this.#set(this.#mode.dotall ? anything : notNewline, false);
      case '^':
        return this.#assertion(this.#mode.multiline ? 'line-start' : 'start');
      case '$':
        return this.#assertion(
          this.#mode.multiline ? 'line-end' : this.#options.dollarEndOnly ? 'end' : 'last-line-end',
        );
      case '*':
      case '+':
      case '?':
        return text.failAt(place, nothingToRepeat);
      case '{':
        if (text.take(/\d+(?:,\d*)?\}/y)) return text.failAt(place, nothingToRepeat);
        return this.#literal(0x7b);
      case '\\':
        return this.#escape(place);
      default:
        return this.#literal(character.codePointAt(0)!);
    }
  }

  #quantified(node: PatternNode, repeatable: boolean): PatternNode {
    this.#skipIgnored();
    const match = this.#text.take(quantifier);
    if (!match) return node;
    if (!repeatable) this.#text.fail(nothingToRepeat);
    const [sign, first, comma, last] = match;
    const minimum = sign === '*' || sign === '?' ? 0 : sign === '+' ? 1 : Number(first);
    const maximum = maximumOf(sign, comma === undefined ? first : last);
    if (minimum > repetitionLimit || (maximum > repetitionLimit && maximum !== Number.POSITIVE_INFINITY))
      this.#text.fail('a number in {} is too big');
    if (minimum > maximum) this.#text.fail('numbers in {} are out of order');
    this.#skipIgnored();
    const suffix = this.#text.take(/[?+]/y)?.[0];
    const lazy = (suffix === '?') !== (this.#mode.ungreedy && suffix !== '+');
    const mode = suffix === '+' ? 'possessive' : lazy ? 'lazy' : 'greedy';
    this.#skipIgnored();
    if (this.#text.take(quantifier)) this.#text.fail(nothingToRepeat);
    return { type: 'repeat', node, minimum, maximum, mode };
  }

  #group(place: number): PatternNode | undefined {
    const text = this.#text;
    if (text.peek === '*') text.failAt(place, 'verbs and other (*...) items are not supported here');
    if (!text.take('?')) {
      return this.#mode.noAutoCapture ? this.#close(this.#alternatives()) : this.#capture(undefined);
    }
    const special = text.take(/<=|<!|[:|>=!]/y)?.[0];
    switch (special) {
      case ':':
        return this.#close(this.#alternatives());
      case '>':
        return { type: 'atomic', node: this.#close(this.#alternatives()) };
      case '=':
      case '!':
      case '<=':
      case '<!':
        return this.#look(place, special);
      case '|':
        return this.#branchReset();
    }
    const name = text.take(/P?<(\w+)>|'(\w+)'/y);
    if (name) return this.#capture(name[1] ?? name[2]!);
    const reference = text.take(/P=(\w+)\)/y);
    if (reference) return this.#reference(place, reference[1]!);
    if (text.take('(')) return this.#conditional(place);
    if (text.take(/R|[+-]?\d|&|P>/y)) text.failAt(place, 'recursion and subroutine calls are not supported');
    if (text.take('C')) text.failAt(place, 'callouts are not supported');
    return this.#modeChange(place);
  }

  #close<Value>(value: Value): Value {
    if (!this.#text.take(')')) this.#text.fail('missing closing parenthesis');
    return value;
  }

  #capture(name: string | undefined): PatternNode {
    const index = ++this.#groups;
    if (name !== undefined) {
      const known = this.#names.get(name);
      if (known && !this.#mode.dupnames) this.#text.fail(`two groups are called ${name} (dupnames allows it)`);
      if (known) known.push(index);
      else this.#names.set(name, [index]);
    }
    return { type: 'capture', index, node: this.#close(this.#alternatives()) };
  }

  /** `(?|...)`: the groups of each alternative are numbered from the same number on. */
  #branchReset(): PatternNode {
    const outer = { ...this.#mode };
    const first = this.#groups;
    let highest = first;
    const items: PatternNode[] = [];
    do {
      this.#groups = first;
      items.push(this.#sequence());
      highest = Math.max(highest, this.#groups);
    } while (this.#text.take('|'));
    this.#groups = highest;
    this.#mode = outer;
    return this.#close(eitherOf(items));
  }

  #look(place: number, kind: '=' | '!' | '<=' | '<!'): Extract<PatternNode, { type: 'look' }> {
    const node = this.#close(this.#alternatives());
    const behind = kind.startsWith('<');
    const branches = node.type === 'alternatives' ? node.items : [node];
    if (behind && branches.some(branch => fixedLength(branch) === undefined))
      this.#text.failAt(place, 'a lookbehind assertion is not of fixed length');
    return { type: 'look', behind, negative: kind.endsWith('!'), node };
  }

  #conditional(place: number): PatternNode {
    const text = this.#text;
    let condition: readonly number[] | Extract<PatternNode, { type: 'look' }>;
    const look = text.take(/\?(<=|<!|=|!)/y);
    if (look) {
      condition = this.#look(place, look[1] as '=');
    } else if (text.take(/DEFINE\)/y)) {
      condition = [];
    } else {
      const group = text.take(/([+-]?)(\d+)\)|<(\w+)>\)|'(\w+)'\)|(?!R)(\w+)\)/y);
      if (!group) return text.failAt(place, 'a condition that is not supported');
      const name = group[3] ?? group[4] ?? group[5];
      condition = this.#groupsCalled(place, name ?? this.#groupNumber(group[1]!, Number(group[2])));
    }
    const items = this.#close(this.#branches());
    if (items.length > 2) text.failAt(place, 'a conditional group has more than two alternatives');
    return { type: 'conditional', condition, yes: items[0]!, no: items[1] ?? emptyNode };
  }

  #modeChange(place: number): PatternNode | undefined {
    const text = this.#text;
    const match = text.take(/(\^?)([imsxnUJ]*)(?:-([imsxnUJ]*))?([:)])/y);
    if (!match) return text.failAt(place, 'what follows (? is not supported');
    const [, reset, on = '', off = '', end] = match;
    const outer = { ...this.#mode };
    if (reset) Object.assign(this.#mode, { caseless: false, multiline: false, dotall: false, extended: false });
    for (const letter of on) this.#mode[modeLetters[letter]!] = true;
    if (on.includes('xx')) this.#mode.extendedMore = true;
    for (const letter of off) this.#mode[modeLetters[letter]!] = false;
    if (off.includes('x')) this.#mode.extendedMore = false;
    if (end === ')') return undefined;
    const node = this.#close(this.#alternatives());
    this.#mode = outer;
    return node;
  }

  #escape(place: number): PatternNode | PatternNode[] | undefined {
    const text = this.#text;
    const simple = text.take(/[dDwWsShHvV]/y);
    if (simple) return this.#set(escapeTest(simple[0], this.#options.ucp)!, false);
    const quoted = text.take(/Q([\s\S]*?)(?:\\E|$)/y);
    if (quoted) {
      const items = [...quoted[1]!].map(character => this.#literal(character.codePointAt(0)!));
      return items.length > 0 ? items : undefined;
    }
    const property = text.take(/([pP])(?:\{(\^?)([\w& ]+)\}|([A-Za-z]))/y);
    if (property) return this.#property(place, property);
    const reference = text.take(/k(?:<(\w+)>|'(\w+)'|\{(\w+)\})|g(?:\{([A-Za-z_]\w*)\})/y);
    if (reference) return this.#reference(place, reference.slice(1).find(name => name !== undefined)!);
    const numbered = text.take(/g(?:([+-]?)(\d+)|\{([+-]?)(\d+)\})/y);
    if (numbered) {
      const number = this.#groupNumber(numbered[1] ?? numbered[3]!, Number(numbered[2] ?? numbered[4]));
      return this.#reference(place, number);
    }
    const decimal = text.take(/[1-9]\d*/y)?.[0];
    if (decimal !== undefined) {
      const number = Number(decimal);
      // pcre2pattern: a number below 10, or of a group that exists so far, is a reference; else it is octal.
      if (number < 10 || number <= this.#groups) return this.#reference(place, number);
      text.place -= decimal.length;
      const octal = text.take(/[0-7]{1,3}/y);
      return this.#literal(octal ? Number.parseInt(octal[0], 8) : text.next().codePointAt(0)!);
    }
    const character = text.next();
    switch (character) {
      case 'b':
        return this.#assertion('word-boundary');
      case 'B':
        return this.#assertion('no-word-boundary');
      case 'A':
        return this.#assertion('start');
      case 'Z':
        return this.#assertion('last-line-end');
      case 'z':
        return this.#assertion('end');
      case 'E':
        return undefined;
      case 'N':
        // A name of a character, as opposed to a quantifier.
        if (text.take(/\{(?!\d+(?:,\d*)?\})/y)) text.failAt(place, '\\N{...} is not supported');
        return this.#set(notNewline, false);
      case 'R':
        return lineBreak();
      case 'C':
        if (this.#options.utf || this.#options.neverBackslashC) text.failAt(place, '\\C is not supported here');
        return this.#set(anything, false);
      case 'G':
      case 'K':
      case 'X':
      case 'g':
      case 'k':
        return text.failAt(place, `\\${character} is not supported`);
    }
    return this.#literal(text.escapedCharacter(place, character, this.#options.altBsux));
  }

  #property(place: number, [, letter, inverse, long, short]: RegExpMatchArray): PatternNode {
    const name = (long ?? short!).trim();
    const test = propertyTest(name);
    if (!test) return this.#text.failAt(place, `\\${letter}{${name}}: no such property`);
    return this.#set((letter === 'P') !== (inverse === '^') ? isNot(test) : test, this.#mode.caseless);
  }

  #class(): PatternNode {
    const { utf, ucp, allowEmptyClass, altBsux } = this.#options;
    const reader = new ClassReader(this.#text, { ucp, allowEmptyClass, altBsux, spaces: this.#mode.extendedMore });
    const { test, negative } = reader.read();
    const cased = this.#mode.caseless ? caselessTest(test, utf) : test;
    return this.#set(negative ? isNot(cased) : cased, false);
  }

  #literal(code: number): PatternNode {
    return this.#set(given => given === code, this.#mode.caseless);
  }

  #set(test: CharacterTest, caseless: boolean): PatternNode {
    return { type: 'set', set: new CharacterSet(caseless ? caselessTest(test, this.#options.utf) : test) };
  }

  #assertion(assertion: Extract<PatternNode, { type: 'assertion' }>['assertion']): PatternNode {
    const word = assertion.endsWith('word-boundary') ? new CharacterSet(wordTest(this.#options.ucp)) : undefined;
    return { type: 'assertion', assertion, word };
  }

  #reference(place: number, name: string | number): PatternNode {
    return { type: 'reference', groups: this.#groupsCalled(place, name), caseless: this.#mode.caseless };
  }

  #groupsCalled(place: number, name: string | number): readonly number[] {
    const groups: number[] = [];
    this.#referenced.push({ place, groups, name });
    return groups;
  }

  #groupNumber(sign: string, number: number): number {
    if (sign === '-') return this.#groups - number + 1;
    return sign === '+' ? this.#groups + number : number;
  }
}

function maximumOf(sign: string, number: string | undefined): number {
  if (sign === '?') return 1;
  return number ? Number(number) : Number.POSITIVE_INFINITY;
}

/** `(*UTF)` and its like at the start of a pattern. */
function startOptions(pattern: string, options: PatternOptions): PatternOptions {
  let result = options;
  const harmless = ['NO_AUTO_POSSESS', 'NO_DOTSTAR_ANCHOR', 'NO_JIT', 'NO_START_OPT', 'NOTEMPTY_ATSTART', 'LF'];
  const start = /^(?:\(\*[A-Z_]+(?:=\d+)?\))*/.exec(pattern)![0];
  for (const [, name = ''] of start.matchAll(/\(\*([A-Z_]+)(?:=\d+)?\)/g)) {
    if (name === 'UTF' && !options.neverUtf) result = { ...result, utf: true };
    else if (name === 'UCP' && !options.neverUcp) result = { ...result, ucp: true };
    else if (!harmless.includes(name) && !name.startsWith('LIMIT_'))
      throw new PatternError(`(*${name}) is not supported here`, 0);
  }
  return result;
}

/** One character of several sets is one of a bigger set, which is much quicker to match. */
function eitherOf(items: readonly PatternNode[]): PatternNode {
  if (items.length === 1) return items[0]!;
  const sets = items.flatMap(item => (item.type === 'set' ? [item.set] : []));
  if (sets.length < items.length) return { type: 'alternatives', items };
  return { type: 'set', set: new CharacterSet(isAnyOf(sets.map(set => (code: number) => set.has(code)))) };
}

/** `\R`, which does not give back a part of CR LF. */
function lineBreak(): PatternNode {
  const one = (code: number): PatternNode => ({ type: 'set', set: new CharacterSet(given => given === code) });
  const pair: PatternNode = { type: 'sequence', items: [one(0x0d), one(0x0a)] };
  const single: PatternNode = { type: 'set', set: new CharacterSet(escapeTest('v', false)!) };
  return { type: 'atomic', node: { type: 'alternatives', items: [pair, single] } };
}
