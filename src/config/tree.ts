import { BraceRepair } from './brace-repair.ts';
import type { Diagnostics } from './diagnostic.ts';
import type { BlockGrammar } from './grammar.ts';
import { type Located, type LogicalLine, locate, wholeFile } from './source.ts';
import { type Piece, piecesOf, type Word } from './words.ts';

/** A keyword with its arguments, or a free line, and the block that it opens. */
export interface Statement {
  readonly line: LogicalLine;
  readonly words: readonly Word[];
  /** In UTF-16 units of the logical line. */
  readonly start: number;
  readonly end: number;
  readonly block: Block | undefined;
  /** The `//` that begins a comment right after it. */
  readonly slashComment: Located | undefined;
}

export interface Block {
  readonly opening: Located;
  readonly statements: Statement[];
}

/** The same statement as if it had other words. */
export function withWords({ line, start, end, block, slashComment }: Statement, words: readonly Word[]): Statement {
  return { line, words, start, end, block, slashComment };
}

/** Deeper than any keyword goes; a bound on recursion for whoever walks the tree. */
export const deepest = 16;

interface OpenStatement extends Statement {
  /** Set once its opening brace is seen. */
  block: Block | undefined;
}

interface Level {
  /** Undefined at the root. */
  readonly statement: Statement | undefined;
  readonly statements: Statement[];
  /** Undefined inside a block that the grammar does not know. */
  readonly grammar: BlockGrammar | undefined;
}

/** Where a statement's keyword stands. */
export function located(statement: Statement, word?: Word): Located {
  const { start, end } = word ?? statement.words[0] ?? statement;
  return locate(statement.line, start, end);
}

/**
 * Builds the tree of a configuration from its braces. When they do not balance, the file is read again with the grammar
 * at hand: a line that cannot belong where the braces put it, but could one block further out, shows which brace is
 * missing; so does the indentation of a closing brace.
 */
export function repairedTree(
  lines: readonly LogicalLine[],
  grammar: BlockGrammar,
  diagnostics: Diagnostics,
): readonly Statement[] {
  const pieces = lines.map(line => {
    const { pieces, openQuote } = piecesOf(line);
    if (openQuote !== undefined) {
      diagnostics.report(locate(line, openQuote, line.text.length), {
        code: 'unterminated-quote',
        severity: 'warning',
        message: 'the quote is not closed on its line',
        hint: 'the rest of the line is taken as quoted',
        keepalivedClass: 'other',
      });
    }
    const comment = pieces.at(-1)?.type === 'words' ? undefined : slashCommentOf(line);
    if (comment) {
      diagnostics.report(comment, {
        code: 'slash-comment',
        severity: 'warning',
        message: '"//" begins no comment in keepalived',
        hint: 'taken as one here; write "#", keepalived reads these words',
        keepalivedClass: 'other',
      });
    }
    return pieces;
  });
  const balance = countBraces(pieces);
  const repair = new BraceRepair(balance.missing, balance.extra);
  const root: Level = { statement: undefined, statements: [], grammar };
  const levels: Level[] = [root];
  const top = (): Level => levels[levels.length - 1]!;
  /** The statement that a brace, on this line or the next, would belong to. */
  let last: OpenStatement | undefined;
  let tooDeep = 0;

  const open = (statement: OpenStatement, opening: Located): void => {
    const parent = top();
    statement.block = { opening, statements: [] };
    const child = parent.grammar?.blocks.get(statement.words[0]?.text ?? '');
    levels.push({ statement, statements: statement.block.statements, grammar: child });
  };

  const closeTo = (depth: number, evidence: Located | undefined): void => {
    while (levels.length > depth) {
      const closed = levels.pop()!;
      reportUnclosed(closed.statement!, evidence, diagnostics);
    }
  };

  lines.forEach((line, lineIndex) => {
    const linePieces = pieces[lineIndex]!;
    linePieces.forEach((piece, pieceIndex) => {
      const where = locate(line, piece.start, piece.end);
      if (tooDeep > 0) {
        if (piece.type === 'open') tooDeep++;
        else if (piece.type === 'close') tooDeep--;
        return;
      }
      if (piece.type === 'words') {
        const word = piece.words[0]!.text;
        const outer = repair.missing > 0 ? repair.levelFor(word, levels) : undefined;
        if (outer !== undefined) {
          repair.missing -= levels.length - outer;
          closeTo(outer, locate(line, piece.words[0]!.start, piece.words[0]!.end));
          last = undefined;
        }
        const forgotten = last && repair.extra > 0 ? repair.opensSilently(last, word, top()) : false;
        if (last && forgotten) {
          repair.extra--;
          reportMissingOpening(last, diagnostics);
          open(last, located(last));
        }
        const statement: OpenStatement = {
          line,
          words: piece.words,
          start: piece.start,
          end: piece.end,
          block: undefined,
          slashComment: pieceIndex === linePieces.length - 1 ? slashCommentOf(line) : undefined,
        };
        top().statements.push(statement);
        last = statement;
      } else if (piece.type === 'open') {
        if (levels.length > deepest) {
          diagnostics.report(where, {
            code: 'too-deep',
            severity: 'error',
            message: `blocks are nested deeper than ${deepest}`,
            keepalivedClass: 'other',
            refuses: true,
          });
          tooDeep = 1;
          return;
        }
        let owner = last;
        if (!owner) {
          diagnostics.report(where, {
            code: 'unexpected-brace',
            severity: 'error',
            message: 'no keyword stands before this "{"',
            hint: 'what it encloses is passed over',
            keepalivedClass: 'other',
            refuses: true,
          });
          owner = {
            line,
            words: [],
            start: piece.start,
            end: piece.end,
            block: undefined,
            slashComment: undefined,
          };
          top().statements.push(owner);
        }
        open(owner, where);
        last = undefined;
      } else {
        last = undefined;
        if (levels.length === 1) {
          diagnostics.report(where, {
            code: 'extra-brace',
            severity: 'error',
            message: 'this "}" closes nothing',
            keepalivedClass: 'other',
          });
          return;
        }
        const next = linePieces[pieceIndex + 1] ?? pieces[lineIndex + 1]?.[0];
        if (repair.missing > 0 && pieceIndex === 0) {
          const outer = repair.levelByIndentation(line.source.text, next, levels);
          if (outer !== undefined) {
            repair.missing -= levels.length - outer;
            closeTo(outer, where);
          }
        }
        if (repair.extra > 0 && repair.closesTooEarly(next, levels)) {
          repair.extra--;
          reportTooEarly(where, top().statement!, next, diagnostics);
          return;
        }
        levels.pop();
      }
    });
  });
  while (levels.length > 1) reportUnclosed(levels.pop()!.statement!, undefined, diagnostics);
  return root.statements;
}

