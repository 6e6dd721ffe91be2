import type { LogicalLines } from './logical-lines.ts';
import { type Located, type LogicalLine, locate } from './source.ts';
import type { Block, Statement } from './tree.ts';
import { closingQuote, type Word } from './words.ts';

// Most configurations have nothing wrong with their braces and quotes; these are read here, in one pass over their
// characters. What is not as simple as that is left to tree.ts, which sees more and says what is wrong.

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
class Tree {
  readonly lines: LogicalLines;
  readonly known = new KnownWords();
  /** Whose words were asked for last: they are asked for several times in a row. */
  latest: PlainStatement | undefined = undefined;
  words: readonly Word[] = [];

  constructor(lines: LogicalLines) {
    this.lines = lines;
  }
}

/** A block whose place is worked out when somebody asks for it. */
class PlainBlock implements Block {
  readonly statements: Statement[];
  readonly #lines: LogicalLines;
  readonly #place: number;
  /** On the line, with nothing but blanks up to the brace. */
  readonly #from: number;

  constructor(statements: Statement[], lines: LogicalLines, place: number, from: number) {
    this.statements = statements;
    this.#lines = lines;
    this.#place = place;
    this.#from = from;
  }

  get opening(): Located {
    const line = this.#lines.at(this.#place);
    const start = line.text.indexOf('{', this.#from);
    return locate(line, start, start + 1);
  }
}

/** A statement that is cut into words when somebody looks at it. There are hundreds of thousands: it is kept small. */
class PlainStatement implements Statement {
  readonly #tree: Tree;
  /** Of its line. */
  readonly #place: number;
  readonly start: number;
  readonly end: number;
  /** Its block, or what stands in it if the brace follows on the same line. */
  #inner: Block | Statement[] | undefined = undefined;

  constructor(tree: Tree, place: number, start: number, end: number) {
    this.#tree = tree;
    this.#place = place;
    this.start = start;
    this.end = end;
  }

  get line(): LogicalLine {
    return this.#tree.lines.at(this.#place);
  }

  get words(): readonly Word[] {
    const tree = this.#tree;
    if (tree.latest !== this) {
      tree.latest = this;
      tree.words = wordsBetween(tree, this.#place, this.start, this.end);
    }
    return tree.words;
  }

  get block(): Block | undefined {
    const inner = this.#inner;
    return Array.isArray(inner) ? new PlainBlock(inner, this.#tree.lines, this.#place, this.end) : inner;
  }

  /** Gives it a block that opens at a place of a line. */
  close(statements: Statement[], place: number, start: number): void {
    this.#inner = place === this.#place ? statements : new PlainBlock(statements, this.#tree.lines, place, start);
  }

  get slashComment(): Located | undefined {
    const { lines } = this.#tree;
    const start = lines.slashCommentOf(this.#place);
    // It belongs to the last statement of the line.
    if (start === undefined || this.end !== lines.endOf(this.#place) - lines.startOf(this.#place)) return undefined;
    return { line: this.line.source, start, end: start + 2 };
  }
}

/** A block while its statements are being read. */
interface OpenBlock {
  readonly owner: PlainStatement;
  /** Of its brace: the line, and where in the line. */
  readonly place: number;
  readonly start: number;
  /** How many statements of blocks around it wait for theirs to end. */
  readonly waiting: number;
}

/** The tree of lines whose braces balance and whose quotes close; undefined if anything is unusual. */
export function balancedTree(lines: LogicalLines, deepest: number): readonly Statement[] | undefined {
  const tree = new Tree(lines);
  const open: OpenBlock[] = [];
  /** Statements of all open blocks, the innermost last. */
  const waiting: Statement[] = [];
  /** The statement that a brace, on this line or the next, would belong to. */
  let last: PlainStatement | undefined;
  for (let place = 0; place < lines.length; place++) {
    const text = lines.textAround(place);
    const from = lines.startOf(place);
    const to = lines.endOf(place);
    let start = -1;
    let end = -1;
    for (let index = from; index < to; ) {
      const code = text.charCodeAt(index);
      if (code === space || (code >= tab && code <= carriageReturn) || code === byteOrderMark) index++;
      else if (code === openBrace || code === closeBrace) {
        if (start >= 0) {
          last = new PlainStatement(tree, place, start - from, end - from);
          waiting.push(last);
          start = -1;
        }
        if (code === openBrace) {
          if (!last || open.length >= deepest) return undefined;
          open.push({ owner: last, place, start: index - from, waiting: waiting.length });
        } else {
          const block = open.pop();
          if (!block) return undefined;
          // A copy is of just the size that it needs: it stays as long as the tree.
          block.owner.close(waiting.slice(block.waiting), block.place, block.start);
          waiting.length = block.waiting;
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
    if (start >= 0) {
      last = new PlainStatement(tree, place, start - from, end - from);
      waiting.push(last);
    } else if (lines.slashCommentOf(place) !== undefined) {
      // A comment after a brace is told by whoever looks closer.
      return undefined;
    }
  }
  return open.length === 0 ? waiting : undefined;
}

/** A list that grows takes more room than it needs: words are put together here and copied. */
const gathered: Word[] = [];

function wordsBetween({ lines, known }: Tree, place: number, start: number, end: number): readonly Word[] {
  const text = lines.textAround(place);
  const from = lines.startOf(place);
  const to = from + end;
  let count = 0;
  for (let index = from + start; index < to; ) {
    const code = text.charCodeAt(index);
    if (code === space || (code >= tab && code <= carriageReturn) || code === byteOrderMark) {
      index++;
      continue;
    }
    const next = wordEnd(text, index, to);
    const raw = known.wordOf(text, index, next);
    const quoted = raw.includes('"');
    gathered[count++] = { text: quoted ? withoutQuotes(raw) : raw, start: index - from, end: next - from, quoted };
    index = next;
  }
  return gathered.slice(0, count);
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
