import type { Reader } from '../config/interpret.ts';
import type { SectionContext } from '../config/section-context.ts';
import type { Statement } from '../config/tree.ts';
import type { Fifo } from '../ports/fifo.ts';
import type { RunnableScript } from '../ports/script.ts';
import type { ScriptResolution } from './script-resolution.ts';

const fifoKeyword = /^(vrrp_|lvs_)?notify_fifo(_script)?$/;

/** What completeFifos reads, once it is known which processes run. */
const later: Reader<unknown, SectionContext> = () => {};

/** global_defs keywords of notification FIFOs. */
export const fifoGlobalReaders: Readonly<Record<string, Reader<unknown, SectionContext>>> = {
  notify_fifo: later,
  notify_fifo_script: later,
  vrrp_notify_fifo: later,
  vrrp_notify_fifo_script: later,
  lvs_notify_fifo: later,
  lvs_notify_fifo_script: later,
};

/** The FIFOs that each part writes to, the common one first. */
export interface CompletedFifos {
  readonly vrrp: readonly Fifo[];
  readonly services: readonly Fifo[];
}

type Kind = 'common' | 'vrrp_' | 'lvs_';

/**
 * keepalived settles who owns a FIFO as soon as it comes to its line, so that a script_user further down is too late; a
 * reader counts as a script of the process that writes. The common FIFO's reader is started by one process only.
 */
export function completeFifos(
  globalStatements: readonly Statement[],
  scripts: ScriptResolution,
  runs: { readonly vrrp: boolean; readonly services: boolean },
): CompletedFifos {
  const written = new Map<Kind, Statement>();
  const readers = new Map<Kind, RunnableScript | undefined>();
  let secure = false;
  let hasUser = false;
  for (const statement of globalStatements) {
    const keyword = statement.words[0]?.text ?? '';
    if (keyword === 'enable_script_security') secure = true;
    else if (keyword === 'script_user') hasUser = true;
    const match = fifoKeyword.exec(keyword);
    if (!match || statement.words.length < 2) continue;
    const [, prefix, isScript] = match;
    if (secure && !hasUser && statement.words.length === 2) scripts.reportNobody(statement);
    const kind = (prefix ?? 'common') as Kind;
    // The first of each keyword stands.
    if (isScript === undefined) written.set(kind, written.get(kind) ?? statement);
    else if (runs.vrrp && kind !== 'lvs_') addReader(readers, kind, scripts.resolve(statement, 'notified', undefined));
    else if (runs.services && kind !== 'vrrp_') {
      addReader(readers, kind, scripts.resolve(statement, 'served', undefined));
    }
  }
  const fifo = (kind: Kind, withReader: boolean): Fifo[] => {
    const statement = written.get(kind);
    if (!statement) return [];
    const owner = scripts.ownerOf(statement);
    return [{ path: statement.words[1]!.text, owner, reader: withReader ? readers.get(kind) : undefined }];
  };
  return {
    vrrp: runs.vrrp ? [...fifo('common', true), ...fifo('vrrp_', true)] : [],
    services: runs.services ? [...fifo('common', !runs.vrrp), ...fifo('lvs_', true)] : [],
  };
}

function addReader(
  readers: Map<Kind, RunnableScript | undefined>,
  kind: Kind,
  script: RunnableScript | undefined,
): void {
  if (!readers.has(kind)) readers.set(kind, script);
}
