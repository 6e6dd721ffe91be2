import { extentOf } from '../config/comment.ts';
import type { Entry, Origin } from './effective.ts';
import { piecesOfText } from './text-lines.ts';

/** The effective configuration as a configuration: what is not in force stands in comments. */
export function effectiveText(
  entries: readonly Entry[],
  { implied }: { readonly implied: boolean } = { implied: true },
): string {
  const lines: string[] = [];
  const shown = implied ? entries : entries.flatMap(withoutImplied);
  shown.forEach((entry, index) => {
    const before = shown[index - 1];
    if (before && (entry.entries || before.entries)) lines.push('');
    write(entry, '', false, lines);
  });
  return `${lines.join('\n')}\n`;
}

function withoutImplied(entry: Entry): readonly Entry[] {
  if (entry.standing === 'implied') return [];
  return [{ ...entry, entries: entry.entries?.flatMap(withoutImplied) }];
}

const longestAligned = 40;

/** `around`: keepalived is not to see the block around it. */
function write(entry: Entry, blanks: string, around: boolean, lines: string[]): void {
  const source = sourceOf(entry);
  const ownOnly = around || (entry.origin.type === 'written' && entry.origin.ownOnly === true);
  const indentation = ownOnly ? `${blanks}@holdfast ` : blanks;
  if (entry.standing === 'not-used') lines.push(noted(`${blanks}# not used: ${entry.text}`, source));
  else if (entry.standing === 'implied') lines.push(noted(`${blanks}# ${entry.text}`, source));
  else if (!entry.entries) lines.push(...explained(`${indentation}${entry.text}`, source));
  else {
    // A quote that is not closed would take in the brace, and keepalived takes an escaped one for such.
    if (piecesOfText(entry.text).openQuote === undefined && !entry.text.includes('\\"')) {
      lines.push(...explained(`${indentation}${entry.text} {`, source));
    } else lines.push(...explained(`${indentation}${entry.text}`, source), `${indentation}{`);
    for (const inner of entry.entries) write(inner, `${blanks}    `, ownOnly, lines);
    lines.push(`${indentation}}`);
  }
}

/** After a quote that is not closed there is no room for a comment. */
function explained(line: string, source: string): readonly string[] {
  const text = noted(line, `# ${source}`);
  return extentOf(text).end === line.length ? [text] : [`# ${oneLine(source)}`, line];
}

function noted(text: string, source: string): string {
  return `${text.padEnd(longestAligned)} ${oneLine(source)}`;
}

function sourceOf({ origin, remark, standing }: Entry): string {
  const notes = [placeOf(origin)];
  if (standing === 'not-built') notes.push('no effect yet');
  if (remark !== undefined) notes.push(remark);
  const text = notes.join('; ');
  return standing === 'implied' || standing === 'not-used' ? `(${text})` : text;
}

function placeOf(origin: Origin): string {
  switch (origin.type) {
    case 'written':
      return `${origin.file}:${origin.line}`;
    case 'inherited':
      return `${origin.keyword}, ${origin.file}:${origin.line}`;
    case 'default':
      return 'default';
  }
}

/** A remark quotes what somebody wrote. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]/g, ' ');
}

/** The same as plain data. */
export function effectiveJson(entries: readonly Entry[]): unknown {
  return entries.map(jsonOf);
}

function jsonOf(entry: Entry): unknown {
  const { keyword, text, origin, standing, remark, entries } = entry;
  return {
    keyword,
    text,
    standing,
    from: origin.type === 'default' ? 'default' : origin,
    ...(remark !== undefined && { remark }),
    ...(entries && { block: entries.map(jsonOf) }),
  };
}
