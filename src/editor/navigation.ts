import type { BlockGrammar } from '../config/grammar.ts';
import { scriptArguments } from '../config/script-words.ts';
import type { SourceFiles } from '../config/source-files.ts';
import { wordAt } from './context.ts';
import type { EditorDocument } from './document.ts';
import { scriptKeywords } from './format.ts';
import type { Occurrence } from './occurrences.ts';
import { contains, type FileRange, type Place, type Range, rangeOnLine } from './places.ts';
import { filesIncludedBy, type Project } from './project.ts';

/** The name at a place. */
export function occurrenceAt({ occurrences }: Project, path: string, place: Place): Occurrence | undefined {
  return occurrences.find(occurrence => occurrence.path === path && contains(occurrence.range, place));
}

const beginning: Range = rangeOnLine(0, 0, 0);

/** Where the thing at a place is defined: names, included files, and the files of scripts. */
export function definitionsAt(
  project: Project,
  document: EditorDocument,
  place: Place,
  files: SourceFiles,
  root: BlockGrammar,
): readonly FileRange[] {
  const occurrence = occurrenceAt(project, document.path, place);
  if (occurrence) return referencesTo(project, occurrence).filter(({ role }) => role === 'definition');
  const line = document.lines[place.line];
  if (line?.kind === 'include') {
    return filesIncludedBy(line, document.path, files).map(path => ({ path, range: beginning }));
  }
  const script = scriptAt(document, place, root);
  return script !== undefined && files.status(script)?.kind === 'file' ? [{ path: script, range: beginning }] : [];
}

/** The absolute path of the program that a script keyword at a place runs. */
function scriptAt(document: EditorDocument, place: Place, root: BlockGrammar): string | undefined {
  const word = wordAt(document, place);
  if (!word || word.index === 0) return undefined;
  const { statement } = word;
  if (!scriptKeywords(root).has(statement.words[0]!.text)) return undefined;
  const { source, offset } = statement.line;
  const { command } = scriptArguments(source.text.slice(offset + statement.words[1]!.start, offset + statement.end));
  const path = /^\/\S+/.exec(command)?.[0];
  return path?.includes('$') ? undefined : path;
}

/** All places of the same name, definitions first. */
export function referencesTo({ occurrences }: Project, { kind, name }: Occurrence): readonly Occurrence[] {
  const same = occurrences.filter(occurrence => occurrence.kind === kind && occurrence.name === name);
  const isReference = (occurrence: Occurrence): number => (occurrence.role === 'reference' ? 1 : 0);
  return [...same].sort((left, right) => isReference(left) - isReference(right));
}

export type Renaming =
  | { readonly ok: true; readonly places: readonly FileRange[] }
  | { readonly ok: false; readonly reason: string };

/** The places to write a new name to. Refused where the new name would mean something else. */
export function renamingAt(project: Project, path: string, place: Place, newName: string): Renaming {
  const occurrence = occurrenceAt(project, path, place);
  if (!occurrence) return { ok: false, reason: 'there is no name here that is defined in this configuration' };
  const { kind, name } = occurrence;
  const isDefinition = kind === 'definition';
  if (isDefinition ? !/^[A-Za-z0-9_]+$/.test(newName) : !/^[^\s"'{}#!$@~\\]+$/.test(newName)) {
    const rule = isDefinition ? 'letters, digits and _' : 'no blanks, quotes, braces or marks of the language';
    return { ok: false, reason: `"${newName}" cannot be a name here: ${rule}` };
  }
  if (isDefinition && name.startsWith('_')) return { ok: false, reason: `$${name} is predefined` };
  const taken = project.occurrences.some(
    other => other.kind === kind && other.name === newName && other.role === 'definition',
  );
  if (taken && newName !== name) return { ok: false, reason: `"${newName}" is defined already` };
  return { ok: true, places: referencesTo(project, occurrence) };
}
