import type { Diagnostic } from '../config/diagnostic.ts';
import type { BlockGrammar } from '../config/grammar.ts';
import type { SourceFiles } from '../config/source-files.ts';
import { withTexts } from './overlay.ts';
import { piecesOfText, type TextLine, textLinesOf } from './text-lines.ts';
import { conditionWorlds, type Depth, depthsOf, isMeantFor, readWorld, type World } from './worlds.ts';

export type Formatting =
  | { readonly ok: true; readonly text: string }
  /** The braces do not balance: where a line belongs is a guess, and a formatter must not guess. */
  | {
      readonly ok: false;
      readonly diagnostics: readonly Diagnostic[];
      /** Whose reading it is, if the file reads differently to different hosts. */
      readonly host: string | undefined;
    };

export interface FormattingOptions {
  /** What one level of blocks is set in by. */
  readonly indentation: string;
}

const usualFormatting: FormattingOptions = { indentation: '    ' };

/** keepalived cuts longer lines; in UTF-16 units, so that as many bytes are never exceeded. */
const longestJoined = 300;

/**
 * Sets lines in by their depth, one blank between words, an opening brace at the end of its keyword's line, and no more
 * than one empty line in a row. Comments, includes, conditions, definitions and repetitions keep their words and their
 * order; what a line means to any host stays the same.
 */
export function formatConfiguration(
  path: string,
  text: string,
  files: SourceFiles,
  grammar: BlockGrammar,
  options: FormattingOptions = usualFormatting,
): Formatting {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  const lines = textLinesOf(source);
  const overlay = withTexts(files, new Map([[path, source]]));
  const worlds: World[] = [];
  for (const ids of conditionWorlds(lines)) {
    const world = readWorld(path, overlay, ids, grammar);
    if (world) worlds.push(world);
  }
  const broken = worlds.find(world => world.braceDiagnostics.length > 0 && isMeantFor(world.conditionIds, lines));
  if (broken) return { ok: false, diagnostics: broken.braceDiagnostics, host: broken.conditionIds[0] };
  // For others than the hosts that it names, a file need not make sense.
  const balanced = worlds.filter(world => world.braceDiagnostics.length === 0);
  const depths = balanced.map(world => depthsOf(world, path));
  const scripts = scriptKeywords(grammar);
  return { ok: true, text: laidOut(lines, depths, scripts, options) };
}

function laidOut(
  lines: readonly TextLine[],
  depths: readonly ReadonlyMap<number, Depth>[],
  scripts: ReadonlySet<string>,
  { indentation }: FormattingOptions,
): string {
  const output: string[] = [];
  const joined = braceJoins(lines);
  /** By the first host that the line means something to. */
  const depthAt = (index: number): Depth | undefined => depths.find(known => known.has(index))?.get(index);
  let current = 0;
  /** Depth inside the definition that is being written down; its braces count only where it is used. */
  let bodyDepth = 0;
  let blankPending = false;

  for (const line of lines) {
    if (joined.has(line.index)) continue;
    if (line.kind === 'kept') {
      if (blankPending && output.length > 0) output.push('');
      blankPending = false;
      output.push(line.text);
      current = depthAt(line.index)?.after ?? current;
      continue;
    }
    if (line.kind === 'blank' && line.comment === '') {
      blankPending = true;
      continue;
    }
    const brace = lines[line.index + joinDistance(lines, joined, line.index)];
    let own = current;
    if (line.kind === 'definition-body') {
      const { leading, change } = bracesOf(line.content);
      own = current + 1 + Math.max(0, bodyDepth - leading);
      bodyDepth = Math.max(0, bodyDepth + change);
    } else if (line.kind !== 'blank') {
      bodyDepth = 0;
      const depth = depthAt(line.index);
      if (depth) {
        own = depth.own;
        current = depth.after;
      }
    }
    let text = contentOf(line, scripts);
    let { comment } = line;
    if (brace && brace !== line) {
      text += ` ${contentOf(brace, scripts)}`;
      comment = brace.comment;
      current = depthAt(brace.index)?.after ?? current;
    }
    const whole = text === '' ? comment : comment === '' ? text : `${text} ${comment}`;
    const previous = output.at(-1);
    if (blankPending && previous !== undefined && !opensBlock(previous) && !text.startsWith('}')) output.push('');
    blankPending = false;
    // Braces that close several blocks at once go one to a line.
    const closing = /^\}(?: \})+$/.test(text) ? (text.length - 1) / 2 : 0;
    for (let level = closing; level > 0; level--) output.push(`${indentation.repeat(Math.max(0, own + level))}}`);
    output.push(`${indentation.repeat(Math.max(0, own))}${closing > 0 ? whole.slice(2 * closing) : whole}`);
  }
  return output.length === 0 ? '' : `${output.join('\n')}\n`;
}

