import { assert } from '../base/assert.ts';
import { type BlockGrammar, type KeywordRow, newNameOf, type RefusalReason, type Topic } from './grammar.ts';
import { type ReadingContext, report, shortened } from './reading-context.ts';
import { located, type Statement } from './tree.ts';
import { reportUnknown } from './unknown-keyword.ts';
import { checkUnread } from './unread-value.ts';
import type { Word } from './words.ts';

/** Takes one keyword into the draft of its block. */
export type Reader<Draft, Context extends ReadingContext> = (
  statement: Statement,
  draft: Draft,
  context: Context,
) => void;

export type Readers<Draft, Context extends ReadingContext> = ReadonlyMap<string, Reader<Draft, Context>>;

/** Joins a block's table with its readers, which must match: exactly the built keywords have one. */
export function bindReaders<Draft, Context extends ReadingContext>(
  grammar: BlockGrammar,
  readers: Readonly<Record<string, Reader<Draft, Context>>>,
): Readers<Draft, Context> {
  const bound = new Map(Object.entries(readers));
  for (const row of grammar.rows.values()) {
    assert(
      bound.has(row.keyword) === (row.standing.type === 'built'),
      `${grammar.path}: exactly the built keywords have a reader: ${row.keyword}`,
    );
  }
  for (const keyword of bound.keys()) assert(grammar.rows.has(keyword), `${grammar.path} has a row for ${keyword}`);
  return bound;
}

/** Reads a block of keywords into a draft, and reports all that does not belong in it. */
export function readBlock<Draft, Context extends ReadingContext>(
  statements: readonly Statement[],
  grammar: BlockGrammar,
  readers: Readers<Draft, Context>,
  draft: Draft,
  context: Context,
): void {
  for (const statement of statements) {
    const row = admit(statement, grammar, draft, context);
    if (!row) continue;
    reportStanding(statement, row, grammar, context);
    if (row.standing.type === 'built') readers.get(row.keyword)!(statement, draft, context);
    else if (statement.block) passOver(statement, grammar, context);
    else checkUnread(statement, row, context);
  }
}

/** Reads a block of lines, each of which says one thing. */
export function readEachLine<Value>(
  { block }: Statement,
  into: Value[],
  read: (line: Statement) => Value | undefined,
): void {
  for (const line of block!.statements) {
    const value = line.words.length > 0 ? read(line) : undefined;
    if (value !== undefined) into.push(value);
  }
}

/** Of these a block has one value; others add to what was said. */
const single: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    vrrp_instance:
      'interface virtual_router_id priority advert_int version mcast_src_ip unicast_src_ip unicast_ttl'.split(' '),
    'vrrp_instance.authentication': ['auth_type', 'auth_pass'],
    vrrp_script: ['script', 'interval', 'timeout', 'fall', 'rise', 'weight', 'user'],
  }),
);

/** keepalived takes the last value without a word, also where two nodes' lines are mixed up. */
function adviseOnChange(statement: Statement, row: KeywordRow, whole: unknown, context: ReadingContext): void {
  if (single.get(row.path)?.includes(row.keyword) !== true) return;
  const given = context.given.get(whole) ?? new Set();
  context.given.set(whole, given);
  const value = `${row.keyword} ${statement.words[1]?.text ?? ''}`;
  if (given.has(row.keyword) && !given.has(value)) {
    report(context, located(statement), {
      code: 'duplicate-keyword',
      severity: 'advice',
      message: `"${row.keyword}" was given another value before`,
      hint: 'this one stands',
      keepalivedClass: 'ignores',
    });
  }
  given.add(row.keyword);
  given.add(value);
}

/** Whether the statement counts; reported where keepalived complains of a keyword that is given twice. */
function admitAgain(statement: Statement, row: KeywordRow, whole: unknown, context: ReadingContext): boolean {
  const given = context.given.get(whole) ?? new Set();
  context.given.set(whole, given);
  if (!given.has(row.keyword)) {
    given.add(row.keyword);
    return true;
  }
  report(context, located(statement), {
    code: 'duplicate-keyword',
    severity: 'warning',
    message: `"${row.keyword}" is given already`,
    hint: row.again === 'first' ? 'the first stands' : 'the last stands',
    keepalivedClass: 'other',
  });
  return row.again === 'last';
}

