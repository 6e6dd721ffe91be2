import type { DefinedNames } from '../config/reading-context.ts';
import type { Statement } from '../config/tree.ts';

/** The track_group blocks, for others to refer to. */
export function definedNames(statements: readonly Statement[]): DefinedNames {
  const trackGroups = new Set<string>();
  const again = new Set<Statement>();
  for (const statement of statements) {
    const [keyword, name] = statement.words;
    if (keyword?.text !== 'track_group' || !name) continue;
    if (trackGroups.has(name.text)) again.add(statement);
    trackGroups.add(name.text);
  }
  return { trackGroups, again };
}
