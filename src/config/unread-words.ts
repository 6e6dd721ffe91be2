import { type ReadingContext, report, shortened, type ValueCheck } from './reading-context.ts';
import { located, type Statement } from './tree.ts';
import type { Word } from './words.ts';

// What checks of unread values have in common.

/** keepalived complains about it, and so do we. */
export function complainOf(
  statement: Statement,
  word: Word | undefined,
  context: ReadingContext,
  message: string,
  hint?: string,
): void {
  report(context, located(statement, word), {
    code: 'bad-value',
    severity: 'warning',
    message,
    hint,
    keepalivedClass: 'other',
  });
}

/** keepalived ends at once where a word is missing. */
export function requireWord(statement: Statement, index: number, context: ReadingContext): Word | undefined {
  const word = statement.words[index];
  if (word) return word;
  report(context, located(statement, statement.words[index - 1]), {
    code: 'missing-parameter',
    severity: 'error',
    message: `"${statement.words[index - 1]?.text ?? ''}" needs a value`,
    hint: 'keepalived ends at once where it is missing',
    keepalivedClass: 'aborts',
    refuses: true,
  });
  return undefined;
}

/** Whether the interface exists, or may come; `keepalivedClass` is how keepalived ranks one that does not. */
export function checkInterfaceName(
  statement: Statement,
  word: Word,
  context: ReadingContext,
  keepalivedClass: 'other' | 'file' = 'other',
): boolean {
  if (!context.interfaceNames || context.interfaceNames.has(word.text) || context.dynamicInterfaces) return true;
  report(context, located(statement, word), {
    code: 'no-such-interface',
    severity: 'warning',
    message: `interface "${shortened(word.text)}" does not exist`,
    keepalivedClass,
  });
  return false;
}

/** At most so many words after the keyword. */
export function atMostWords(count: number): ValueCheck {
  return (statement, context) => {
    const extra = statement.words[count + 1];
    if (extra) complainOf(statement, extra, context, `"${shortened(extra.text)}" is one word too many`);
  };
}

/** A block of lines has a line; one that is never closed has them elsewhere. */
export const blockHasLines: ValueCheck = (statement, context) => {
  if (statement.block?.statements.some(({ words }) => words.length > 0)) return;
  if (context.diagnostics.isUnclosed(statement.line.source)) return;
  complainOf(statement, statement.words[0], context, `the block "${statement.words[0]!.text}" is empty`);
};

/** No earlier block of its kind has the name. */
export const nameIsNew: ValueCheck = (statement, context) => {
  if (!context.defined().again.has(statement)) return;
  const [keyword, name] = statement.words;
  complainOf(
    statement,
    name,
    context,
    `${keyword!.text} "${shortened(name!.text)}" is defined already`,
    'the first stands',
  );
};
