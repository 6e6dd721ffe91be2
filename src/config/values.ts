import { type Duration, microseconds } from '../base/duration.ts';
import { type IpAddress, parseIpAddress } from '../base/ip-address.ts';
import { type ReadingContext, report, shortened } from './reading-context.ts';
import { located, type Statement } from './tree.ts';
import type { Word } from './words.ts';

/** A range of whole numbers, both ends included. */
export interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

/** Reports a value that cannot be used; `consequence` says what happens instead. */
export function reportBadValue(
  statement: Statement,
  word: Word | undefined,
  message: string,
  consequence: string | undefined,
  context: ReadingContext,
): void {
  report(context, located(statement, word), {
    code: 'bad-value',
    severity: 'error',
    message,
    hint: consequence,
    keepalivedClass: 'other',
  });
}

/** The word at `index`, which keepalived cannot do without: it ends at once where one is missing. */
export function parameter(statement: Statement, index: number, context: ReadingContext): Word | undefined {
  const word = statement.words[index];
  if (!word) {
    report(context, located(statement), {
      code: 'missing-parameter',
      severity: 'error',
      message: `"${statement.words[0]?.text ?? ''}" needs another parameter`,
      keepalivedClass: 'aborts',
      refuses: true,
    });
  }
  return word;
}

/** What nearly all numbers are, one to nine digits; NaN for any other text. */
function plainNumber(text: string): number {
  if (text.length === 0 || text.length > 9) return Number.NaN;
  let value = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * A whole number of the given word. Outside the range it is reported and not used. With `lenient`, junk after the number
 * is reported and the number used, as keepalived does for most keywords when it runs.
 */
export function integerOf(
  statement: Statement,
  word: Word,
  range: Range,
  context: ReadingContext,
  lenient = true,
): number | undefined {
  const usual = plainNumber(word.text);
  if (usual >= range.minimum && usual <= range.maximum) return usual;
  const keyword = statement.words[0]!.text;
  const match = /^([+-]?[0-9]{1,15})(.*)$/s.exec(word.text);
  const value = match ? Number(match[1]) : Number.NaN;
  if (!match || (match[2] !== '' && !lenient) || !(value >= range.minimum && value <= range.maximum)) {
    const problem = match && match[2] === '' ? `is outside ${range.minimum} .. ${range.maximum}` : 'is not a number';
    const message = `${keyword}: "${shortened(word.text)}" ${problem}`;
    reportBadValue(statement, word, message, 'it is not used; the default or earlier value stands', context);
    return undefined;
  }
  if (match[2] !== '') {
    report(context, located(statement, word), {
      code: 'trailing-junk',
      severity: 'warning',
      message: `${keyword}: "${shortened(word.text)}" is read as ${value}`,
      keepalivedClass: 'other',
    });
  }
  return value;
}

/** The first parameter as a whole number. */
export function integer(
  statement: Statement,
  range: Range,
  context: ReadingContext,
  lenient = true,
): number | undefined {
  const word = parameter(statement, 1, context);
  return word && integerOf(statement, word, range, context, lenient);
}

/** The first parameter as seconds with a fraction. The bounds are in seconds. */
export function decimalSeconds(statement: Statement, range: Range, context: ReadingContext): Duration | undefined {
  const word = parameter(statement, 1, context);
  return word && decimalSecondsOf(statement, word, range, context);
}

/** Seconds as they should be written: `1s`, `100ms`, `0,5`. */
function plainSeconds(text: string): string | undefined {
  const [, digits, unit] = /^([0-9]{1,6}(?:[.,][0-9]{1,6})?)(ms|s|sec|)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const seconds = Number(digits.replace(',', '.'));
  return String(unit === 'ms' ? seconds / 1_000 : seconds);
}

/** The word as seconds with a fraction. The bounds are in seconds. */
export function decimalSecondsOf(
  statement: Statement,
  word: Word,
  range: Range,
  context: ReadingContext,
): Duration | undefined {
  const usual = plainNumber(word.text);
  if (usual >= range.minimum && usual <= range.maximum) return microseconds(usual * 1_000_000);
  const keyword = statement.words[0]!.text;
  const match = /^\+?([0-9]{0,15})(?:\.([0-9]*))?$/.exec(word.text);
  const digits = match && match[1] !== '' ? match[1]! : match?.[2] ? '0' : undefined;
  if (digits === undefined || (match?.[2] ?? '').length > 6) {
    const problem = digits === undefined ? 'is not a number of seconds' : 'has more than six decimal places';
    const message = `${keyword}: "${shortened(word.text)}" ${problem}`;
    const stands = 'it is not used; the default or earlier value stands';
    const plain = plainSeconds(word.text);
    reportBadValue(statement, word, message, plain === undefined ? stands : `write ${plain}; ${stands}`, context);
    return undefined;
  }
  const value = Number(digits) * 1_000_000 + Math.round(Number(`0.${match?.[2] ?? ''}0`) * 1_000_000);
  if (value < range.minimum * 1_000_000 || value > range.maximum * 1_000_000) {
    const message = `${keyword}: ${shortened(word.text)} s is outside ${range.minimum} .. ${range.maximum} s`;
    reportBadValue(statement, word, message, 'it is not used; the default or earlier value stands', context);
    return undefined;
  }
  return microseconds(value);
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['on', true],
  ['yes', true],
  ['false', false],
  ['off', false],
  ['no', false],
]);

export function isBoolean(text: string): boolean {
  return booleans.has(text);
}

/** The first parameter as a yes or no; given bare it means yes. */
export function boolean(statement: Statement, context: ReadingContext): boolean | undefined {
  const word = statement.words[1];
  if (!word) return true;
  const value = booleans.get(word.text);
  if (value === undefined) {
    const keyword = statement.words[0]!.text;
    const message = `${keyword}: "${shortened(word.text)}" is not one of true, on, yes, false, off, no`;
    reportBadValue(statement, word, message, 'it is not used; the default or earlier value stands', context);
  }
  return value;
}

/** What becomes of a thing whose address is none. */
export function fateWithoutAddress(text: string, what: string): string {
  const looksNamed = /^[A-Za-z_][\w.-]*(\/.*)?$/.test(text);
  return looksNamed ? `${what} is left out: write the address itself, names are not looked up` : `${what} is left out`;
}

/** The word as an address. */
export function addressOf(statement: Statement, word: Word, context: ReadingContext): IpAddress | undefined {
  const text = /^[^/]*/.exec(word.text)![0];
  const address = parseIpAddress(text);
  if (address && text !== word.text) {
    report(context, located(statement, word), {
      code: 'without-effect',
      severity: 'advice',
      message: `"${shortened(word.text.slice(text.length))}" after the address is passed over`,
      keepalivedClass: 'ignores',
    });
  }
  if (!address) {
    const keyword = statement.words[0]!.text;
    const what = word === statement.words[0] ? '' : `${keyword}: `;
    const message = `${what}"${shortened(word.text)}" is not an IP address`;
    reportBadValue(statement, word, message, fateWithoutAddress(word.text, 'it'), context);
  }
  return address;
}
