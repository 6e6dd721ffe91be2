import { Diagnostics } from '../config/diagnostic.ts';
import type { BlockGrammar, KeywordRow } from '../config/grammar.ts';
import { LogicalLines } from '../config/logical-lines.ts';
import { parseTree } from '../config/parse-tree.ts';
import type { LogicalLine } from '../config/source.ts';
import type { Statement } from '../config/tree.ts';
import { type EditorDocument, grammarOf, logicalLines, statementsOf } from './document.ts';
import { contains, type Place, type Range, rangeIn, rangeOnLine } from './places.ts';
import type { TextLine } from './text-lines.ts';
import { conditionWorlds, isAboutBraces } from './worlds.ts';

/** Where in the language a cursor stands. */
export interface CursorContext {
  /** Undefined: in a block that nobody knows. */
  readonly grammar: BlockGrammar | undefined;
  readonly parents: readonly Statement[];
  /** Words of the statement before the one at the cursor. */
  readonly before: readonly string[];
  /** What is written of the word at the cursor, and where. */
  readonly word: string;
  readonly range: Range;
}

/** Nobody names anything so. */
const cursorWord = 'cursor\u00b7stands\u00b7here';

/** What may be written at a place; undefined in comments and where blocks and words do not count. */
export function contextAt(document: EditorDocument, place: Place, root: BlockGrammar): CursorContext | undefined {
  const line = document.lines[place.line];
  if (line && (line.kind === 'definition-body' || line.kind === 'include')) return undefined;
  const commentStart = line && line.comment !== '' ? line.text.trimEnd().length - line.comment.length : undefined;
  if (commentStart !== undefined && place.character > commentStart) return undefined;
  if (!line || line.kind === 'blank') return blankContext(document, place, root);
  if (place.character < line.body) return undefined;
  const [start, end] = wordAround(line, place.character);
  const context = markedContext(document, line, start, end, root);
  return (
    context && { ...context, word: line.text.slice(start, place.character), range: rangeOnLine(place.line, start, end) }
  );
}

function blankContext(document: EditorDocument, place: Place, root: BlockGrammar): CursorContext | undefined {
  const context = markedContext(document, { index: place.line, conditions: [] }, 0, 0, root);
  return context && { ...context, word: '', range: rangeOnLine(place.line, place.character, place.character) };
}

/** Reads the file with a word of our own at the cursor: where it turns up in the tree is where the cursor stands. */
function markedContext(
  document: EditorDocument,
  line: Pick<TextLine, 'index' | 'conditions'> & Partial<TextLine>,
  start: number,
  end: number,
  root: BlockGrammar,
): Pick<CursorContext, 'grammar' | 'parents' | 'before'> | undefined {
  let guess: Pick<CursorContext, 'grammar' | 'parents' | 'before'> | undefined;
  for (const ids of conditionWorlds(document.lines)) {
    if (!line.conditions.every(({ negated, id }) => ids.includes(id) !== negated)) continue;
    const lines = logicalLines(document.path, document.lines, ids);
    const marked = withMark(lines, document.path, line, start, end);
    const diagnostics = new Diagnostics();
    const found = findMark(parseTree(LogicalLines.of(marked), root, diagnostics), []);
    const context = found && { ...found, grammar: grammarOf(found.parents, root) };
    // A host whose braces balance is who the file is meant for.
    if (context && !diagnostics.all.some(isAboutBraces)) return context;
    guess ??= context;
  }
  return guess;
}

function withMark(
  lines: readonly LogicalLine[],
  path: string,
  line: Partial<TextLine> & { readonly index: number },
  start: number,
  end: number,
): readonly LogicalLine[] {
  const number = line.index + 1;
  const place = lines.findIndex(({ source }) => source.number >= number);
  const here = place >= 0 && lines[place]!.source.number === number ? lines[place] : undefined;
  const before = place < 0 ? lines : lines.slice(0, place);
  const after = place < 0 ? [] : lines.slice(here ? place + 1 : place);
  if (!here) {
    const source = { file: path, number, text: cursorWord };
    return [...before, { source, text: cursorWord, offset: 0, slashComment: undefined }, ...after];
  }
  const text = `${here.text.slice(0, start - here.offset).padEnd(start - here.offset)}${cursorWord}${here.text.slice(end - here.offset)}`;
  return [...before, { ...here, text }, ...after];
}

function findMark(
  statements: readonly Statement[],
  parents: readonly Statement[],
): Pick<CursorContext, 'parents' | 'before'> | undefined {
  for (const statement of statements) {
    const index = statement.words.findIndex(word => word.text.includes(cursorWord));
    if (index >= 0) return { parents, before: statement.words.slice(0, index).map(word => word.text) };
    const inner = statement.block && findMark(statement.block.statements, [...parents, statement]);
    if (inner) return inner;
  }
  return undefined;
}

function wordAround(line: TextLine, character: number): readonly [number, number] {
  const isPart = (index: number): boolean => /[^\s{}"']/.test(line.text[index] ?? ' ') && index >= line.body;
  let start = character;
  while (start > line.body && isPart(start - 1)) start--;
  let end = character;
  while (end < line.end && isPart(end)) end++;
  return [start, end];
}

/** The word of a statement at a place. */
export interface WordAt {
  readonly statement: Statement;
  readonly parents: readonly Statement[];
  readonly index: number;
  readonly range: Range;
}

export function wordAt(document: EditorDocument, place: Place): WordAt | undefined {
  for (const { statement, parents } of statementsOf(document)) {
    if (statement.line.source.number !== place.line + 1) continue;
    const index = statement.words.findIndex(word => contains(rangeIn(statement.line, word), place));
    if (index >= 0) return { statement, parents, index, range: rangeIn(statement.line, statement.words[index]!) };
  }
  return undefined;
}

/** The row of the keyword table that a word stands for, and where it belongs. */
export function rowOf(
  { statement, parents, index }: WordAt,
  root: BlockGrammar,
): { readonly row: KeywordRow; readonly grammar: BlockGrammar } | undefined {
  const grammar = grammarOf(parents, root);
  const isKeyword = grammar?.kind === 'keywords' ? index === 0 : index > 0;
  const row = isKeyword ? grammar?.rows.get(statement.words[index]!.text) : undefined;
  return grammar && row ? { row, grammar } : undefined;
}
