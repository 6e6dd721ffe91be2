import { isBlank, type LogicalLine } from './source.ts';

/** What a line is made of. Offsets are UTF-16 units of the logical line. */
export interface Word {
  /** Quotes taken off, blanks inside them kept. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

/** A run of words between braces or line ends, or one brace. */
export type Piece =
  | { readonly type: 'words'; readonly words: readonly Word[]; readonly start: number; readonly end: number }
  | { readonly type: 'open' | 'close'; readonly start: number; readonly end: number };

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

export interface Pieces {
  readonly pieces: readonly Piece[];
  /** Where a quote begins that the line does not close. */
  readonly openQuote: number | undefined;
}

/**
 * Cuts a line at its braces, which end a word wherever they stand outside quotes, and the rest into words. Only double
 * quotes group. A backslash keeps a quote from ending a string: the script keywords read their text again and need it.
 */
export function piecesOf(line: LogicalLine): Pieces {
  const text = line.text;
  const pieces: Piece[] = [];
  let words: Word[] = [];
  let openQuote: number | undefined;
  let index = 0;

  const flush = (): void => {
    if (words.length === 0) return;
    pieces.push({ type: 'words', words, start: words[0]!.start, end: words[words.length - 1]!.end });
    words = [];
  };

  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (isBlank(code)) {
      index++;
    } else if (code === openBrace || code === closeBrace) {
      flush();
      pieces.push({ type: code === openBrace ? 'open' : 'close', start: index, end: index + 1 });
      index++;
    } else {
      const start = index;
      let value = '';
      let quoted = false;
      let runStart = index;
      while (index < text.length) {
        const at = text.charCodeAt(index);
        if (at === quote) {
          value += text.slice(runStart, index);
          const closing = closingQuote(text, index);
          quoted = true;
          if (closing < 0) {
            openQuote = index;
            value += text.slice(index + 1);
            index = text.length;
          } else {
            value += text.slice(index + 1, closing);
            index = closing + 1;
          }
          runStart = index;
        } else if (isBlank(at) || at === openBrace || at === closeBrace) {
          break;
        } else {
          index++;
        }
      }
      value += text.slice(runStart, index);
      // A quote that nothing follows is no word, not even an empty one.
      if (value !== '' || openQuote === undefined) words.push({ text: value, start, end: index, quoted });
    }
  }
  flush();
  return { pieces, openQuote };
}

/** Index of the quote before `end` that closes the one at `start`, or -1. */
export function closingQuote(text: string, start: number, end = text.length): number {
  for (let index = start + 1; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code === backslash) index++;
    else if (code === quote) return index;
  }
  return -1;
}
