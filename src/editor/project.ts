import type { BlockGrammar } from '../config/grammar.ts';
import { includedFiles, lenientIncludes } from '../config/include.ts';
import { directoryOf } from '../config/reader.ts';
import type { SourceFiles } from '../config/source-files.ts';
import { documentOf, type EditorDocument } from './document.ts';
import { type Occurrence, occurrencesIn } from './occurrences.ts';
import type { TextLine } from './text-lines.ts';

/** A configuration with all that it includes. */
export interface Project {
  /** The main file first. */
  readonly documents: readonly EditorDocument[];
  readonly occurrences: readonly Occurrence[];
}

/** A directory with more is no configuration. */
const mostFiles = 1_000;

/** Reads a file and what it includes; what cannot be read is left out. */
export function projectOf(path: string, files: SourceFiles, grammar: BlockGrammar): Project {
  const documents = new Map<string, EditorDocument>();
  const waiting = [path];
  for (let next = waiting.shift(); next !== undefined && documents.size < mostFiles; next = waiting.shift()) {
    if (documents.has(next)) continue;
    const text = files.readFile(next);
    if (!text.ok) continue;
    const document = documentOf(next, text.value, grammar);
    documents.set(next, document);
    for (const line of document.lines) waiting.push(...filesIncludedBy(line, next, files));
  }
  const all = [...documents.values()];
  return { documents: all, occurrences: all.flatMap(occurrencesIn) };
}

/** The files that an include names; none for other lines. */
export function filesIncludedBy(line: TextLine, path: string, files: SourceFiles): readonly string[] {
  if (line.kind !== 'include') return [];
  const pattern = includePattern(line);
  return pattern === '' ? [] : includedFiles(pattern, directoryOf(path), lenientIncludes, files).files;
}

function includePattern(line: TextLine): string {
  return line.text
    .slice(line.body, line.end)
    .replace(/^include[a-z]?\s*/, '')
    .replace(/^"(.*)"$/, '$1');
}
