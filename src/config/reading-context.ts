import type { Diagnostics, Finding } from './diagnostic.ts';
import type { BlockGrammar, Topic } from './grammar.ts';
import type { Located } from './source.ts';
import type { Statement } from './tree.ts';

/** What reading a block needs besides the block. */
export interface ReadingContext {
  readonly diagnostics: Diagnostics;
  /** The whole language, to tell where a misplaced keyword belongs. */
  readonly root: BlockGrammar;
  /** Harmless keywords that are not built yet, by topic; reported together at the end. */
  readonly unbuilt: Map<string, Unbuilt>;
  /** What tables cannot say of values that nothing reads yet. */
  readonly checks: ValueChecks;
  /** Keywords that may be given once, as far as they were, by what they are for. */
  readonly given: Map<unknown, Set<string>>;
  readonly defined: () => DefinedNames;
  /** The number that the machine gives a name, such as that of a routing table. */
  readonly numberOf: (
    kind: 'table' | 'protocol' | 'scope' | 'realm' | 'dsfield' | 'group' | 'ipproto',
    name: string,
  ) => number | undefined;
  /** Interfaces that exist; undefined where nobody can tell. */
  readonly interfaceNames: ReadonlySet<string> | undefined;
  /** Of this machine; undefined where nobody can tell. */
  readonly processors: number | undefined;
  /** dynamic_interfaces: interfaces may appear later. */
  dynamicInterfaces: boolean;
}

/** What the whole configuration defines that other lines may name. */
export interface DefinedNames {
  readonly trackGroups: ReadonlySet<string>;
  /** Blocks whose name an earlier one of their kind has. */
  readonly again: ReadonlySet<Statement>;
}

/** Looks at a statement and reports what is wrong with it. */
export type ValueCheck = (statement: Statement, context: ReadingContext) => void;

/** Checks of what no reader looks into. */
export interface ValueChecks {
  /** By the block's path and the keyword, `global_defs.smtp_server`. */
  readonly keywords: ReadonlyMap<string, ValueCheck>;
  /** By the path of a block of lines: what each line must be. */
  readonly lines: ReadonlyMap<string, ValueCheck>;
  /** By the path of a block: what it must have as a whole; given the statement that opens it. */
  readonly blocks: ReadonlyMap<string, ValueCheck>;
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
