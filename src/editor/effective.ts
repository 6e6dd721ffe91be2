import type { Diagnostic } from '../config/diagnostic.ts';
import type { DiagnosticCode } from '../config/diagnostic-codes.ts';
import type { BlockGrammar, KeywordRow } from '../config/grammar.ts';
import { type Statement, withWords } from '../config/tree.ts';
import { lineOf, wordOf } from './line-text.ts';

/** Where a value comes from. */
export type Origin =
  /** `ownOnly`: keepalived passes over the line. */
  | { readonly type: 'written'; readonly file: string; readonly line: number; readonly ownOnly?: true }
  /** From the keyword of global_defs that gives instances their default. */
  | { readonly type: 'inherited'; readonly keyword: string; readonly file: string; readonly line: number }
  | { readonly type: 'default' };

/** A line of the effective configuration. */
export interface Entry {
  readonly keyword: string;
  /** As a configuration says it, keyword included. */
  readonly text: string;
  readonly origin: Origin;
  /**
   * `in-force`: this is how it is. `not-used`: it was written, but cannot be used. `not-built`: it was understood and
   * has no effect yet. `implied`: a default that need not, or cannot, be written.
   */
  readonly standing: 'in-force' | 'not-used' | 'not-built' | 'implied';
  /** What was written, where it is not what came of it; or why it is not used. */
  readonly remark: string | undefined;
  /** The lines of its block. */
  readonly entries: readonly Entry[] | undefined;
}

/** The value of a keyword as the model has it. */
export interface EffectiveValue {
  /** What follows the keyword; empty for keywords without arguments; undefined: it is not set. */
  readonly value: string | undefined;
  /** The default is written out: it can be, and reads the same everywhere. */
  readonly stated?: boolean;
  /** Said where nothing is written only; what is written is what holds. */
  readonly onlyUnwritten?: boolean;
  /** Keywords of global_defs that may be where it comes from; the first that is written is. */
  readonly inherits?: readonly string[];
}

export type EffectiveValues = ReadonlyMap<string, EffectiveValue>;

/** What is known about statements before they are listed. */
export interface Listing {
  /** What the model says about the block of a statement. */
  readonly valuesOf: (statement: Statement) => EffectiveValues;
  /** By `file:line`: what is wrong there. */
  readonly rejected: ReadonlyMap<string, readonly Diagnostic[]>;
  /** Where keywords of global_defs stand, the last of each. */
  readonly globals: ReadonlyMap<string, Statement>;
}

function originOf(statement: Statement): Origin {
  const { source, ownOnly } = statement.line;
  return { type: 'written', file: source.file, line: source.number, ...(ownOnly && { ownOnly }) };
}

/** Trouble after which nothing of a keyword's line is used. */
const fatalToKeywords: ReadonlySet<string> = new Set<DiagnosticCode>([
  'bad-address',
  'bad-value',
  'duplicate-name',
  'mixed-families',
  'missing-name',
  'missing-parameter',
]);

/** The same for a line of a block of lines: where it begins, and anywhere on it. */
const fatalToLinesAtStart: ReadonlySet<string> = new Set<DiagnosticCode>([
  'bad-address',
  'bad-value',
  'duplicate-tracker',
  'mixed-families',
  'unknown-script',
]);
const fatalToTrackers: ReadonlySet<string> = new Set<DiagnosticCode>(['bad-tracker-option', 'no-such-interface']);

