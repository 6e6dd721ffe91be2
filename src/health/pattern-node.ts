import type { CharacterSet } from './pattern-characters.ts';

export type Assertion =
  /** `\A`, and `^` without multiline. */
  | 'start'
  /** `^` with multiline. */
  | 'line-start'
  /** `\z`. */
  | 'end'
  /** `\Z`, and `$` without multiline: at the end or before a newline that is the last character. */
  | 'last-line-end'
  /** `$` with multiline. */
  | 'line-end'
  | 'word-boundary'
  | 'no-word-boundary';

/** A pattern as a tree. */
export type PatternNode =
  | { readonly type: 'set'; readonly set: CharacterSet }
  | { readonly type: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly type: 'alternatives'; readonly items: readonly PatternNode[] }
  | {
      readonly type: 'repeat';
      readonly node: PatternNode;
      readonly minimum: number;
      /** Infinity without a limit. */
      readonly maximum: number;
      readonly mode: 'greedy' | 'lazy' | 'possessive';
    }
  | { readonly type: 'capture'; readonly index: number; readonly node: PatternNode }
  | { readonly type: 'atomic'; readonly node: PatternNode }
  | { readonly type: 'look'; readonly behind: boolean; readonly negative: boolean; readonly node: PatternNode }
  | { readonly type: 'assertion'; readonly assertion: Assertion; readonly word: CharacterSet | undefined }
  /** The first of these groups that is set. */
  | { readonly type: 'reference'; readonly groups: readonly number[]; readonly caseless: boolean }
  | {
      readonly type: 'conditional';
      /** Any of these groups is set, or the look succeeds; never, for DEFINE. */
      readonly condition: readonly number[] | Extract<PatternNode, { type: 'look' }>;
      readonly yes: PatternNode;
      readonly no: PatternNode;
    };

export const emptyNode: PatternNode = { type: 'sequence', items: [] };

/** Characters that a node matches if their number is always the same; undefined if it is not. */
export function fixedLength(node: PatternNode): number | undefined {
  switch (node.type) {
    case 'set':
      return 1;
    case 'sequence':
      return node.items.reduce<number | undefined>((sum, item) => {
        const length = fixedLength(item);
        return sum === undefined || length === undefined ? undefined : sum + length;
      }, 0);
    case 'alternatives':
      return common(node.items.map(fixedLength));
    case 'repeat': {
      const length = fixedLength(node.node);
      return node.minimum === node.maximum && length !== undefined ? length * node.minimum : undefined;
    }
    case 'capture':
    case 'atomic':
      return fixedLength(node.node);
    case 'look':
    case 'assertion':
      return 0;
    case 'reference':
      return undefined;
    case 'conditional':
      return common([fixedLength(node.yes), fixedLength(node.no)]);
  }
}

function common(lengths: readonly (number | undefined)[]): number | undefined {
  return lengths.every(length => length === lengths[0]) ? lengths[0] : undefined;
}
