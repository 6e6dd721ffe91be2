import { Diagnostics } from '../config/diagnostic.ts';
import type { BlockGrammar } from '../config/grammar.ts';
import { LogicalLines } from '../config/logical-lines.ts';
import { parseTree } from '../config/parse-tree.ts';
import type { LogicalLine } from '../config/source.ts';
import type { Statement } from '../config/tree.ts';
import { type TextLine, textLinesOf } from './text-lines.ts';
import { conditionWorlds } from './worlds.ts';

/**
 * A file as it stands in an editor, however unfinished: definitions are not expanded, so that every word has its place;
 * lines under conditions are there, each as the first host reads it that reads it at all.
 */
export interface EditorDocument {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly TextLine[];
  /** One tree for each host that the file mentions, and first the one for all others. */
  readonly trees: readonly (readonly Statement[])[];
}

export function documentOf(path: string, text: string, grammar: BlockGrammar): EditorDocument {
  const lines = textLinesOf(text);
  const trees = conditionWorlds(lines).map(ids =>
    parseTree(LogicalLines.of(logicalLines(path, lines, ids)), grammar, new Diagnostics()),
  );
  return { path, text, lines, trees };
}

/** The lines that hold where the given ids do, with places hidden from the parser that only expansion understands. */
export function logicalLines(path: string, lines: readonly TextLine[], ids: readonly string[]): readonly LogicalLine[] {
  return lines.flatMap(line => {
    if (line.kind !== 'plain' && line.kind !== 'kept') return [];
    if (!line.conditions.every(({ negated, id }) => ids.includes(id) !== negated)) return [];
    const text = masked(line.text.slice(line.body, Math.max(line.body, line.end)));
    if (text.trim() === '') return [];
    const source = { file: path, number: line.index + 1, text: line.text };
    return [{ source, text, offset: line.body, slashComment: undefined }];
  });
}

/** As long as before: references hold no braces, and what a repetition repeats begins its line. */
export function masked(text: string): string {
  return text
    .replace(/\$\{[^}]*\}/g, reference => `$${'_'.repeat(reference.length - 1)}`)
    .replace(/~(?:SEQx?|LST)\([^)]*\)/g, repetition => ' '.repeat(repetition.length));
}

/** A statement with the blocks that it stands in, the outermost first. */
export interface Standing {
  readonly statement: Statement;
  readonly parents: readonly Statement[];
}

/** Every statement of the file once. */
export function* statementsOf({ trees }: EditorDocument): Generator<Standing> {
  const seen = new Set<string>();
  for (const tree of trees) {
    for (const standing of walk(tree, [])) {
      const { line, start } = standing.statement;
      const key = `${line.source.number}:${line.offset + start}`;
      if (!seen.has(key)) yield standing;
      seen.add(key);
    }
  }
}

function* walk(statements: readonly Statement[], parents: readonly Statement[]): Generator<Standing> {
  for (const statement of statements) {
    yield { statement, parents };
    if (statement.block) yield* walk(statement.block.statements, [...parents, statement]);
  }
}

/** The grammar of the block that the given statements open one inside the other; undefined if nobody knows it. */
export function grammarOf(parents: readonly Statement[], root: BlockGrammar): BlockGrammar | undefined {
  let grammar: BlockGrammar | undefined = root;
  for (const parent of parents) grammar = grammar?.blocks.get(parent.words[0]?.text ?? '');
  return grammar;
}

/** A word as it is written, quotes and references included. */
export function writtenWord(statement: Statement, index: number): string {
  const word = statement.words[index];
  if (!word) return '';
  const { source, offset } = statement.line;
  return source.text.slice(offset + word.start, offset + word.end);
}
