import { PlainLine } from './file-lines.ts';
import { type Located, type LogicalLine, locate } from './source.ts';
import type { Block, Statement } from './tree.ts';
import { closingQuote, type Word } from './words.ts';

// Most configurations have nothing wrong with their braces and quotes; these are read here, in one pass over their
// characters. What is not as simple as that is left to tree.ts, which sees more and says what is wrong.

/** A block whose place is worked out when somebody asks for it. */
class PlainBlock implements Block {
  statements: Statement[] = [];
  readonly #line: LogicalLine;
  readonly #start: number;

  constructor(line: LogicalLine, start: number) {
    this.#line = line;
    this.#start = start;
  }

  get opening(): Located {
    return locate(this.#line, this.#start, this.#start + 1);
  }
}

const tab = 0x09;
const carriageReturn = 0x0d;
const space = 0x20;
const quote = 0x22;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const byteOrderMark = 0xfeff;

/** Words come again and again: one that was seen lately is not cut out anew, which spares its making and its hash. */
class KnownWords {
  readonly #seen: (string | undefined)[] = new Array<string | undefined>(32 * 128);

  wordOf(text: string, start: number, end: number): string {
    const length = end - start;
    const first = text.charCodeAt(start);
    if (length >= 32 || first >= 128) return text.slice(start, end);
    const place = length * 128 + first;
    const seen = this.#seen[place];
    if (seen !== undefined && text.startsWith(seen, start)) return seen;
    const word = text.slice(start, end);
    this.#seen[place] = word;
    return word;
  }
}

/** What the statements of one tree share, so that none of them keeps words that nobody may ask for again. */
class SharedWords {
  readonly known = new KnownWords();
  /** Whose words were asked for last: they are asked for several times in a row. */
  latest: PlainStatement | undefined = undefined;
  words: readonly Word[] = [];
}

/** A statement that is cut into words when somebody looks at it. */
class PlainStatement implements Statement {
  readonly line: LogicalLine;
  readonly start: number;
  readonly end: number;
  block: Block | undefined = undefined;
  slashComment: Located | undefined = undefined;
  readonly #shared: SharedWords;

  constructor(line: LogicalLine, start: number, end: number, shared: SharedWords) {
    this.line = line;
    this.start = start;
    this.end = end;
    this.#shared = shared;
  }

  get words(): readonly Word[] {
    const shared = this.#shared;
    if (shared.latest !== this) {
      shared.latest = this;
      shared.words = wordsBetween(this.line, this.start, this.end, shared.known);
    }
    return shared.words;
  }
}

/** The tree of lines whose braces balance and whose quotes close; undefined if anything is unusual. */
export function balancedTree(lines: readonly LogicalLine[], deepest: number): readonly Statement[] | undefined {
  const shared = new SharedWords();
  const root: Statement[] = [];
  const open: PlainBlock[] = [];
  let top = root;
  /** The statement that a brace, on this line or the next, would belong to. */
  let last: Statement | undefined;
  for (const line of lines) {
    const isPlain = line instanceof PlainLine;
    const text = isPlain ? line.within : line.text;
    const from = isPlain ? line.start : 0;
    const to = isPlain ? line.end : text.length;
    let start = -1;
    let end = -1;
    for (let index = from; index < to; ) {
      const code = text.charCodeAt(index);
      if (code === space || (code >= tab && code <= carriageReturn) || code === byteOrderMark) index++;
      else if (code === openBrace || code === closeBrace) {
        if (start >= 0) {
          last = new PlainStatement(line, start - from, end - from, shared);
          top.push(last);
          start = -1;
        }
        if (code === openBrace) {
          if (!last || last.block || open.length >= deepest) return undefined;
          const block = new PlainBlock(line, index - from);
          last.block = block;
          open.push(block);
          top = block.statements;
        } else {
          const block = open.pop();
          if (!block) return undefined;
          // Of just the size that it needs: it stays as long as the tree.
          block.statements = top.slice();
          top = open[open.length - 1]?.statements ?? root;
        }
        last = undefined;
        index++;
      } else {
        end = wordEnd(text, index, to);
        if (end < 0) return undefined;
        if (start < 0) start = index;
        index = end;
      }
    }
    const { slashComment } = line;
    if (start >= 0) {
      const statement = new PlainStatement(line, start - from, end - from, shared);
      if (slashComment !== undefined) {
        statement.slashComment = { line: line.source, start: slashComment, end: slashComment + 2 };
      }
      last = statement;
      top.push(statement);
    } else if (slashComment !== undefined) {
      // A comment after a brace is told by whoever looks closer.
      return undefined;
    }
  }
  return open.length === 0 ? root : undefined;
}

function wordsBetween(line: LogicalLine, start: number, end: number, known: KnownWords): readonly Word[] {
  const isPlain = line instanceof PlainLine;
  const text = isPlain ? line.within : line.text;
  const from = isPlain ? line.start : 0;
  const to = from + end;
  const words: Word[] = [];
  for (let index = from + start; index < to; ) {
    const code = text.charCodeAt(index);
    if (code === space || (code >= tab && code <= carriageReturn) || code === byteOrderMark) {
      index++;
      continue;
    }
    const next = wordEnd(text, index, to);
    const raw = known.wordOf(text, index, next);
    const quoted = raw.includes('"');
    words.push({ text: quoted ? withoutQuotes(raw) : raw, start: index - from, end: next - from, quoted });
    index = next;
  }
  return words;
}

/** Where the word ends that begins at `start`; -1 if a quote in it is not closed. */
function wordEnd(text: string, start: number, to: number): number {
  let index = start;
  while (index < to) {
    const code = text.charCodeAt(index);
    if (code === space || (code >= tab && code <= carriageReturn) || code === byteOrderMark) return index;
    if (code === openBrace || code === closeBrace) return index;
    if (code === quote) {
      const closing = closingQuote(text, index, to);
      if (closing < 0) return -1;
      index = closing;
    }
    index++;
  }
  return index;
}

function withoutQuotes(raw: string): string {
  let result = '';
  let index = 0;
  for (;;) {
    const opening = raw.indexOf('"', index);
    if (opening < 0) return result + raw.slice(index);
    const closing = closingQuote(raw, opening);
    result += raw.slice(index, opening) + raw.slice(opening + 1, closing);
    index = closing + 1;
  }
}
