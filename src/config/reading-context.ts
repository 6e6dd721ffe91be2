import type { Diagnostics, Finding } from './diagnostic.ts';
import type { BlockGrammar, Topic } from './grammar.ts';
import type { Located } from './source.ts';

/** What reading a block needs besides the block. */
export interface ReadingContext {
  readonly diagnostics: Diagnostics;
  /** The whole language, to tell where a misplaced keyword belongs. */
  readonly root: BlockGrammar;
  /** Harmless keywords that are not built yet, by topic; reported together at the end. */
  readonly unbuilt: Map<string, Unbuilt>;
}

/** Keywords of one topic that have no effect yet. */
export interface Unbuilt {
  readonly first: Located;
  readonly topic: Topic;
  readonly keywords: Set<string>;
  /** What the first would do. */
  readonly note: string;
}

export function report(context: ReadingContext, where: Located, finding: Finding): void {
  context.diagnostics.report(where, finding);
}

/** Long enough to recognise a word by. */
export function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
