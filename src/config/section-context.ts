import type { RunnableScript } from '../ports/script.ts';
import type { DiagnosticCode } from './diagnostic-codes.ts';
import type { ReadingContext } from './reading-context.ts';
import type { Located } from './source.ts';
import { located, type Statement } from './tree.ts';
import type { Word } from './words.ts';

/** Who runs a script: a virtual router tracks it or tells it, a checker or a service, or the parent. */
export type ScriptUse = 'tracked' | 'notified' | 'checked' | 'served' | 'lifecycle';

/** Makes runnable scripts of configured command lines, with all checks, once the global settings are known. */
export interface ScriptResolver {
  /**
   * `statement` is the whole keyword line. Scripts that are tracked by virtual routers or check real servers have their
   * user in a keyword of its own, `user`; the others name user and group after the command.
   */
  resolve(statement: Statement, use: ScriptUse, user: Statement | undefined): RunnableScript | undefined;
}

/** What reading the sections of a feature needs. */
export interface SectionContext extends ReadingContext {
  readonly scripts: ScriptResolver;
}

/** keepalived complains about it, and so do we. */
export function complain(
  context: ReadingContext,
  where: Located,
  code: DiagnosticCode,
  message: string,
  hint?: string,
  refuses = false,
): void {
  context.diagnostics.report(where, {
    code,
    severity: refuses ? 'error' : 'warning',
    message,
    hint,
    keepalivedClass: 'other',
    refuses,
  });
}

/** keepalived says nothing about it. */
export function advise(
  context: ReadingContext,
  where: Located,
  code: DiagnosticCode,
  message: string,
  hint?: string,
): void {
  context.diagnostics.report(where, { code, severity: 'advice', message, hint, keepalivedClass: 'ignores' });
}

/** Longest name of an interface that the kernel takes: IFNAMSIZ less its terminator. */
export const longestInterfaceName = 15;

/** What is wrong with a name that no interface can have, as it is too long. */
function tooLongName(name: string): string | undefined {
  const { length } = name;
  return length > longestInterfaceName
    ? `no interface is called "${name}": ${length} characters, and ${longestInterfaceName} fit`
    : undefined;
}

/** The same for the one that a virtual router runs on. keepalived does not even look for one whose name is too long. */
export function checkOwnInterface(statement: Statement, word: Word, context: ReadingContext): void {
  const tooLong = tooLongName(word.text);
  if (tooLong === undefined) checkInterface(statement, word, context);
  else complain(context, located(statement, word), 'bad-value', tooLong, undefined, true);
}

/** Whether the interface may be used; reported if it does not exist. A start on a wrong name helps nobody. */
export function checkInterface(statement: Statement, word: Word, context: ReadingContext): boolean {
  if (!context.interfaceNames || context.interfaceNames.has(word.text)) return true;
  if (context.dynamicInterfaces) {
    const message = tooLongName(word.text);
    if (message !== undefined) advise(context, located(statement, word), 'bad-value', message);
    return true;
  }
  complain(
    context,
    located(statement, word),
    'no-such-interface',
    `interface "${word.text}" does not exist`,
    'start is refused, as keepalived does; dynamic_interfaces in global_defs waits for it',
    true,
  );
  return false;
}
