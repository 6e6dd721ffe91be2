import type { BlockGrammar } from '../config/grammar.ts';
import { rowOf, wordAt } from './context.ts';
import type { EditorDocument } from './document.ts';
import { keywordMarkdown } from './documentation.ts';
import { occurrenceAt, referencesTo } from './navigation.ts';
import type { Occurrence } from './occurrences.ts';
import type { Place, Range } from './places.ts';
import type { Project } from './project.ts';

export interface Hover {
  readonly markdown: string;
  readonly range: Range;
}

/** What there is to say about the word at a place. */
export function hoverAt(
  project: Project,
  document: EditorDocument,
  place: Place,
  root: BlockGrammar,
): Hover | undefined {
  const occurrence = occurrenceAt(project, document.path, place);
  if (occurrence) return { markdown: nameMarkdown(project, occurrence), range: occurrence.range };
  const word = wordAt(document, place);
  const known = word && rowOf(word, root);
  return word && known && { markdown: keywordMarkdown(known.row, known.grammar), range: word.range };
}

/** A block as long as this is not shown whole. */
const mostLines = 12;

function nameMarkdown(project: Project, occurrence: Occurrence): string {
  const { kind, name } = occurrence;
  const all = referencesTo(project, occurrence);
  const definitions = all.filter(({ role }) => role === 'definition');
  const uses = all.length - definitions.length;
  const title = kind === 'definition' ? `\`$${name}\`` : `${kind} \`${name}\``;
  if (definitions.length === 0) return `${title} is defined nowhere in this configuration.`;
  const parts = [`${title}, used ${uses === 1 ? 'once' : `${uses} times`}`];
  for (const { path, range } of definitions) {
    parts.push(
      `${path}:${range.start.line + 1}`,
      `\`\`\`keepalived\n${excerpt(project, path, range.start.line)}\n\`\`\``,
    );
  }
  return parts.join('\n\n');
}

/** A definition's lines: to the line that closes what its first line opens, or as long as backslashes go on. */
function excerpt(project: Project, path: string, first: number): string {
  const lines = project.documents.find(document => document.path === path)?.lines ?? [];
  const shown: string[] = [];
  let depth = 0;
  for (let index = first; index < lines.length; index++) {
    const { text, content } = lines[index]!;
    if (shown.length === mostLines) return [...shown, '...'].join('\n');
    shown.push(text);
    if (lines[index]!.kind === 'definition' || lines[index]!.kind === 'definition-body') {
      if (!content.endsWith('\\')) break;
      continue;
    }
    const bare = content.replace(/"[^"]*"|\$\{[^}]*\}/g, '');
    depth += bare.split('{').length - bare.split('}').length;
    const opensLater = index === first && depth === 0 && lines[index + 1]?.content.startsWith('{');
    if (depth <= 0 && !opensLater) break;
  }
  return shown.join('\n');
}
