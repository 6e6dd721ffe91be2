import { extentOf } from '../config/comment.ts';
import type { LogicalLine } from '../config/source.ts';
import { type Piece, piecesOf } from '../config/words.ts';

/** A line as its author wrote it, in its parts. Nothing is expanded and no condition decided. */
export interface TextLine {
  /** From 0. */
  readonly index: number;
  readonly text: string;
  /** Where the part that counts lies, conditions included. In UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** The part that counts. */
  readonly content: string;
  /** Where what follows the @conditions begins. */
  readonly body: number;
  readonly conditions: readonly Condition[];
  /** With its mark; empty if there is none. */
  readonly comment: string;
  readonly kind: LineKind;
}

export interface Condition {
  readonly negated: boolean;
  readonly id: string;
}

/**
 * `definition` begins with `$NAME=`; `definition-body` belongs to one that goes on over several lines; `include` is
 * decided before conditions and definitions are looked at; `kept` must not be touched, because a change of its length or
 * its blanks may change its meaning.
 */
export type LineKind = 'blank' | 'plain' | 'definition' | 'definition-body' | 'include' | 'kept';

const definitionHead = /^\$([A-Za-z0-9_]+)=/;
const includeHead = /^include[rmwba]?(?=\s|$)/;
/** Where keepalived cuts a line, in bytes; more than this many UTF-16 units may be as long. */
const mayBeCut = 340;

export function textLinesOf(text: string): readonly TextLine[] {
  const lines: TextLine[] = [];
  let inDefinition = false;
  let continued = false;
  const raw = text.split('\n');
  if (raw.at(-1) === '') raw.pop();
  raw.forEach((withReturn, index) => {
    const line = withReturn.endsWith('\r') ? withReturn.slice(0, -1) : withReturn;
    const parsed = partsOf(line, index, inDefinition, continued);
    // Empty lines do not end a definition, nor does a line that is dropped.
    if (parsed.content !== '' && !line.includes('\0')) {
      const goesOn = parsed.content.endsWith('\\');
      inDefinition = inDefinition ? goesOn : /^\$[A-Za-z0-9_]+=\s*\\$/.test(line.slice(parsed.body, parsed.end));
      continued = goesOn && !inDefinition;
    }
    lines.push(parsed);
  });
  return lines;
}

function partsOf(text: string, index: number, inDefinition: boolean, continued: boolean): TextLine {
  const { start, end } = extentOf(text);
  const content = text.slice(start, end);
  let body = start;
  const conditions: Condition[] = [];
  if (!inDefinition) {
    for (;;) {
      const match = /^@(\^?)(\S*)\s*/.exec(text.slice(body, end));
      if (!match) break;
      conditions.push({ negated: match[1] === '^', id: match[2]! });
      body += match[0].length;
    }
  }
  const comment = text.slice(Math.max(start, end)).trim();
  const kind = kindOf(text, content, text.slice(body, end), inDefinition, continued);
  return { index, text, start, end, content, body, conditions, comment, kind };
}

function kindOf(text: string, content: string, body: string, inDefinition: boolean, continued: boolean): LineKind {
  if (text.includes('\0') || text.length > mayBeCut || continued) return 'kept';
  if (content === '') return 'blank';
  if (inDefinition) return 'definition-body';
  if (definitionHead.test(body)) return 'definition';
  if (includeHead.test(body)) return 'include';
  return 'plain';
}

/** The words and braces of a text that is a line, or a part of one, without comment. */
export function piecesOfText(text: string): {
  readonly pieces: readonly Piece[];
  readonly openQuote: number | undefined;
} {
  const line: LogicalLine = { source: { file: '', number: 0, text }, text, offset: 0, slashComment: undefined };
  return piecesOf(line);
}
