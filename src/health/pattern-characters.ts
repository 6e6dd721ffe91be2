/** What a set of characters is made of; a character is a byte, or a code point where the pattern works on UTF-8. */
export type CharacterTest = (code: number) => boolean;

/** A set of characters with the answers for the first 256 worked out. */
export class CharacterSet {
  /** 1 for members, by code. */
  readonly table = new Uint8Array(256);
  readonly #test: CharacterTest;

  constructor(test: CharacterTest) {
    this.#test = test;
    for (let code = 0; code < 256; code++) this.table[code] = test(code) ? 1 : 0;
  }

  has(code: number): boolean {
    return code < 256 ? this.table[code] === 1 : this.#test(code);
  }
}

const range =
  (low: number, high: number): CharacterTest =>
  code =>
    code >= low && code <= high;
export const isAnyOf =
  (tests: readonly CharacterTest[]): CharacterTest =>
  code =>
    tests.some(test => test(code));
export const isNot =
  (test: CharacterTest): CharacterTest =>
  code =>
    !test(code);

const newline = 0x0a;
const lower = range(0x61, 0x7a);
const upper = range(0x41, 0x5a);
const letter = isAnyOf([lower, upper]);
const digit = range(0x30, 0x39);
const graphic = range(0x21, 0x7e);

export const anything: CharacterTest = () => true;
export const notNewline: CharacterTest = code => code !== newline;
/** `\h` and `\v`: the same with and without Unicode. */
const horizontal = (code: number): boolean =>
  code === 0x09 ||
  code === 0x20 ||
  code === 0xa0 ||
  code === 0x1680 ||
  code === 0x180e ||
  (code >= 0x2000 && code <= 0x200a) ||
  code === 0x202f ||
  code === 0x205f ||
  code === 0x3000;
const vertical = (code: number): boolean =>
  (code >= 0x0a && code <= 0x0d) || code === 0x85 || code === 0x2028 || code === 0x2029;

const asciiWord = isAnyOf([letter, digit, code => code === 0x5f]);
const asciiSpace = isAnyOf([range(0x09, 0x0d), code => code === 0x20]);

/** The set behind `\d`, `\w` and so on, by its letter; undefined for letters that are none. */
export function escapeTest(name: string, unicode: boolean): CharacterTest | undefined {
  const test = positiveEscapeTest(name.toLowerCase(), unicode);
  return test && (name === name.toLowerCase() ? test : isNot(test));
}

function positiveEscapeTest(name: string, unicode: boolean): CharacterTest | undefined {
  switch (name) {
    case 'd':
      return unicode ? propertyTest('Nd') : digit;
    case 'w':
      return wordTest(unicode);
    case 's':
      return unicode ? isAnyOf([asciiSpace, horizontal, vertical]) : asciiSpace;
    case 'h':
      return horizontal;
    case 'v':
      return vertical;
    default:
      return undefined;
  }
}

export function wordTest(unicode: boolean): CharacterTest {
  return unicode ? isAnyOf([propertyTest('L')!, propertyTest('N')!, code => code === 0x5f]) : asciiWord;
}

/** The set behind `[:alpha:]` and so on; undefined for names that are none. */
export function posixTest(name: string, unicode: boolean): CharacterTest | undefined {
  const unicodeTest = unicode ? posixUnicode[name] : undefined;
  return unicodeTest ? propertyTest(unicodeTest) : posix[name];
}

const posixUnicode: Readonly<Record<string, string>> = { alpha: 'L', lower: 'Ll', upper: 'Lu', digit: 'Nd' };
const posix: Readonly<Record<string, CharacterTest>> = {
  alnum: isAnyOf([letter, digit]),
  alpha: letter,
  ascii: range(0, 0x7f),
  blank: code => code === 0x09 || code === 0x20,
  cntrl: isAnyOf([range(0, 0x1f), code => code === 0x7f]),
  digit,
  graph: graphic,
  lower,
  print: range(0x20, 0x7e),
  punct: code => graphic(code) && !letter(code) && !digit(code),
  space: asciiSpace,
  upper,
  word: asciiWord,
  xdigit: isAnyOf([digit, range(0x41, 0x46), range(0x61, 0x66)]),
};

/** `\p{NAME}`: a general category, a script or `Any`; undefined for names that Unicode does not know. */
export function propertyTest(name: string): CharacterTest | undefined {
  if (name === 'Any') return anything;
  if (name === 'L&') return propertyTest('LC');
  for (const property of [`gc=${name}`, `sc=${name}`, name]) {
    try {
      const expression = new RegExp(`^\\p{${property}}$`, 'u');
      return code => code <= 0x10ffff && expression.test(String.fromCodePoint(code));
    } catch {}
  }
  return undefined;
}

/** The other case of a letter, or the character itself. Bytes have case only where they are ASCII. */
export function otherCase(code: number, utf: boolean): number {
  if (letter(code)) return code ^ 0x20;
  if (!utf || code < 0x80) return code;
  const text = String.fromCodePoint(code);
  for (const changed of [text.toLowerCase(), text.toUpperCase()]) {
    const other = changed.codePointAt(0)!;
    // Characters that become several have no simple other case.
    if (changed !== text && String.fromCodePoint(other) === changed) return other;
  }
  return code;
}

export function caselessTest(test: CharacterTest, utf: boolean): CharacterTest {
  return code => test(code) || test(otherCase(code, utf));
}

export const characterRange = range;
