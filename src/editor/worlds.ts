import { type Diagnostic, Diagnostics } from '../config/diagnostic.ts';
import type { DiagnosticCode } from '../config/diagnostic-codes.ts';
import type { BlockGrammar } from '../config/grammar.ts';
import type { LogicalLines } from '../config/logical-lines.ts';
import { parseTree } from '../config/parse-tree.ts';
import { readLines } from '../config/reader.ts';
import type { SourceFiles } from '../config/source-files.ts';
import type { Statement } from '../config/tree.ts';
import { piecesOf } from '../config/words.ts';
import type { TextLine } from './text-lines.ts';

/** A file as one host reads it: @conditions make it differ between hosts. */
export interface World {
  /** The ids that hold. */
  readonly conditionIds: readonly string[];
  readonly lines: LogicalLines;
  readonly statements: readonly Statement[];
  /** What is wrong with the braces; empty if they balance. */
  readonly braceDiagnostics: readonly Diagnostic[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Whoever mentions more hosts gets the rest of the lines indented by the first ones' reading. */
const mostWorlds = 32;
const ownId = 'holdfast';

const braceCodes: ReadonlySet<string> = new Set<DiagnosticCode>([
  'extra-brace',
  'missing-opening-brace',
  'too-deep',
  'unclosed-block',
  'unexpected-brace',
]);

/** The braces do not balance: where things stand is a guess. */
export function isAboutBraces({ code, refuses }: Diagnostic): boolean {
  // Those of a template, `{{ priority }}`, are the only placeholders that refuse.
  return braceCodes.has(code) || (code === 'unfilled-placeholder' && refuses);
}

/** The ids that may hold together, each host that the file mentions once; first the host that it does not mention. */
export function conditionWorlds(lines: readonly TextLine[]): readonly (readonly string[])[] {
  const ids = mentionedIds(lines);
  const worlds: (readonly string[])[] = [[], ...ids.filter(id => id !== ownId).map(id => [id])];
  // Holdfast's own id holds in addition to the host's.
  if (ids.includes(ownId)) worlds.unshift(...worlds.map(world => [...world, ownId]));
  return worlds.slice(0, mostWorlds);
}

/** Whether a file is meant for a host with these ids: one that it names, or any if it names none. */
export function isMeantFor(ids: readonly string[], lines: readonly TextLine[]): boolean {
  if (ids.some(id => id !== ownId)) return true;
  return !lines.some(line => line.conditions.some(({ negated, id }) => !negated && id !== ownId));
}

function mentionedIds(lines: readonly TextLine[]): readonly string[] {
  return [...new Set(lines.flatMap(line => line.conditions.map(({ id }) => id)))];
}

/** Reads a file as the host with the given ids does; `random` definitions take the same values every time. */
export function readWorld(
  path: string,
  files: SourceFiles,
  conditionIds: readonly string[],
  grammar: BlockGrammar,
): World | undefined {
  const diagnostics = new Diagnostics();
  const options = {
    conditionIds,
    configId: conditionIds[0] ?? '',
    allIncludesStrict: false,
    randomSeed: 1,
  };
  const reading = readLines(path, files, options, diagnostics);
  if (!reading.ok) return undefined;
  const statements = parseTree(reading.lines, grammar, diagnostics);
  const { all } = diagnostics;
  const braceDiagnostics = all.filter(isAboutBraces);
  return { conditionIds, lines: reading.lines, statements, braceDiagnostics, diagnostics: all };
}

/** How deep in blocks a line stands, counting the braces that it closes before anything else as outside. */
export interface Depth {
  readonly own: number;
  readonly after: number;
}

/** By line of the given file, from 0; lines that mean nothing in this world are missing. */
export function depthsOf(world: World, path: string): ReadonlyMap<number, Depth> {
  const depths = new Map<number, Depth>();
  let depth = 0;
  for (const line of world.lines) {
    const before = depth;
    let leading = 0;
    let inside = false;
    for (const piece of piecesOf(line).pieces) {
      if (piece.type === 'open') depth++;
      else if (piece.type === 'close') {
        depth--;
        if (!inside) leading++;
      }
      inside ||= piece.type !== 'close';
    }
    if (line.source.file !== path) continue;
    const index = line.source.number - 1;
    const own = depths.get(index)?.own ?? before - leading;
    depths.set(index, { own, after: depth });
  }
  return depths;
}
