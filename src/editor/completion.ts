import type { BlockGrammar, KeywordRow } from '../config/grammar.ts';
import { type CursorContext, contextAt } from './context.ts';
import type { EditorDocument } from './document.ts';
import { keywordMarkdown } from './documentation.ts';
import { listsOfNames, type Occurrence, type SymbolKind } from './occurrences.ts';
import { type Place, type Range, rangeOnLine } from './places.ts';

/** Something that may be written at the cursor. */
export interface Proposal {
  readonly label: string;
  readonly kind: 'block' | 'keyword' | 'value' | 'name' | 'definition' | 'interface';
  /** What follows it. */
  readonly detail: string;
  /** Markdown; empty if there is nothing to say. */
  readonly documentation: string;
  readonly deprecated: boolean;
  /** What it replaces. */
  readonly range: Range;
  /** Blocks that take a name after their keyword. */
  readonly takesName: boolean;
}

const predefined = ['_PWD', '_INSTANCE', '_RANDOM', '_HASH', '_BANG', '_ENV'];

export function proposalsAt(
  document: EditorDocument,
  place: Place,
  root: BlockGrammar,
  names: readonly Occurrence[],
  interfaceNames: readonly string[],
): readonly Proposal[] {
  const definitions = definitionProposals(document, place, names);
  if (definitions) return definitions;
  const context = contextAt(document, place, root);
  if (!context?.grammar) return [];
  const { grammar, range, before } = context;
  const named = (kind: SymbolKind): readonly Proposal[] =>
    [...new Set(names.filter(name => name.kind === kind && name.role === 'definition').map(({ name }) => name))].map(
      name => proposal(name, 'name', kind, range),
    );
  const interfaces = (): readonly Proposal[] =>
    interfaceNames.map(name => proposal(name, 'interface', 'interface', range));
  if (grammar.kind === 'lines') return lineProposals(context, grammar, named, interfaces);
  const [keyword] = before;
  if (keyword === undefined) return [...grammar.rows.values()].map(row => keywordProposal(row, grammar, range));
  const row = grammar.rows.get(keyword);
  return row ? valueProposals(row, context, named, interfaces) : [];
}

type Named = (kind: SymbolKind) => readonly Proposal[];
type Interfaces = () => readonly Proposal[];

function lineProposals(
  { parents, before, range }: CursorContext,
  grammar: BlockGrammar,
  named: Named,
  interfaces: Interfaces,
): readonly Proposal[] {
  const block = parents.at(-1)?.words[0]?.text ?? '';
  if (block === 'group') return named('vrrp_instance');
  const last = before.at(-1);
  if (last === undefined) {
    const kind = listsOfNames.get(block);
    if (kind) return named(kind);
    if (/^(track_interface|linkbeat_interfaces|interfaces|interface_up_down_delays)$/.test(block)) return interfaces();
  }
  if (last === 'dev' || last === 'oif' || last === 'iif') return interfaces();
  if (last === 'track_group') return named('track_group');
  const value = last === undefined ? undefined : grammar.rows.get(last);
  const takesValue = value !== undefined && value.arguments !== '-' && !value.arguments.startsWith('[');
  if (takesValue && before.length > 1) return literals(value).map(text => proposal(text, 'value', '', range));
  // Rows in capitals stand for what a line begins with.
  const options = [...grammar.rows.values()].filter(row => !/^[A-Z]/.test(row.keyword));
  return options.map(row => keywordProposal(row, grammar, range));
}

