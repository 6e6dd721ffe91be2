import { isBlank } from './source.ts';
import { closingQuote } from './words.ts';

/** Where the part of a line that counts lies, and the marks of its comment. In UTF-16 units. */
export interface LineExtent {
  readonly start: number;
  readonly end: number;
  /** Position of a `//` comment. */
  readonly slashComment: number | undefined;
  /** A backslash stands before # or ! and must be taken out. */
  readonly escapes: boolean;
  /** There is a $ or a ~: a definition or repetition may have to be expanded. */
  readonly expands: boolean;
}

/**
 * Finds the comment of a line. `#` and `!` begin one anywhere outside double quotes, unless a backslash stands before
 * them. `//` is the field's habit: it begins one at the start of a line, and after a blank where a blank, the end or a
 * character outside ASCII follows, or where at least two words came before: `path //x` keeps its value.
 */
export function extentOf(text: string): LineExtent {
  return extentIn(text, 0, text.length);
}

const tab = 0x09;
const carriageReturn = 0x0d;
const space = 0x20;
const bang = 0x21;
const quote = 0x22;
const hash = 0x23;
const dollar = 0x24;
const slash = 0x2f;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const tilde = 0x7e;

/** The extent of the line between two places of a text; its own places are those of the text. */
export function extentIn(text: string, from: number, to: number): LineExtent {
  let start = from;
  while (start < to && isBlank(text.charCodeAt(start))) start++;
  let end = to;
  let slashComment: number | undefined;
  let escapes = false;
  let words = 0;
  let inWord = false;
  let expands = false;
  for (let index = start; index < to; index++) {
    const code = text.charCodeAt(index);
    if (code === space || (code >= tab && code <= carriageReturn) || code === openBrace || code === closeBrace) {
      inWord = false;
    } else if (code === quote) {
      const closing = closingQuote(text, index, to);
      if (!inWord) words++;
      inWord = true;
      const next = closing < 0 ? to : closing;
      expands ||= mayExpand(text, index, next);
      index = next;
    } else if (code === backslash) {
      const next = index + 1 < to ? text.charCodeAt(index + 1) : 0;
      if (next === hash || next === bang) escapes = true;
      if (!inWord) words++;
      inWord = true;
      expands ||= next === dollar || next === tilde;
      index++;
    } else if (code === hash || code === bang) {
      end = index;
      break;
    } else if (code === slash && !inWord && isSlashComment(text, index + 1, to, words)) {
      slashComment = index;
      end = index;
      break;
    } else if (isBlank(code)) {
      inWord = false;
    } else {
      if (code === dollar || code === tilde) expands = true;
      if (!inWord) words++;
      inWord = true;
    }
  }
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return { start, end, slashComment, escapes, expands };
}

function mayExpand(text: string, from: number, to: number): boolean {
  for (let index = from; index < to; index++) {
    const code = text.charCodeAt(index);
    if (code === dollar || code === tilde) return true;
  }
  return false;
}

function isSlashComment(text: string, second: number, to: number, wordsBefore: number): boolean {
  if (second >= to || text.charCodeAt(second) !== slash) return false;
  const next = second + 1;
  if (wordsBefore !== 1 || next >= to) return true;
  const code = text.charCodeAt(next);
  return isBlank(code) || code > 0x7f;
}

/** Takes out the backslashes that protected # and ! outside quotes. */
export function withoutEscapes(text: string): string {
  let result = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character === '"') {
      const closing = closingQuote(text, index);
      const end = closing < 0 ? text.length : closing + 1;
      result += text.slice(index, end);
      index = end - 1;
    } else if (character === '\\' && (text[index + 1] === '#' || text[index + 1] === '!')) {
      result += text[++index]!;
    } else {
      result += character;
    }
  }
  return result;
}