/**
 * The row of a statement that may be read; undefined, with a diagnostic, if nothing can be made of it. `whole` is what
 * blocks of one kind add to together, as several global_defs do.
 */
function admit(
  statement: Statement,
  grammar: BlockGrammar,
  whole: unknown,
  context: ReadingContext,
): KeywordRow | undefined {
  const first = statement.words[0];
  if (!first) return undefined;
  const row = grammar.rows.get(first.text);
  reportSlashComment(statement, row === undefined || row.header !== 'none', context);
  if (!row) {
    reportUnknown(statement, first, grammar, context);
    return undefined;
  }
  if (row.deprecated !== 'no') {
    report(context, located(statement, first), {
      code: 'deprecated-keyword',
      severity: row.deprecated === 'complained' ? 'warning' : 'advice',
      message: `"${row.keyword}" is deprecated`,
      hint: deprecationHint(row),
      keepalivedClass: row.deprecated === 'complained' ? 'other' : 'ignores',
    });
  }
  if (row.own && !statement.line.ownOnly) reportOwn(statement, row, context);
  const child = row.header === 'none' ? undefined : grammar.blocks.get(row.keyword);
  const nameless = child && row.header === 'name' && statement.words.length < 2;
  // A reader says itself what follows from a missing name.
  if (nameless && (row.bare === 'aborts' || row.standing.type !== 'built')) {
    reportMissingName(statement, row, context);
    return undefined;
  }
  if (child && !statement.block) {
    report(context, located(statement), {
      code: 'missing-opening-brace',
      severity: 'error',
      message: `"${row.keyword}" needs a "{"`,
      hint: row.header === 'nothing' && statement.words.length > 1 ? blockOf(statement) : undefined,
      keepalivedClass: 'other',
      refuses: true,
    });
    return undefined;
  }
  if (child && row.header === 'nothing' && statement.words.length > 1) {
    report(context, located(statement, statement.words[1]), {
      code: 'extra-words',
      severity: 'warning',
      message: `the block "${row.keyword}" has no name`,
      hint: `"${shortened(statement.words[1]!.text)}" is passed over`,
      keepalivedClass: 'other',
    });
  }
  if (!child && statement.block) {
    report(context, statement.block.opening, {
      code: 'unexpected-brace',
      severity: 'error',
      message: `"${row.keyword}" takes no block`,
      hint: 'what it encloses is passed over',
      keepalivedClass: 'other',
      refuses: true,
    });
  }
  if (!child && row.needsWord && statement.words.length < 2) {
    // A script that is nothing but an open quote is there, if only just.
    const openQuote = row.arguments.startsWith('SCRIPT') && statement.line.text.endsWith('"');
    const bare = openQuote ? 'complains' : row.bare;
    report(context, located(statement, first), {
      code: 'missing-parameter',
      severity: 'error',
      message: `"${row.keyword}" needs a parameter: ${row.arguments}`,
      hint: bare === 'aborts' ? 'keepalived ends at once where it is missing' : 'the keyword is passed over',
      keepalivedClass: bare === 'aborts' ? 'aborts' : bare === 'complains' ? 'other' : 'ignores',
      refuses: bare === 'aborts',
    });
    return undefined;
  }
  reportSecondKeyword(statement, row, grammar, context);
  reportVainNo(statement, row, context);
  if (row.again === 'replaces') adviseOnChange(statement, row, whole, context);
  return row.again === 'replaces' || admitAgain(statement, row, whole, context) ? row : undefined;
}

