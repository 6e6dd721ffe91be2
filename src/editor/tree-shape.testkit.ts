import type { Statement } from '../config/tree.ts';
import { rootGrammar } from '../engine/keywords.ts';
import { scriptKeywords } from './format.ts';

const scripts = scriptKeywords(rootGrammar);

/** What a tree means, without its places: words, what script keywords read again, and blocks. */
export function shapeOf(statements: readonly Statement[]): unknown {
  return statements.map(statement => ({
    words: statement.words.map(({ text, quoted }) => [text, quoted]),
    script: scripts.has(statement.words[0]?.text ?? '')
      ? statement.line.text.slice(statement.start, statement.end)
      : undefined,
    block: statement.block && shapeOf(statement.block.statements),
  }));
}
