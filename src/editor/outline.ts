import type { Statement } from '../config/tree.ts';
import { type EditorDocument, writtenWord } from './document.ts';
import { type Range, rangeIn, rangeOnLine } from './places.ts';

/** A block or a definition in the outline of a file. */
export interface OutlineEntry {
  readonly name: string;
  readonly kind: 'block' | 'definition';
  readonly range: Range;
  /** Its keyword and name, within `range`. */
  readonly selection: Range;
  readonly children: readonly OutlineEntry[];
}

export function outlineOf(document: EditorDocument): readonly OutlineEntry[] {
  const blocks = new Map<number, OutlineEntry>();
  for (const tree of document.trees) {
    for (const statement of tree) {
      const { number } = statement.line.source;
      if (statement.block && !blocks.has(number)) blocks.set(number, entryOf(statement));
    }
  }
  const definitions = document.lines.flatMap((line): readonly OutlineEntry[] => {
    const name = line.kind === 'definition' ? /^\$\w+/.exec(line.text.slice(line.body))?.[0] : undefined;
    if (name === undefined) return [];
    const selection = rangeOnLine(line.index, line.body, line.body + name.length);
    const range = rangeOnLine(line.index, line.body, line.end);
    return [{ name, kind: 'definition', range, selection, children: [] }];
  });
  return [...blocks.values(), ...definitions].sort((left, right) => left.range.start.line - right.range.start.line);
}

function entryOf(statement: Statement): OutlineEntry {
  const selection = rangeIn(statement.line, statement);
  const children = statement.block!.statements.filter(inner => inner.block).map(entryOf);
  const name = statement.words.map((_, index) => writtenWord(statement, index)).join(' ');
  return {
    name: name === '' ? '{' : name,
    kind: 'block',
    range: { start: selection.start, end: endOf(statement) },
    selection,
    children,
  };
}

/** Where the last line of a block that says something ends. */
function endOf(statement: Statement): Range['end'] {
  const last = statement.block?.statements.at(-1);
  return last ? endOf(last) : rangeIn(statement.line, statement).end;
}
