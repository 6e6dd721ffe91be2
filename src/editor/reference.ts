import type { BlockGrammar, KeywordRow } from '../config/grammar.ts';

const preamble = `# Configuration reference

The language is keepalived's. This page is made from the tables that the parser reads by (\`npm run generate\` writes it,
\`npm run check\` compares it), so it cannot say anything else than the program does.

- **honoured**: it does what it says.
- **not yet**: it is understood and has no effect; that is said when the configuration is loaded.
- **refused**: not built, and to run without it would be worse than not to run: start and reload refuse it by name.

What differs from keepalived, and why, is in [differences.md](differences.md). \`holdfast config import-report FILE\` says the same
about the keywords of one file; \`holdfast config show FILE\` what a file comes to.

## The language

| Written | Means |
|---|---|
| \`# comment\`, \`! comment\` | to the end of the line, unless in quotes or after a backslash |
| \`keyword value "two words"\` | one keyword to a line; quotes keep blanks together |
| \`block NAME {\` ... \`}\` | the brace may stand on the next line |
| \`include PATTERN\` | the files that match, in order; relative to the file that says so |
| \`includer\` \`includem\` \`includew\` \`includeb\` \`includea\` | the same, insisting: on readable files, on a match, on a match of wildcards, of each alternative in braces, on all of it |
| \`@ID line\`, \`@^ID line\` | only if the id is ID (\`-i\`, else the host name), or is not; \`@holdfast\` always holds here, and keepalived passes over the line |
| \`$NAME=text\` | \`$NAME\` before a blank and \`\${NAME}\` anywhere stand for the text from here on |
| \`$NAME=\\\` and further lines, each but the last ending in \`\\\` | a line \`$NAME\` stands for all of them |
| \`\${_PWD}\` \`\${_INSTANCE}\` \`\${_ENV NAME}\` \`\${_RANDOM MIN MAX}\` \`\${_HASH}\` \`\${_BANG}\` | the file's directory, the id, an environment variable, a number, # and ! |
| \`~SEQ(name, start, step, end) line\` | the line once for each number, as \`\${name}\`; \`~SEQx\` counts in hexadecimal |
| \`~LST({a, b}, {1, 2}, {3, 4}) line\` | the line once for each group of values |
`;

/** The configuration reference as Markdown: a table for each block. */
export function configurationReference(root: BlockGrammar): string {
  const parts = [preamble];
  const queue: BlockGrammar[] = [root];
  for (let grammar = queue.shift(); grammar; grammar = queue.shift()) {
    parts.push(section(grammar));
    queue.unshift(...grammar.blocks.values());
  }
  return `${parts.join('\n').trimEnd()}\n`;
}

function section(grammar: BlockGrammar): string {
  const title = grammar.path === 'root' ? 'Outside all blocks' : grammar.path.replaceAll('.', ' > ');
  const lines = [`## ${title}`, ''];
  const rows = [...grammar.rows.values()];
  if (grammar.kind === 'lines') {
    lines.push(
      rows.length === 0
        ? 'Each line is an entry; there are no keywords.'
        : 'Each line is an entry; these are its words.',
    );
    lines.push('');
  }
  if (rows.length > 0) {
    lines.push(
      '| Keyword | Arguments | Default | Standing | Note |',
      '|---|---|---|---|---|',
      ...rows.map(tableRow),
      '',
    );
  }
  if (grammar.obsolete.size > 0) {
    const entries = [...grammar.obsolete].map(([keyword, fate]) => `- \`${keyword}\`: ${fate}.`);
    lines.push('Keywords of the past, which are named and passed over:', '', ...entries, '');
  }
  return lines.join('\n');
}

function tableRow(row: KeywordRow): string {
  const cells = [code(row.keyword), code(row.arguments), cell(row.default), standingWord(row), noteOf(row)];
  return `| ${cells.join(' | ')} |`;
}

function standingWord({ standing }: KeywordRow): string {
  return standing.type === 'built' ? 'honoured' : standing.type === 'harmless' ? 'not yet' : 'refused';
}

function noteOf(row: KeywordRow): string {
  const notes = [cell(row.note)];
  if (row.since !== undefined) notes.push(`Since ${row.since}.`);
  if (row.deprecated !== 'no') notes.push('Deprecated.');
  if (row.own) notes.push(`Holdfast’s own: write \`@holdfast ${row.keyword}\` where keepalived reads the file, too.`);
  return notes
    .filter(note => note !== '' && note !== '-')
    .join('. ')
    .replace(/\.\. /g, '. ');
}

function code(text: string): string {
  return text === '-' ? '' : `\`${text.replaceAll('|', '\\|')}\``;
}

function cell(text: string): string {
  return text === '-' ? '' : text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*');
}
