import type { Reader } from '../config/interpret.ts';
import type { SectionContext } from '../config/section-context.ts';
import type { Statement } from '../config/tree.ts';
import { boolean } from '../config/values.ts';
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

/** The bfd_instance blocks by name. */
export function bfdInstances(statements: readonly Statement[]): ReadonlyMap<string, Statement> {
  const instances = new Map<string, Statement>();
  for (const statement of statements) {
    const name = statement.words[1]?.text;
    if (statement.words[0]?.text === 'bfd_instance' && name !== undefined) instances.set(name, statement);
  }
  return instances;
}
