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

/** Whether the interface may be used; reported if it does not exist. A start on a wrong name helps nobody. */
export function checkInterface(statement: Statement, word: Word, context: ReadingContext): boolean {
  if (!context.interfaceNames || context.interfaceNames.has(word.text)) return true;
  if (context.dynamicInterfaces) return true;
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
