/** What is wrong with a pattern, or not supported in it. */
export class PatternError extends Error {
  override readonly name = 'PatternError';

  constructor(what: string, place: number) {
    super(`${what}, at offset ${place}`);
  }
}

/** A pattern while it is read. Its characters are code points, or the bytes of its UTF-8 as characters of their own. */
export class PatternText {
  readonly #text: string;
  place = 0;

  constructor(pattern: string, utf: boolean) {
    this.#text = utf ? pattern : bytesAsCharacters(pattern);
  }

  get atEnd(): boolean {
    return this.place >= this.#text.length;
  }

  get peek(): string {
    return this.#text.charAt(this.place);
  }

  next(): string {
    const code = this.#text.codePointAt(this.place);
    if (code === undefined) return this.fail('the pattern ends too early');
    const character = String.fromCodePoint(code);
    this.place += character.length;
    return character;
  }

  /** What stands here, if it is this text or matches this sticky expression; it is read then. */
  take(what: string | RegExp): RegExpMatchArray | undefined {
    if (typeof what === 'string') {
      if (!this.#text.startsWith(what, this.place)) return undefined;
      this.place += what.length;
      return [what];
    }
    what.lastIndex = this.place;
    const match = what.exec(this.#text);
    if (!match) return undefined;
    this.place += match[0].length;
    return match;
  }

  /** The character behind a backslash and `character`, which has been read. */
  escapedCharacter(place: number, character: string, altBsux: boolean): number {
    switch (character) {
      case 'a':
        return 0x07;
      case 'e':
        return 0x1b;
      case 'f':
        return 0x0c;
      case 'n':
        return 0x0a;
      case 'r':
        return 0x0d;
      case 't':
        return 0x09;
      case '0':
        return Number.parseInt(`0${this.take(/[0-7]{0,2}/y)?.[0] ?? ''}`, 8);
      case 'o': {
        const octal = this.take(/\{([0-7]+)\}/y);
        return octal ? Number.parseInt(octal[1]!, 8) : this.failAt(place, '\\o must be followed by {...}');
      }
      case 'x':
        return this.#hexadecimal(altBsux);
      case 'u': {
        const code = altBsux ? this.take(/[0-9a-fA-F]{4}/y) : undefined;
        if (code) return Number.parseInt(code[0], 16);
        return altBsux ? 0x75 : this.failAt(place, '\\u is not supported without alt_bsux');
      }
      case 'c': {
        const control = this.next().toUpperCase().charCodeAt(0);
        return control < 0x80 ? control ^ 0x40 : this.failAt(place, '\\c must be followed by an ASCII character');
      }
      default:
        if (/[A-Za-z]/.test(character) && !(altBsux && 'ULl'.includes(character)))
          return this.failAt(place, `\\${character} has no meaning`);
        return character.codePointAt(0)!;
    }
  }

  fail(what: string): never {
    throw new PatternError(what, this.place);
  }

  failAt(place: number, what: string): never {
    throw new PatternError(what, place);
  }

  #hexadecimal(altBsux: boolean): number {
    if (altBsux) {
      const two = this.take(/[0-9a-fA-F]{2}/y);
      return two ? Number.parseInt(two[0], 16) : 0x78;
    }
    const braced = this.take(/\{([0-9a-fA-F]{1,6})\}/y);
    if (braced) return Number.parseInt(braced[1]!, 16);
    return Number.parseInt(`0${this.take(/[0-9a-fA-F]{0,2}/y)?.[0] ?? ''}`, 16);
  }
}

/** Without Buffer and TextEncoder, which pure code does not have: UTF-8 by hand. */
function bytesAsCharacters(text: string): string {
  let bytes = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) bytes += character;
    else if (code < 0x800) bytes += String.fromCharCode(0xc0 | (code >> 6), tail(code, 0));
    else if (code < 0x1_0000) bytes += String.fromCharCode(0xe0 | (code >> 12), tail(code, 6), tail(code, 0));
    else bytes += String.fromCharCode(0xf0 | (code >> 18), tail(code, 12), tail(code, 6), tail(code, 0));
  }
  return bytes;
}

function tail(code: number, shift: number): number {
  return 0x80 | ((code >> shift) & 0x3f);
}