/** It works here, and a keepalived that reads the same file stumbles over it. */
function reportOwn(statement: Statement, { header, keyword }: KeywordRow, context: ReadingContext): void {
  const isBlock = header !== 'none';
  report(context, located(statement), {
    code: isBlock ? 'own-block' : 'own-keyword',
    severity: 'advice',
    message: `keepalived does not know this ${isBlock ? 'block' : 'keyword'}`,
    hint: isBlock
      ? `write "@holdfast ${keyword} {" and "@holdfast" before each of its lines, and it passes over them`
      : `write "@holdfast ${keyword}", and it passes over the line`,
    keepalivedClass: 'ignores',
  });
}

function deprecationHint(row: KeywordRow): string {
  const name = newNameOf(row);
  return name === undefined ? row.note : `write "${name}"`;
}

/** keepalived looks for the name before it looks for a brace. */
function reportMissingName(statement: Statement, row: KeywordRow, context: ReadingContext): void {
  const header = `${row.keyword} ${row.arguments.slice('block '.length)}`;
  report(context, located(statement), {
    code: 'missing-name',
    severity: 'error',
    message: `${row.keyword} needs ${row.arguments.startsWith('block NAME') ? 'a name' : 'an address'}`,
    hint:
      row.bare === 'aborts' ? `write "${header} {"; keepalived ends at once` : `write "${header} {"; it is passed over`,
    keepalivedClass: row.bare === 'aborts' ? 'aborts' : 'other',
    refuses: row.bare === 'aborts',
  });
}

/** Looks through a block for what its tables and checks find wrong in it. */
export function passOver(statement: Statement, grammar: BlockGrammar, context: ReadingContext): void {
  const child = grammar.blocks.get(statement.words[0]!.text);
  if (!child) return;
  const { lines, blocks } = context.checks;
  if (child.kind === 'lines') {
    const check = lines.get(child.path);
    for (const line of statement.block!.statements) {
      if (line.words.length > 0) check?.(line, context);
    }
  } else {
    for (const inner of statement.block!.statements) {
      const row = admit(inner, child, statement, context);
      if (row && inner.block) passOver(inner, child, context);
      else if (row) checkUnread(inner, row, context);
    }
  }
  blocks.get(child.path)?.(statement, context);
}

const reasons: Readonly<Record<RefusalReason, string>> = {
  wire: 'it changes what is sent or accepted on the wire',
  election: 'it changes who is master',
  addresses: 'it changes which addresses, routes or rules exist',
  privilege: 'it changes where or with what privilege things run',
  traffic: 'it changes which traffic gets through',
};

function reportStanding(statement: Statement, row: KeywordRow, grammar: BlockGrammar, context: ReadingContext): void {
  if (row.standing.type === 'refused') reportRefused(statement, row.keyword, row.standing.reason, context);
  else if (row.standing.type === 'harmless') {
    const { topic } = row.standing;
    const key = topic === 'other' ? `${grammar.path} ${row.keyword}` : topic;
    const known = context.unbuilt.get(key);
    if (known) known.keywords.add(row.keyword);
    else {
      const first = located(statement);
      context.unbuilt.set(key, { first, topic, keywords: new Set([row.keyword]), note: row.note });
    }
  }
}

const topics: Readonly<Record<Exclude<Topic, 'other'>, string>> = {
  snmp: 'SNMP is not built yet: no agent is registered and no trap is sent',
  dbus: 'DBus is not built yet: the service does not appear',
  scheduling: 'niceness, real-time priority, CPU affinity and locked memory are not built yet: systemd can set them',
  firewall: 'firewall rules are not built yet; only keywords that are refused themselves need them',
  files: 'these files and ways to reload are not built yet; a reload always validates first',
  vmac: 'virtual MAC addresses are not built yet; without use_vmac this has no effect',
  linkbeat: 'the state of links is always taken from the kernel',
};

/** Says once per topic what has no effect yet. */
export function reportUnbuilt(context: ReadingContext): void {
  for (const { first, topic, keywords, note } of context.unbuilt.values()) {
    const names = [...keywords].map(keyword => `"${keyword}"`).join(', ');
    report(context, first, {
      code: 'not-built',
      severity: 'advice',
      message: `${names} ${keywords.size > 1 ? 'have' : 'has'} no effect yet`,
      hint: topic === 'other' ? `what it would do: ${note}` : topics[topic],
      keepalivedClass: 'ignores',
    });
  }
}