function rejectionOf(statement: Statement, grammar: BlockGrammar, { rejected }: Listing): Diagnostic | undefined {
  const { file, number } = statement.line.source;
  return rejected.get(`${file}:${number}`)?.find(diagnostic => {
    if (diagnostic.code === 'unfilled-placeholder') return !isPassedOver(statement, grammar);
    const place = placeIn(statement, diagnostic);
    if (place === undefined) return false;
    if (grammar.kind === 'keywords') {
      const optional = /^(-|\[)/.test(grammar.rows.get(statement.words[0]!.text)?.arguments ?? '-');
      return fatalToKeywords.has(diagnostic.code) && !(optional && diagnostic.code === 'bad-value');
    }
    const isTracker = /\.track_[a-z]+$/.test(grammar.path);
    return (
      (isTracker && fatalToTrackers.has(diagnostic.code)) ||
      (place === 'start' && fatalToLinesAtStart.has(diagnostic.code))
    );
  });
}

/** Words after the keyword of a block that has no name change nothing, whatever they are. */
function isPassedOver({ words, block }: Statement, grammar: BlockGrammar): boolean {
  return block !== undefined && grammar.rows.get(words[0]?.text ?? '')?.header === 'nothing';
}

/** Whether a diagnostic of its line is about the statement; several may stand on a line. */
function placeIn(statement: Statement, { column, excerpt }: Diagnostic): 'start' | 'within' | undefined {
  const { line, start, end } = statement;
  // Expansion hides the place; then the whole line is meant.
  if (line.offset < 0 || column === 0) return 'start';
  const at = [...excerpt].slice(0, column - 1).join('').length - line.offset;
  return at === start ? 'start' : at > start && at <= end ? 'within' : undefined;
}

/** What the blocks around a block say last, by keyword, the innermost first: some of its defaults are theirs. */
type Enclosing = readonly ReadonlyMap<string, Statement>[];

/** The lines of a block: what is written in its order, then what is inherited, then defaults. */
export function blockEntries(
  statements: readonly Statement[],
  grammar: BlockGrammar,
  values: EffectiveValues,
  listing: Listing,
  enclosing: Enclosing = [],
): readonly Entry[] {
  if (grammar.kind === 'lines') return statements.flatMap(statement => lineEntry(statement, grammar, listing));
  const written: Entry[] = [];
  const seen = new Set<string>();
  const lastOf = new Map<string, Statement>();
  for (const statement of statements) {
    const keyword = statement.words[0]?.text;
    if (keyword !== undefined && !rejectionOf(statement, grammar, listing)) lastOf.set(keyword, statement);
  }
  for (const statement of statements) {
    const keyword = statement.words[0]?.text;
    if (keyword === undefined) continue;
    const isLast = lastOf.get(keyword) === statement;
    const entry = writtenEntry(statement, keyword, grammar, values, isLast, listing, [lastOf, ...enclosing]);
    written.push(entry);
    if (entry.standing === 'in-force' || entry.standing === 'not-built') seen.add(keyword);
  }
  return [...written, ...unwritten(grammar, values, seen, listing, enclosing)];
}

function writtenEntry(
  statement: Statement,
  keyword: string,
  grammar: BlockGrammar,
  values: EffectiveValues,
  isLast: boolean,
  listing: Listing,
  enclosing: Enclosing,
): Entry {
  const row = grammar.rows.get(keyword);
  const rejection = rejectionOf(statement, grammar, listing);
  if (!row || rejection)
    return notUsed(
      statement,
      keyword,
      rejection?.message ?? grammar.obsolete.get(keyword) ?? 'nobody knows this keyword',
    );
  const effective = values.get(keyword);
  const text = lineOf(statement);
  if (effective && !effective.onlyUnwritten && !statement.block) {
    if (!isLast) return notUsed(statement, keyword, 'a later line says otherwise');
    if (effective.value === undefined) return notUsed(statement, keyword, 'it has no effect here');
    const words = statement.words.slice(1).map(word => wordOf(word.text));
    const asWritten = words.join(' ') === effective.value;
    const stated = asWritten
      ? text
      : words[0] === effective.value
        ? firstWords(statement)
        : said(keyword, effective.value);
    return {
      keyword,
      text: stated,
      origin: originOf(statement),
      standing: 'in-force',
      remark: asWritten ? undefined : `written: ${text}`,
      entries: undefined,
    };
  }
  return {
    keyword,
    text,
    origin: originOf(statement),
    standing: row.standing.type === 'built' ? 'in-force' : 'not-built',
    remark: undefined,
    entries: innerEntries(statement, grammar.blocks.get(keyword), listing, enclosing),
  };
}

function innerEntries(
  statement: Statement,
  grammar: BlockGrammar | undefined,
  listing: Listing,
  enclosing: Enclosing,
): readonly Entry[] | undefined {
  if (!statement.block) return undefined;
  if (!grammar) return [];
  return blockEntries(statement.block.statements, grammar, listing.valuesOf(statement), listing, enclosing);
}

function lineEntry(statement: Statement, grammar: BlockGrammar, listing: Listing): readonly Entry[] {
  const keyword = statement.words[0]?.text;
  if (keyword === undefined) return [];
  const rejection = rejectionOf(statement, grammar, listing);
  if (rejection) return [notUsed(statement, keyword, rejection.message)];
  const rows = [...grammar.rows.values()];
  const built = rows.length === 0 || rows.some(row => row.standing.type === 'built');
  return [
    {
      keyword,
      text: lineOf(statement),
      origin: originOf(statement),
      standing: built ? 'in-force' : 'not-built',
      remark: undefined,
      entries: undefined,
    },
  ];
}

function notUsed(statement: Statement, keyword: string, remark: string | undefined): Entry {
  return {
    keyword,
    text: `${lineOf(statement)}${statement.block ? ' { ... }' : ''}`,
    origin: originOf(statement),
    standing: 'not-used',
    remark,
    entries: undefined,
  };
}

function unwritten(
  grammar: BlockGrammar,
  values: EffectiveValues,
  seen: ReadonlySet<string>,
  listing: Listing,
  enclosing: Enclosing,
): readonly Entry[] {
  const { globals } = listing;
  const inherited: Entry[] = [];
  /** The last line of a block around this one that says it. */
  const outer = (keyword: string): Statement | undefined => {
    for (const around of enclosing) {
      const found = around.get(keyword);
      if (found && !found.block) return found;
    }
    return undefined;
  };
  const defaults: Entry[] = [];
  for (const row of grammar.rows.values()) {
    if (seen.has(row.keyword) || row.deprecated !== 'no' || row.standing.type !== 'built') continue;
    const effective = values.get(row.keyword);
    const from = effective?.inherits?.find(keyword => globals.has(keyword));
    const global = from === undefined ? undefined : globals.get(from);
    const around = /\b(VS|RS)\b/.test(row.default) ? outer(row.keyword) : undefined;
    if (effective?.value !== undefined && from !== undefined && global) {
      const { file, number } = global.line.source;
      const origin = { type: 'inherited', keyword: from, file, line: number } as const;
      // Keepalived 2.2 takes the keyword of global_defs for unknown; it need not hear of this one, too.
      const standing = row.since === undefined ? 'in-force' : 'implied';
      inherited.push({ ...inForce(row, effective.value), origin, standing });
    } else if (around) {
      const { file, number } = around.line.source;
      const origin = { type: 'inherited', keyword: row.keyword, file, line: number } as const;
      const text = effective?.value === undefined ? lineOf(around) : said(row.keyword, effective.value);
      inherited.push({ ...inForce(row, ''), text, origin, standing: 'implied' });
    } else if (effective?.value !== undefined) {
      const entry = inForce(row, effective.value);
      defaults.push({ ...entry, standing: effective.stated ? 'in-force' : 'implied' });
    } else if (worthSaying(row)) {
      defaults.push({ ...inForce(row, ''), text: `${row.keyword}: ${row.default}`, standing: 'implied' });
    }
  }
  const implied = (entry: Entry): number => (entry.standing === 'implied' ? 1 : 0);
  return [...inherited, ...defaults.sort((left, right) => implied(left) - implied(right))];
}

/** A keyword and its first argument: further words were of no use. */
function firstWords(statement: Statement): string {
  const words = statement.words.slice(0, 2);
  return lineOf({ ...withWords(statement, words), end: words[1]!.end });
}

function said(keyword: string, value: string): string {
  return value === '' ? keyword : `${keyword} ${value}`;
}

function inForce(row: KeywordRow, value: string): Entry {
  return {
    keyword: row.keyword,
    text: said(row.keyword, value),
    origin: { type: 'default' },
    standing: 'in-force',
    remark: undefined,
    entries: undefined,
  };
}

/** Defaults that say something: blocks and scripts that are not there do not. */
function worthSaying(row: KeywordRow): boolean {
  return !/^(-|none|required.*)$/.test(row.default);
}
