import { memoryFiles } from '../config/memory-files.testkit.ts';
import type { SourceFiles } from '../config/source-files.ts';
import { rootGrammar } from '../engine/keywords.ts';
import type { EditorDocument } from './document.ts';
import type { Place, Range } from './places.ts';
import { type Project, projectOf } from './project.ts';

/** A file in an editor, with the cursor where the text has `|`. */
export interface Desk {
  readonly path: string;
  readonly text: string;
  readonly place: Place;
  readonly project: Project;
  readonly document: EditorDocument;
  readonly files: SourceFiles;
}

export const path = '/etc/k.conf';

export function desk(marked: string, others: Readonly<Record<string, string>> = {}): Desk {
  const at = marked.indexOf('|');
  const before = at < 0 ? marked : marked.slice(0, at);
  const text = at < 0 ? marked : before + marked.slice(at + 1);
  const lines = before.split('\n');
  const files = memoryFiles({ ...others, [path]: text });
  const project = projectOf(path, files, rootGrammar);
  const place = { line: lines.length - 1, character: lines.at(-1)!.length };
  return { path, text, place, project, document: project.documents[0]!, files };
}

/** What a text has at a range. */
export function textAt(text: string, { start, end }: Range): string {
  const lines = text.split('\n').slice(start.line, end.line + 1);
  lines[lines.length - 1] = lines.at(-1)!.slice(0, end.character);
  lines[0] = lines[0]!.slice(start.character);
  return lines.join('\n');
}
