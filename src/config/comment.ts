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
}

/**
 * Finds the comment of a line. `#` and `!` begin one anywhere outside double quotes, unless a backslash stands before
 * them. `//` is the field's habit: it begins one at the start of a line, and after a blank where a blank, the end or a
 * character outside ASCII follows, or where at least two words came before: `path //x` keeps its value.
 */
export function extentOf(text: string): LineExtent {
  let start = 0;
  while (start < text.length && isBlank(text.charCodeAt(start))) start++;
  let end = text.length;
  let slashComment: number | undefined;
  let escapes = false;
  let words = 0;
  let inWord = false;
  for (let index = start; index < text.length; index++) {
    const character = text[index]!;
    if (character === '"') {
      const closing = closingQuote(text, index);
      if (!inWord) words++;
      inWord = true;
      index = closing < 0 ? text.length : closing;
    } else if (character === '\\') {
      const next = text[index + 1];
      if (next === '#' || next === '!') escapes = true;
      if (!inWord) words++;
      inWord = true;
      index++;
    } else if (character === '#' || character === '!') {
      end = index;
      break;
    } else if (character === '/' && !inWord && text[index + 1] === '/' && beginsComment(text, index + 2, words)) {
      slashComment = index;
      end = index;
      break;
    } else if (isBlank(character.charCodeAt(0)) || character === '{' || character === '}') {
      inWord = false;
    } else {
      if (!inWord) words++;
      inWord = true;
    }
  }
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return { start, end, slashComment, escapes };
}

function beginsComment(text: string, next: number, wordsBefore: number): boolean {
  if (wordsBefore !== 1 || next >= text.length) return true;
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
