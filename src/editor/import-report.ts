import type { BlockGrammar, KeywordRow } from '../config/grammar.ts';
import type { SourceFiles } from '../config/source-files.ts';
import type { Statement } from '../config/tree.ts';
import type { Word } from '../config/words.ts';
import { textLinesOf } from './text-lines.ts';
import { conditionWorlds, readWorld } from './worlds.ts';

/** A row of docs/differences.md. */
export interface Difference {
  /** What the statement begins with; undefined words stand for any. */
  readonly words: readonly (string | undefined)[];
  readonly keepalived: string;
  readonly holdfast: string;
  /** From 1, in docs/differences.md. */
  readonly line: number;
}

/** What becomes of a keyword that a file uses. `unknown`: keepalived does not know it either. */
export type Verdict = 'honoured' | 'different' | 'not-yet' | 'unknown';

export interface ReportedKeyword {
  readonly verdict: Verdict;
  /** Blocks from the outermost, then the keyword. */
  readonly path: readonly string[];
  readonly uses: readonly Use[];
  /** Start and reload refuse a configuration that has it. */
  readonly refused: boolean;
  /** What it would do, or what differs. */
  readonly note: string;
  readonly difference: Difference | undefined;
}

/** Every keyword that a file and its includes use, under whatever condition, in the order of first use. */
export function importReport(
  path: string,
  files: SourceFiles,
  grammar: BlockGrammar,
  differences: readonly Difference[],
): readonly ReportedKeyword[] | undefined {
  const text = files.readFile(path);
  if (!text.ok) return undefined;
  const reported: Reported = new Map();
  for (const ids of conditionWorlds(textLinesOf(text.value))) {
    const world = readWorld(path, files, ids, grammar);
    if (world) visit(world.statements, grammar, [], differences, reported);
  }
  return [...reported.values()].map(({ keyword }) => keyword);
}

interface Use {
  readonly file: string;
  readonly line: number;
}

type Reported = Map<string, { readonly keyword: ReportedKeyword; readonly uses: Use[]; readonly places: Set<string> }>;

function visit(
  statements: readonly Statement[],
  grammar: BlockGrammar | undefined,
  path: readonly string[],
  differences: readonly Difference[],
  reported: Reported,
): void {
  for (const statement of statements) {
    const first = statement.words[0];
    if (!first) continue;
    if (grammar?.kind === 'lines') {
      visitLine(statement, grammar, path, reported);
      continue;
    }
    const row = grammar?.rows.get(first.text);
    const difference = differences.find(candidate => matches(candidate, statement.words));
    note(statement, [...path, first.text], verdictOf(row, difference), reported);
    if (statement.block && row) {
      const inner = grammar?.blocks.get(first.text);
      visit(statement.block.statements, inner, [...path, first.text], differences, reported);
    }
  }
}

/** Only the words that have no effect are worth naming: the others belong to their line. */
function visitLine(statement: Statement, grammar: BlockGrammar, path: readonly string[], reported: Reported): void {
  for (const word of statement.words) {
    const row = grammar.rows.get(word.text);
    if (row && row.standing.type !== 'built') {
      note(statement, [...path, word.text], verdictOf(row, undefined), reported);
    }
  }
}

type Judgement = Pick<ReportedKeyword, 'verdict' | 'refused' | 'note' | 'difference'>;

function verdictOf(row: KeywordRow | undefined, difference: Difference | undefined): Judgement {
  if (!row) return { verdict: 'unknown', refused: false, note: 'keepalived does not know it', difference };
  if (row.standing.type !== 'built') {
    return { verdict: 'not-yet', refused: row.standing.type === 'refused', note: row.note, difference };
  }
  if (difference) {
    const text = `keepalived: ${difference.keepalived}; here: ${difference.holdfast}`;
    return { verdict: 'different', refused: false, note: text, difference };
  }
  return { verdict: 'honoured', refused: false, note: row.note, difference: undefined };
}

function note(statement: Statement, path: readonly string[], judgement: Judgement, reported: Reported): void {
  const key = `${judgement.verdict} ${path.join(' ')} ${judgement.difference?.line ?? ''}`;
  const { file, number } = statement.line.source;
  let known = reported.get(key);
  if (!known) {
    const uses: Use[] = [];
    known = { keyword: { ...judgement, path, uses }, uses, places: new Set() };
    reported.set(key, known);
  }
  // Hosts that read the same line use it once.
  const place = `${file}:${number}`;
  if (!known.places.has(place)) known.uses.push({ file, line: number });
  known.places.add(place);
}

function matches({ words }: Difference, written: readonly Word[]): boolean {
  return (
    written.length >= words.length && words.every((word, index) => word === undefined || written[index]!.text === word)
  );
}

/** The rows of the tables in docs/differences.md that name keywords and nothing else in their first cell. */
export function parseDifferences(markdown: string): readonly Difference[] {
  return markdown.split('\n').flatMap((text, index) => {
    if (!text.startsWith('| ')) return [];
    const cells = text.split(/(?<!\\)\|/).map(cell => cell.trim());
    const [, what = '', keepalived = '', holdfast = ''] = cells;
    // Other words in the cell are a condition that cannot be judged here.
    if (!/^[\s,]*$/.test(what.replace(/`[^`]*`/g, '').replace(/\band\b/g, ''))) return [];
    return [...what.matchAll(/`([^`]+)`/g)].map(span => ({
      words: span[1]!
        .split(/\s+/)
        .filter(word => word !== '{')
        .map(word => (/^[A-Z]+$/.test(word) ? undefined : word)),
      keepalived,
      holdfast,
      line: index + 1,
    }));
  });
}
