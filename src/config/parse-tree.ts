import { balancedTree } from './balanced-tree.ts';
import type { Diagnostics } from './diagnostic.ts';
import type { BlockGrammar } from './grammar.ts';
import type { LogicalLines } from './logical-lines.ts';
import { checkOwnLines } from './own-lines.ts';
import { deepest, repairedTree, type Statement } from './tree.ts';

/** Builds the tree of a configuration from its braces, and says what is wrong with them. */
export function parseTree(lines: LogicalLines, grammar: BlockGrammar, diagnostics: Diagnostics): readonly Statement[] {
  checkOwnLines(lines, diagnostics);
  return balancedTree(lines, deepest) ?? repairedTree([...lines], grammar, diagnostics);
}
