import type { Statement } from '../config/tree.ts';
import type { ScriptResolution } from './script-resolution.ts';

const fifoKeyword = /^(vrrp_|lvs_)?notify_fifo(_script)?$/;

/**
 * What keepalived makes of notification FIFOs and of those who read them. It settles who owns a FIFO as soon as it comes
 * to its line, so that a script_user further down is too late; a reader counts as a script of the process that writes.
 */
export function checkFifos(
  globalStatements: readonly Statement[],
  scripts: ScriptResolution,
  runs: { readonly vrrp: boolean; readonly services: boolean },
): void {
  let secure = false;
  let hasUser = false;
  for (const statement of globalStatements) {
    const keyword = statement.words[0]?.text ?? '';
    if (keyword === 'enable_script_security') secure = true;
    else if (keyword === 'script_user') hasUser = true;
    const [, prefix, isScript] = fifoKeyword.exec(keyword) ?? [undefined];
    if (!fifoKeyword.test(keyword) || statement.words.length < 2) continue;
    if (secure && !hasUser && statement.words.length === 2) scripts.reportNobody(statement);
    if (isScript === undefined) continue;
    if (runs.vrrp && prefix !== 'lvs_') scripts.resolve(statement, 'notified', undefined);
    else if (runs.services && prefix !== 'vrrp_') scripts.resolve(statement, 'served', undefined);
  }
}
