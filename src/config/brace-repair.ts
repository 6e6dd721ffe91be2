import type { BlockGrammar } from './grammar.ts';
import { isBlank } from './source.ts';
import type { Word } from './words.ts';

/** A block that is open while the tree is built. */
interface OpenLevel {
  readonly statement: { readonly line: { readonly source: { readonly text: string } } } | undefined;
  readonly grammar: BlockGrammar | undefined;
}

/** What stands after a brace. */
interface NextPiece {
  readonly type: string;
  readonly words?: readonly Word[];
}

/**
 * Evidence about braces that do not balance. The counts limit how often it may be acted upon: a balanced file is never
 * touched.
 */
export class BraceRepair {
  /** Blocks that the input leaves open. */
  missing: number;
  /** Closing braces without a block. */
  extra: number;

  constructor(missing: number, extra: number) {
    this.missing = missing;
    this.extra = extra;
  }

  /** How many levels to keep so that a line with this first word stands where it belongs; undefined if it does. */
  levelFor(word: string, levels: readonly OpenLevel[]): number | undefined {
    const current = levels[levels.length - 1]!.grammar;
    if (current?.kind === 'keywords' && current.rows.has(word)) return undefined;
    const furthest = Math.max(0, levels.length - 1 - this.missing);
    for (let index = levels.length - 2; index >= furthest; index--) {
      const grammar = levels[index]!.grammar;
      if (grammar?.kind === 'keywords' && grammar.rows.has(word)) return index + 1;
    }
    return undefined;
  }

  /** How many levels to keep so that a closing brace stands as far in as the line of the block it closes. */
  levelByIndentation(text: string, next: NextPiece | undefined, levels: readonly OpenLevel[]): number | undefined {
    const closing = indentation(text);
    const innermost = levels[levels.length - 1]!.statement;
    if (!innermost || indentation(innermost.line.source.text) <= closing) return undefined;
    const furthest = Math.max(1, levels.length - 1 - this.missing);
    for (let index = levels.length - 2; index >= furthest; index--) {
      const statement = levels[index]!.statement;
      if (!statement || indentation(statement.line.source.text) !== closing) continue;
      // What follows says more than a brace that somebody did not indent.
      return this.closesTooEarly(next, levels.slice(0, index + 1)) ? undefined : index + 1;
    }
    return undefined;
  }

  /** Whether the last statement should have opened a block: what follows belongs in it and not beside it. */
  opensSilently(last: { readonly words: readonly Word[] }, word: string, level: OpenLevel): boolean {
    const grammar = level.grammar;
    const child = grammar?.blocks.get(last.words[0]?.text ?? '');
    if (!grammar || !child || grammar.rows.has(word)) return false;
    return child.kind === 'lines' || child.rows.has(word);
  }

  /** Whether a closing brace comes too early: what follows belongs in the block that it closes and not outside. */
  closesTooEarly(next: NextPiece | undefined, levels: readonly OpenLevel[]): boolean {
    const word = next?.type === 'words' ? next.words?.[0]?.text : undefined;
    if (word === undefined) return false;
    const inner = levels[levels.length - 1]!.grammar;
    const outer = levels[levels.length - 2]!.grammar;
    return inner?.kind === 'keywords' && inner.rows.has(word) && outer?.kind === 'keywords' && !outer.rows.has(word);
  }
}

/** Columns before the first character; a tab goes to the next multiple of eight. */
function indentation(text: string): number {
  let columns = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (!isBlank(code)) break;
    columns = code === 0x09 ? (columns | 7) + 1 : columns + 1;
  }
  return columns;
}
