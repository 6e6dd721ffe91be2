import type { DefinedNames } from '../config/reading-context.ts';
import type { Statement } from '../config/tree.ts';

const kinds: Readonly<Record<string, Exclude<keyof DefinedNames, 'again'>>> = {
  track_file: 'files',
  vrrp_track_file: 'files',
  vrrp_track_process: 'processes',
  bfd_instance: 'bfdInstances',
  track_group: 'trackGroups',
};

/** The names that the outermost blocks define for others to refer to. */
export function definedNames(statements: readonly Statement[]): DefinedNames {
  const names = {
    files: new Set<string>(),
    processes: new Set<string>(),
    bfdInstances: new Set<string>(),
    trackGroups: new Set<string>(),
    again: new Set<Statement>(),
  };
  for (const statement of statements) {
    const keyword = statement.words[0]?.text ?? '';
    const name = statement.words[1]?.text;
    const kind = Object.hasOwn(kinds, keyword) ? kinds[keyword] : undefined;
    if (kind === undefined || name === undefined) continue;
    if (names[kind].has(name)) names.again.add(statement);
    if (kind === 'bfdInstances' && tellsOnlyCheckers(statement)) continue;
    names[kind].add(name);
  }
  return names;
}

function tellsOnlyCheckers(statement: Statement): boolean {
  const keywords = statement.block?.statements.map(({ words }) => words[0]?.text) ?? [];
  return keywords.includes('checker') && !keywords.includes('vrrp');
}
