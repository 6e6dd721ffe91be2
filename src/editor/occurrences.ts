import { type EditorDocument, type Standing, statementsOf, writtenWord } from './document.ts';
import { type FileRange, type Range, rangeIn, rangeOnLine } from './places.ts';
import type { TextLine } from './text-lines.ts';

/** What has a name that other places refer to. */
export type SymbolKind =
  | 'vrrp_instance'
  | 'vrrp_sync_group'
  | 'vrrp_script'
  | 'vrrp_track_process'
  | 'track_file'
  | 'track_group'
  | 'bfd_instance'
  | 'virtual_server_group'
  | 'definition';

/** A name where it is given or used. */
export interface Occurrence extends FileRange {
  readonly kind: SymbolKind;
  readonly name: string;
  readonly role: 'definition' | 'reference';
}

/** Blocks that give a name; old names of a block are the same kind. */
const namedBlocks: ReadonlyMap<string, SymbolKind> = new Map([
  ['vrrp_instance', 'vrrp_instance'],
  ['vrrp_sync_group', 'vrrp_sync_group'],
  ['vrrp_script', 'vrrp_script'],
  ['vrrp_track_process', 'vrrp_track_process'],
  ['track_file', 'track_file'],
  ['vrrp_track_file', 'track_file'],
  ['track_group', 'track_group'],
  ['bfd_instance', 'bfd_instance'],
  ['virtual_server_group', 'virtual_server_group'],
]);

/** Blocks of lines that begin with a name. */
export const listsOfNames: ReadonlyMap<string, SymbolKind> = new Map([
  ['track_script', 'vrrp_script'],
  ['track_process', 'vrrp_track_process'],
  ['track_file', 'track_file'],
  ['track_bfd', 'bfd_instance'],
]);

/** All names of a file, in no particular order. */
export function occurrencesIn(document: EditorDocument): readonly Occurrence[] {
  const found: Occurrence[] = [];
  for (const standing of statementsOf(document)) found.push(...namesOf(standing, document.path));
  for (const line of document.lines) found.push(...definitionNames(line, document.path));
  return found;
}

function namesOf({ statement, parents }: Standing, path: string): readonly Occurrence[] {
  const words = statement.words.map(word => word.text);
  const parent = parents.at(-1)?.words[0]?.text;
  const at = (index: number, kind: SymbolKind, role: Occurrence['role']): Occurrence[] => {
    const written = writtenWord(statement, index);
    const word = statement.words[index];
    // A name that is put together by definitions has no one place.
    if (!word || written.includes('$')) return [];
    const inner = /^"[^"]*"$/.test(written) ? { start: word.start + 1, end: word.end - 1 } : word;
    return [{ kind, name: word.text, role, path, range: rangeIn(statement.line, inner) }];
  };
  if (parents.length === 0) {
    const kind = statement.block ? namedBlocks.get(words[0] ?? '') : undefined;
    if (kind) return at(1, kind, 'definition');
    return words[0] === 'virtual_server' && words[1] === 'group' ? at(2, 'virtual_server_group', 'reference') : [];
  }
  if (parent === 'group') return statement.words.flatMap((_, index) => at(index, 'vrrp_instance', 'reference'));
  if (parent === 'FILE_CHECK' && words[0] === 'track_file') return at(1, 'track_file', 'reference');
  if (parent === 'BFD_CHECK' && words[0] === 'name') return at(1, 'bfd_instance', 'reference');
  if (parent?.startsWith('static_')) {
    const index = words.indexOf('track_group');
    return index < 0 ? [] : at(index + 1, 'track_group', 'reference');
  }
  const kind = parents.length > 1 ? listsOfNames.get(parent ?? '') : undefined;
  return kind ? at(0, kind, 'reference') : [];
}

const reference = /\$(?:\{([A-Za-z0-9_]+)[^}]*\}|([A-Za-z0-9_]+))/g;

/** `$NAME=` and where `$NAME` or `${NAME}` stand. */
function definitionNames(line: TextLine, path: string): readonly Occurrence[] {
  if (line.kind === 'blank') return [];
  const found: Occurrence[] = [];
  const add = (name: string, role: Occurrence['role'], start: number): void => {
    const range: Range = rangeOnLine(line.index, start, start + name.length);
    found.push({ kind: 'definition', name, role, path, range });
  };
  const body = line.text.slice(line.body, line.end);
  const given = line.kind === 'definition' ? /^\$([A-Za-z0-9_]+)=/.exec(body)?.[1] : undefined;
  if (given !== undefined) add(given, 'definition', line.body + 1);
  // Names of a repetition mean something on their own line only.
  const own = new Set<string>();
  for (const [, inner] of body.matchAll(/~(?:SEQx?|LST)\(\{?([^{})]*)/g)) {
    for (const name of inner!.split(',')) own.add(name.trim());
  }
  for (const match of body.matchAll(reference)) {
    const name = (match[1] ?? match[2])!;
    if (own.has(name) || (given !== undefined && match.index === 0)) continue;
    add(name, 'reference', line.body + match.index + (match[1] === undefined ? 1 : 2));
  }
  return found;
}