function slashCommentOf(line: LogicalLine): Located | undefined {
  const start = line.slashComment;
  return start === undefined ? undefined : { line: line.source, start, end: start + 2 };
}

/** How many blocks are never closed, and how many closing braces have no block. */
function countBraces(lines: readonly (readonly Piece[])[]): { readonly missing: number; readonly extra: number } {
  let depth = 0;
  let extra = 0;
  for (const pieces of lines) {
    for (const piece of pieces) {
      if (piece.type === 'open') depth++;
      else if (piece.type === 'close') {
        if (depth > 0) depth--;
        else extra++;
      }
    }
  }
  return { missing: depth, extra };
}

function nameOf(statement: Statement): string {
  return statement.words
    .slice(0, 2)
    .map(word => word.text)
    .join(' ');
}

/** Without evidence the block simply runs to the end of the input, which leaves no doubt about what is meant. */
function reportUnclosed(statement: Statement, evidence: Located | undefined, diagnostics: Diagnostics): void {
  const first = statement.words[0];
  const where = first
    ? locate(statement.line, first.start, statement.end)
    : (statement.block?.opening ?? wholeFile(statement.line.source.file));
  const name = nameOf(statement);
  if (evidence) diagnostics.loseTrack(evidence);
  const sameLine = evidence?.line === statement.line.source;
  diagnostics.report(where, {
    code: 'unclosed-block',
    severity: 'error',
    message: name === '' ? 'this "{" is never closed' : `the block of "${name}" is never closed`,
    hint:
      name === ''
        ? 'leave it out'
        : evidence
          ? `"}" is missing before line ${evidence.line.number}${sameLine ? '' : `, "${evidence.line.text.trim()}", which does not belong in it`}`
          : '"}" is missing at the end of the input; the block is taken to end there',
    keepalivedClass: 'other',
    refuses: evidence !== undefined,
  });
}

function reportMissingOpening(statement: Statement, diagnostics: Diagnostics): void {
  diagnostics.report(locate(statement.line, statement.start, statement.end), {
    code: 'missing-opening-brace',
    severity: 'error',
    message: `"${nameOf(statement)}" needs a "{"`,
    hint: 'the lines after it, up to a "}" that has no other block, seem to belong in it',
    keepalivedClass: 'other',
    refuses: true,
  });
}

function reportTooEarly(where: Located, statement: Statement, next: Piece | undefined, diagnostics: Diagnostics): void {
  const word = next?.type === 'words' ? next.words[0]!.text : '';
  diagnostics.report(where, {
    code: 'extra-brace',
    severity: 'error',
    message: `this "}" closes the block of "${nameOf(statement)}" too early`,
    hint: `"${word}", which follows, belongs in that block`,
    keepalivedClass: 'other',
    refuses: true,
  });
}

/** keepalived knows only what stands further up. */
export function standsLater(definition: Statement, use: Statement): boolean {
  const { file, number } = definition.line.source;
  return file === use.line.source.file && number > use.line.source.number;
}
