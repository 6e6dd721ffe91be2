import {
  type CharacterTest,
  characterRange,
  escapeTest,
  isAnyOf,
  isNot,
  posixTest,
  propertyTest,
} from './pattern-characters.ts';
import type { PatternText } from './pattern-text.ts';

export interface ClassOptions {
  readonly ucp: boolean;
  readonly allowEmptyClass: boolean;
  readonly altBsux: boolean;
  /** Spaces and tabs mean nothing: `(?xx)`. */
  readonly spaces: boolean;
}

/** Reads `[...]`, whose opening bracket has been read. */
export class ClassReader {
  readonly #text: PatternText;
  readonly #options: ClassOptions;

  constructor(text: PatternText, options: ClassOptions) {
    this.#text = text;
    this.#options = options;
  }

  read(): { readonly test: CharacterTest; readonly negative: boolean } {
    const text = this.#text;
    const start = text.place - 1;
    const negative = text.take('^') !== undefined;
    const tests: CharacterTest[] = [];
    // A closing bracket that comes first is a character like others.
    let first = !this.#options.allowEmptyClass;
    for (;;) {
      if (text.atEnd) text.failAt(start, 'missing closing bracket');
      if (!first && text.take(']')) return { test: isAnyOf(tests), negative };
      if (this.#options.spaces && text.take(/[ \t]+/y)) continue;
      first = false;
      tests.push(...this.#member());
    }
  }

  /** One set, or a character or range, or all of a `\Q...\E`. */
  #member(): readonly CharacterTest[] {
    const text = this.#text;
    const posix = text.take(/\[:(\^?)(\w+):\]/y);
    if (posix) {
      const test = posixTest(posix[2]!, this.#options.ucp);
      if (!test) return text.fail(`[:${posix[2]}:]: no such class`);
      return [posix[1] ? isNot(test) : test];
    }
    if (text.take(/\[[.=]/y)) text.fail('collating elements are not supported');
    const quoted = text.take(/\\Q([\s\S]*?)(?:\\E|$)/y);
    if (quoted)
      return [...quoted[1]!].map(character => characterRange(character.codePointAt(0)!, character.codePointAt(0)!));
    if (text.take('\\E')) return [];
    const low = this.#characterOrSet();
    if (typeof low === 'function') return [low];
    if (!text.take(/-(?!\])/y)) return [characterRange(low, low)];
    const high = this.#characterOrSet();
    // pcre2pattern: a hyphen before a set is itself.
    if (typeof high === 'function') return [characterRange(low, low), characterRange(0x2d, 0x2d), high];
    if (high < low) return text.fail('a range in a class is out of order');
    return [characterRange(low, high)];
  }

  #characterOrSet(): number | CharacterTest {
    const text = this.#text;
    const place = text.place;
    if (!text.take('\\')) return text.next().codePointAt(0)!;
    const set = text.take(/[dDwWsShHvV]/y);
    if (set) return escapeTest(set[0], this.#options.ucp)!;
    const property = text.take(/([pP])(?:\{(\^?)([\w& ]+)\}|([A-Za-z]))/y);
    if (property) {
      const [, letter, inverse, long, short] = property;
      const test = propertyTest((long ?? short!).trim());
      if (!test) return text.failAt(place, `\\${letter}{${long ?? short}}: no such property`);
      return (letter === 'P') !== (inverse === '^') ? isNot(test) : test;
    }
    const octal = text.take(/[0-7]{1,3}/y);
    if (octal) return Number.parseInt(octal[0], 8);
    const character = text.next();
    if (character === 'b') return 0x08;
    return text.escapedCharacter(place, character, this.#options.altBsux);
  }
}