/** Start and reload refuse a keyword that must not be passed over. */
export function reportRefused(
  statement: Statement,
  what: string,
  reason: RefusalReason,
  context: ReadingContext,
  word?: Word,
): void {
  report(context, located(statement, word), {
    code: 'not-built-refused',
    severity: 'error',
    message: `"${what}" is not built yet, and ${reasons[reason]}`,
    hint: 'start and reload refuse this configuration rather than run without it',
    keepalivedClass: 'ignores',
    refuses: true,
  });
}

/** `auth_type PASS auth_pass x`: the second keyword is an ignored word of the first. */
function reportSecondKeyword(
  statement: Statement,
  row: KeywordRow,
  grammar: BlockGrammar,
  context: ReadingContext,
): void {
  if (statement.words.length < 3 || row.takesWords) return;
  const second = statement.words.find((word, index) => index >= 2 && !word.quoted && isKeywordOf(grammar, word.text));
  if (!second) {
    if (row.standing.type === 'built' && oneWord.test(row.arguments)) reportRemark(statement, row, context);
    return;
  }
  report(context, located(statement, second), {
    code: 'second-keyword-on-line',
    severity: 'warning',
    message: `"${second.text}" is read as a word of "${row.keyword}" and ignored`,
    hint: 'write one keyword per line',
    keepalivedClass: 'ignores',
  });
}

/** Arguments of keywords that read one word and look at nothing after it. */
const oneWord = /^(IP|IFNAME|TIMER|UNSIGNED|SECS|>=[0-9]|[0-9]+\.\.[0-9]+|[A-Z]+(?:, [A-Z]+)* or [A-Z]+)$/;

/** `state BACKUP or MASTER`, `priority 100 the better one`. */
function reportRemark(statement: Statement, row: KeywordRow, context: ReadingContext): void {
  const word = statement.words[2]!;
  report(context, located(statement, word), {
    code: 'extra-words',
    severity: 'advice',
    message: `"${row.keyword}" takes one value: ${statement.words.length > 3 ? `what follows from "${shortened(word.text)}" on` : `"${shortened(word.text)}"`} is passed over`,
    hint: 'a remark begins with "#" or "!"',
    keepalivedClass: 'ignores',
  });
}

/** `enable_script_security no`: the keyword is there, and that is all that counts. */
function reportVainNo(statement: Statement, row: KeywordRow, context: ReadingContext): void {
  const word = row.arguments === '-' ? statement.words[1] : undefined;
  if (!word || !/^(0|no|off|false|disabled?)$/i.test(word.text)) return;
  report(context, located(statement, word), {
    code: 'without-effect',
    severity: 'advice',
    message: `"${row.keyword}" takes no value: "${word.text}" does not switch it off`,
    hint: 'leave the line out',
    keepalivedClass: 'ignores',
  });
}

function isKeywordOf(grammar: BlockGrammar, text: string): boolean {
  const row = grammar.rows.get(text);
  return row !== undefined && row.arguments !== '-';
}

/** Reports the `//` comment after a statement. keepalived complains where extra words matter. */
export function reportSlashComment(statement: Statement, matters: boolean, context: ReadingContext): void {
  if (!statement.slashComment) return;
  report(context, statement.slashComment, {
    code: 'slash-comment',
    severity: matters ? 'warning' : 'advice',
    message: '"//" begins no comment in keepalived',
    hint: matters
      ? 'taken as one here; write "#", keepalived reads these words'
      : 'write "#"; keepalived happens to pass over further words here',
    keepalivedClass: matters ? 'other' : 'ignores',
  });
}

/** How to write what stands beside the keyword of a block instead of in it. */
function blockOf({ words }: Statement): string {
  const inside = words
    .slice(1)
    .map(word => word.text)
    .join(' ');
  return `write ${words[0]!.text} { ${shortened(inside)} }`;
}
