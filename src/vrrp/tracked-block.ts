import type { BlockGrammar } from '../config/grammar.ts';
import { type Readers, readBlock } from '../config/interpret.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';

/** Reads a block that defines something to track, `KEYWORD NAME {`; undefined if it has no name of its own. */
export function readTrackedBlock<Draft>(
  statement: Statement,
  known: ReadonlyMap<string, Draft>,
  grammar: BlockGrammar,
  readers: Readers<Draft, SectionContext>,
  begin: (statement: Statement, name: string) => Draft,
  context: SectionContext,
): Draft | undefined {
  const keyword = statement.words[0]!.text;
  const name = statement.words[1]?.text;
  if (name === undefined || !statement.block) {
    complain(context, located(statement), 'missing-name', `${keyword} needs a name`, 'the block is passed over');
    return undefined;
  }
  const draft = begin(statement, name);
  // As keepalived, which first reads all of it.
  readBlock(statement.block.statements, grammar, readers, draft, context);
  if (!known.has(name)) return draft;
  advise(context, located(statement), 'duplicate-name', `${keyword} "${name}" is defined already`, 'the first stands');
  return undefined;
}
