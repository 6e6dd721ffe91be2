import { assert } from '../base/assert.ts';

const reasons = ['wire', 'election', 'addresses', 'privilege', 'traffic'] as const;

/** Why a keyword that is not built yet must not be passed over. */
export type RefusalReason = (typeof reasons)[number];

const topics = ['snmp', 'dbus', 'scheduling', 'firewall', 'files', 'vmac', 'linkbeat', 'other'] as const;

/** What a harmless keyword belongs to; keywords of one topic share a diagnostic. */
export type Topic = (typeof topics)[number];

/**
 * `built` keywords have a reader. A `harmless` one is reported, and loading goes on without it. A `refused` one changes
 * the wire, who is master, which addresses or routes exist, with what privilege something runs, or which traffic gets
 * through: start and reload refuse until it is built.
 */
export type Standing =
  | { readonly type: 'built' }
  | { readonly type: 'harmless'; readonly topic: Topic }
  | { readonly type: 'refused'; readonly reason: RefusalReason };

/** A keyword of a block, or a word of a block's free lines: what the operator may write and what it means. */
export interface KeywordRow {
  /** Of the block it belongs to. */
  readonly path: string;
  readonly keyword: string;
  /** `-` for none. */
  readonly arguments: string;
  readonly default: string;
  readonly standing: Standing;
  readonly note: string;
  /** First keepalived release after 2.2.7 that has it. */
  readonly since: string | undefined;
  /** Holdfast's own: no keepalived has it. */
  readonly own: boolean;
  /** `outdated`: an old name that keepalived takes without a word. */
  readonly deprecated: 'no' | 'outdated' | 'complained';
  /** What keepalived does when a required argument is missing. */
  readonly bare: 'aborts' | 'complains' | 'ignores';
  /** Given again in the same block: it `replaces` what was said, with a complaint (`last`), or is passed over with one. */
  readonly again: 'replaces' | 'first' | 'last';
  /** A word must follow the keyword. */
  readonly needsWord: boolean;
  /** What `block` in `arguments` says of the words before the brace. */
  readonly header: 'none' | 'name' | 'nothing' | 'any';
  /** Words after the first belong to the value. */
  readonly takesWords: boolean;
}

/** A block's keywords, or the words of its free lines, and the blocks inside it. */
export interface BlockGrammar {
  /** Keywords from the root, joined by dots; `root` itself for the outermost. */
  readonly path: string;
  /** `keywords`: each line begins with one of the rows. `lines`: anything may begin a line, rows are words after it. */
  readonly kind: 'keywords' | 'lines';
  readonly rows: ReadonlyMap<string, KeywordRow>;
  readonly blocks: ReadonlyMap<string, BlockGrammar>;
  /** Keywords of the past that old files still have, and what became of them. */
  readonly obsolete: ReadonlyMap<string, string>;
}

/** Builds a grammar from tables of text: one row a line, `keyword | arguments | default | standing | note`. */
export function blockGrammar(
  path: string,
  kind: 'keywords' | 'lines',
  tables: readonly string[],
  blocks: Readonly<Record<string, BlockGrammar>> = {},
  obsolete: Readonly<Record<string, string>> = {},
): BlockGrammar {
  const rows = new Map<string, KeywordRow>();
  for (const table of tables) {
    for (const line of table.split('\n')) {
      if (line === '') continue;
      const row = parseRow(path, line);
      assert(!rows.has(row.keyword), `${path} has ${row.keyword} once`);
      rows.set(row.keyword, row);
    }
  }
  return { path, kind, rows, blocks: new Map(Object.entries(blocks)), obsolete: new Map(Object.entries(obsolete)) };
}

function parseRow(path: string, line: string): KeywordRow {
  const cells = line.split(' | ');
  assert(cells.length === 5, `a table row has five cells: ${line}`);
  const [keyword, args, otherwise, standing, note] = cells as [string, string, string, string, string];
  const [kind, ...flags] = standing.split(', ');
  return {
    path,
    keyword,
    arguments: args,
    default: otherwise,
    standing: parseStanding(kind!),
    note,
    since: flags.find(flag => flag.startsWith('since '))?.slice('since '.length),
    own: flags.includes('own'),
    deprecated: flags.includes('deprecated') ? 'complained' : flags.includes('outdated') ? 'outdated' : 'no',
    bare: flags.includes('bare complained') ? 'complains' : flags.includes('bare ignored') ? 'ignores' : 'aborts',
    again: flags.includes('once') ? 'first' : flags.includes('last') ? 'last' : 'replaces',
    needsWord: args !== '-' && !args.startsWith('['),
    header: headerOf(args),
    takesWords: /SCRIPT|STRING|LIST|\.\.\./.test(args),
  };
}

/** What a keyword that is an old name is called now. */
export function newNameOf({ note }: KeywordRow): string | undefined {
  return /^(?:Misspelt old|Old) (?:name|spelling) of ([a-z0-9_]+)$/.exec(note)?.[1];
}

function headerOf(args: string): KeywordRow['header'] {
  if (!args.startsWith('block')) return 'none';
  if (/^block (NAME|IP)/.test(args)) return 'name';
  return args.startsWith('block of') ? 'nothing' : 'any';
}

function parseStanding(text: string): Standing {
  if (text === 'built') return { type: 'built' };
  const topic = topics.find(each => text === `harmless:${each}`);
  if (topic !== undefined) return { type: 'harmless', topic };
  const reason = reasons.find(each => text === `refused:${each}`);
  assert(reason !== undefined, `a standing is built, or harmless or refused for a known reason: ${text}`);
  return { type: 'refused', reason };
}

/** A block of which nothing is known but that anything may stand in it. */
export function freeLines(path: string): BlockGrammar {
  return blockGrammar(path, 'lines', []);
}