/** A line that a blank line need not follow. */
function opensBlock(line: string): boolean {
  return /\{$/.test(line) && !/^\s*[#!]/.test(line);
}

/** How far ahead the brace stands that moves to the end of the line; 0 for none. */
function joinDistance(lines: readonly TextLine[], joined: ReadonlySet<number>, index: number): number {
  for (let next = index + 1; next < lines.length; next++) {
    if (joined.has(next)) return next - index;
    if (lines[next]!.kind !== 'blank' || lines[next]!.comment !== '') return 0;
  }
  return 0;
}

/** Lines with an opening brace that may move up to the keyword that it belongs to. */
function braceJoins(lines: readonly TextLine[]): ReadonlySet<number> {
  const joins = new Set<number>();
  let keyword: TextLine | undefined;
  for (const line of lines) {
    if (line.kind === 'blank' && line.comment === '') continue;
    const bare = line.kind === 'plain' && line.conditions.length === 0 && !mustKeepBlanks(line.content);
    const length = (keyword?.content.length ?? 0) + line.content.length + line.comment.length;
    if (keyword && bare && line.content.startsWith('{') && length < longestJoined) {
      joins.add(line.index);
      keyword = undefined;
    } else if (bare && line.comment === '') {
      keyword = /[{}]$/.test(line.content) ? undefined : line;
    } else {
      keyword = undefined;
    }
  }
  return joins;
}

/** References and escapes may mean something else with other blanks; single quotes are read by the script keywords. */
function mustKeepBlanks(text: string): boolean {
  return /[$~\\']/.test(text) || (text.includes('"') && piecesOfText(text).openQuote !== undefined);
}

function contentOf(line: TextLine, scripts: ReadonlySet<string>): string {
  const conditions = line.conditions.map(({ negated, id }) => `@${negated ? '^' : ''}${id}`);
  const body = line.text.slice(line.body, line.end);
  if (line.kind === 'definition-body') return line.content;
  // A quote that is not closed takes in whatever follows, to the last blank.
  if (piecesOfText(body).openQuote !== undefined) return [...conditions, line.text.slice(line.body)].join(' ');
  const kept = line.kind !== 'plain' || mustKeepBlanks(body);
  return [...conditions, ...(body === '' ? [] : [kept ? body : spaced(body, scripts)])].join(' ');
}

function spaced(body: string, scripts: ReadonlySet<string>): string {
  return piecesOfText(body)
    .pieces.map(piece => {
      if (piece.type !== 'words') return piece.type === 'open' ? '{' : '}';
      if (scripts.has(piece.words[0]!.text)) return body.slice(piece.start, piece.end);
      return piece.words.map(word => body.slice(word.start, word.end)).join(' ');
    })
    .join(' ');
}

/** Braces of a definition's line, references left out. */
function bracesOf(text: string): { readonly leading: number; readonly change: number } {
  let leading = 0;
  let change = 0;
  let inside = false;
  for (const piece of piecesOfText(text.replace(/\$\{[^}]*\}/g, '$').replace(/~(?:SEQx?|LST)\([^)]*\)/g, '~')).pieces) {
    if (piece.type === 'open') change++;
    else if (piece.type === 'close') {
      change--;
      if (!inside) leading++;
    }
    inside ||= piece.type !== 'close';
  }
  return { leading, change };
}

const scriptKeywordsOf = new WeakMap<BlockGrammar, ReadonlySet<string>>();

/** Keywords whose arguments are read again as a command line. */
export function scriptKeywords(root: BlockGrammar): ReadonlySet<string> {
  const known = scriptKeywordsOf.get(root);
  if (known) return known;
  const keywords = new Set<string>();
  const queue = [root];
  for (let index = 0; index < queue.length; index++) {
    const grammar = queue[index]!;
    for (const row of grammar.rows.values()) if (/SCRIPT/.test(row.arguments)) keywords.add(row.keyword);
    queue.push(...grammar.blocks.values());
  }
  scriptKeywordsOf.set(root, keywords);
  return keywords;
}