function valueProposals(
  row: KeywordRow,
  { before, range, parents, grammar }: CursorContext,
  named: Named,
  interfaces: Interfaces,
): readonly Proposal[] {
  const parent = parents.at(-1)?.words[0]?.text;
  if (row.keyword === 'virtual_server') {
    return before.length === 1
      ? ['group', 'fwmark'].map(text => proposal(text, 'value', '', range))
      : before[1] === 'group'
        ? named('virtual_server_group')
        : [];
  }
  if (parent === 'FILE_CHECK' && row.keyword === 'track_file') return named('track_file');
  if (parent === 'BFD_CHECK' && row.keyword === 'name') return named('bfd_instance');
  const sameAs = /^(?:same )?as (\w+)$/.exec(row.arguments)?.[1];
  const listing = (sameAs !== undefined && grammar?.rows.get(sameAs)) || row;
  const values = literals(listing).map(text => proposal(text, 'value', '', range));
  return /\bIFNAME\b/.test(row.arguments) ? [...interfaces(), ...values] : values;
}

/** Words in capitals that stand for something; the others mean themselves. */
const placeholders =
  /^(ADDR|ABS_PATH|BITS|BYTES|CPU|DEST|DIR|DOMAIN|DOWN|FILE|GROUP|HEX|HOST|ID|IFNAME|IFNAMES|IF|INST|INSTANCE|INT32|INTEGER|IN_CHAIN|IP|LAST|LIST|LOG_FILE|MAC|MASK|MAX|MCAST|MIN|MS|N|NAME|NETMASK|NUMBER|OPTION|OUT_CHAIN|PARAM|PATH|PATTERN|PORT|PREFIX|SCRIPT|SECS|SOCKET|START|STRING|TABLE|TIME|TIMER|UNSIGNED|UP|USECS|USER|VALUE)$/;

/** The values that a row of the keyword table lists. */
export function literals({ arguments: text }: KeywordRow): readonly string[] {
  if (/\bBOOL\b/.test(text)) return ['on', 'off'];
  if (text === '-' || /^(block|same as|as|up to|\[up to)\b/.test(text)) return [];
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  const words = bare.split(/,\s*|\s+or\s+|\s+/).filter(word => !/^(|or|name|number)$/.test(word));
  const listed = /,| or /.test(bare) || words.length > 2;
  const literal = (word: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(word) && !placeholders.test(word);
  if (words.length === 1 && /^[a-z_]+$/.test(bare)) return words;
  // A list of values is a list throughout; prose about values is not.
  return listed && words.every(literal)
    ? words
    : listed
      ? words.filter(word => /^[A-Z]{2,}$/.test(word) && literal(word))
      : [];
}

function keywordProposal(row: KeywordRow, grammar: BlockGrammar, range: Range): Proposal {
  const isBlock = row.arguments.startsWith('block');
  return {
    ...proposal(row.keyword, isBlock ? 'block' : 'keyword', row.arguments === '-' ? '' : row.arguments, range),
    documentation: keywordMarkdown(row, grammar),
    deprecated: row.deprecated !== 'no',
    takesName: /^block [A-Z]/.test(row.arguments),
  };
}

function proposal(label: string, kind: Proposal['kind'], detail: string, range: Range): Proposal {
  return { label, kind, detail, documentation: '', deprecated: false, range, takesName: false };
}

/** After `$` or `${`; also in the bodies of definitions. */
function definitionProposals(
  document: EditorDocument,
  { line: number, character }: Place,
  names: readonly Occurrence[],
): readonly Proposal[] | undefined {
  const line = document.lines[number];
  if (!line || line.kind === 'blank' || character > line.end) return undefined;
  const match = /\$(\{?)([A-Za-z0-9_]*)$/.exec(line.text.slice(line.body, character));
  if (!match || (line.kind === 'definition' && line.body + match.index === line.body)) return undefined;
  const start = character - match[2]!.length;
  const rest = /^[A-Za-z0-9_]*/.exec(line.text.slice(character))![0].length;
  const range = rangeOnLine(number, start, character + rest);
  const given = names
    .filter(({ kind, role }) => kind === 'definition' && role === 'definition')
    .map(({ name }) => name);
  const all = [...new Set(given), ...(match[1] === '{' ? predefined : [])];
  return all.map(name => proposal(name, 'definition', '', range));
}
