import { type Duration, microseconds, zero } from '../base/duration.ts';
import { passOver } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import type { SectionContext } from '../config/section-context.ts';
import type { Statement } from '../config/tree.ts';
import { complainOf } from '../config/unread-words.ts';
import type { GarpGroup } from './configuration.ts';

/** The garp_group blocks read so far, and the interfaces that they name. */
export interface GarpGroups {
  readonly groups: GarpGroup[];
  readonly grouped: Set<string>;
}

/** Reads a garp_group; what is wrong with its lines is said as for those of any block. An interface is in the first that names it. */
export function readGarpGroup(statement: Statement, { groups, grouped }: GarpGroups, context: SectionContext): void {
  passOver(statement, context.root, context);
  const lines = statement.block?.statements ?? [];
  const garpInterval = intervalOf('garp_interval', lines);
  const gnaInterval = intervalOf('gna_interval', lines);
  if (garpInterval === undefined && gnaInterval === undefined) return;
  const interfaces: string[] = [];
  for (const line of lines) {
    const [keyword, ...words] = line.words;
    const named = keyword?.text === 'interface' ? [{ line, words: words.slice(0, 1) }] : [];
    const listed = keyword?.text === 'interfaces' ? (line.block?.statements ?? []) : [];
    for (const { line: at, words: names } of [...named, ...listed.map(each => ({ line: each, words: each.words }))]) {
      for (const name of names) {
        if (grouped.has(name.text)) {
          complainOf(at, name, context, `"${shortened(name.text)}" is in a garp_group already`, 'it is passed over');
          continue;
        }
        grouped.add(name.text);
        interfaces.push(name.text);
      }
    }
  }
  if (interfaces.length > 0) {
    groups.push({ interfaces, garpInterval: garpInterval ?? zero, gnaInterval: gnaInterval ?? zero });
  }
}

/** The last that makes sense; undefined: none does. */
function intervalOf(keyword: string, lines: readonly Statement[]): Duration | undefined {
  for (const { words } of [...lines].reverse()) {
    const text = words[1]?.text ?? '';
    if (words[0]?.text !== keyword || !/^\+?\d{0,10}(\.\d{0,6})?$/.test(text) || !/\d/.test(text)) continue;
    const seconds = Number(text);
    if (seconds <= 2_147.483647) return microseconds(Math.round(seconds * 1_000_000));
  }
  return undefined;
}
