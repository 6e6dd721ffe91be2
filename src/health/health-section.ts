import type { Reader } from '../config/interpret.ts';
import type { SectionContext } from '../config/section-context.ts';
import type { Statement } from '../config/tree.ts';
import { boolean } from '../config/values.ts';
import type { TrackedFile } from './check-target.ts';
import { readSsl, type SslDraft } from './ssl-section.ts';

/** What stands outside virtual servers and concerns their checkers. Undefined: not said. */
export interface HealthDraft {
  logAllFailures: boolean;
  heloName: string | undefined;
  ssl: SslDraft | undefined;
}

export function emptyHealthDraft(): HealthDraft {
  return { logAllFailures: false, heloName: undefined, ssl: undefined };
}

type HealthReader = Reader<{ readonly health: HealthDraft }, SectionContext>;

/** global_defs keywords of this feature. */
export const healthGlobalReaders: Readonly<Record<string, HealthReader>> = {
  checker_log_all_failures: (statement, { health }, context) => {
    health.logAllFailures = boolean(statement, context) ?? health.logAllFailures;
  },
  smtp_helo_name: (statement, { health }) => {
    health.heloName = statement.words[1]!.text;
  },
};

/** Keywords outside all blocks that belong to this feature. */
export const healthRootReaders: Readonly<Record<string, HealthReader>> = {
  SSL: (statement, { health }, context) => {
    health.ssl = readSsl(statement, health.ssl, context);
  },
};

/** The track_file blocks by name, as far as FILE_CHECK needs them; the first of a name counts. */
export function trackedFiles(statements: readonly Statement[]): ReadonlyMap<string, TrackedFile> {
  const files = new Map<string, TrackedFile>();
  for (const statement of statements) {
    const keyword = statement.words[0]?.text;
    if (keyword !== 'track_file' && keyword !== 'vrrp_track_file') continue;
    const name = statement.words[1]?.text;
    const lines = statement.block?.statements ?? [];
    const of = (wanted: string) => lines.findLast(({ words }) => words[0]?.text === wanted)?.words;
    const path = of('file')?.[1]?.text;
    if (name === undefined || path === undefined || files.has(name)) continue;
    const weight = of('weight');
    const number = Number(weight?.[1]?.text ?? '1');
    files.set(name, {
      statement,
      path,
      weight: Number.isSafeInteger(number) ? number : 1,
      reverse: weight?.[2]?.text === 'reverse',
    });
  }
  return files;
}

/** The bfd_instance blocks by name. */
export function bfdInstances(statements: readonly Statement[]): ReadonlyMap<string, Statement> {
  const instances = new Map<string, Statement>();
  for (const statement of statements) {
    const name = statement.words[1]?.text;
    if (statement.words[0]?.text === 'bfd_instance' && name !== undefined) instances.set(name, statement);
  }
  return instances;
}
