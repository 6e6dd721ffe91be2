import type { BlockGrammar, KeywordRow } from '../config/grammar.ts';

/** Where a block stands, as a reader says it. */
function blockName(path: string): string {
  return path === 'root' ? 'outside all blocks' : path.replaceAll('.', ' > ');
}

/** A sentence on what becomes of a keyword here; undefined if it simply works. */
function standingSentence({ standing }: KeywordRow): string | undefined {
  switch (standing.type) {
    case 'built':
      return undefined;
    case 'harmless':
      return 'Not built yet: it is understood and has no effect.';
    case 'refused':
      return 'Not built yet: start and reload refuse a configuration that has it.';
  }
}

/** Everything that the keyword table says about a keyword, as Markdown. */
export function keywordMarkdown(row: KeywordRow, grammar: BlockGrammar): string {
  const args = row.arguments === '-' ? '' : ` ${row.arguments}`;
  const lines = [`\`\`\`keepalived\n${row.keyword}${args}\n\`\`\``, `*${blockName(grammar.path)}*`, row.note];
  if (row.default !== '-') lines.push(`Default: \`${row.default}\``);
  if (row.since !== undefined) lines.push(`Since keepalived ${row.since}; Debian's 2.2.7 does not know it.`);
  if (row.deprecated !== 'no') lines.push('Deprecated.');
  if (row.own) lines.push(`Holdfast’s own: write \`@holdfast ${row.keyword}\` where keepalived reads the file, too.`);
  const standing = standingSentence(row);
  if (standing !== undefined) lines.push(`**${standing}**`);
  return lines.filter(line => line !== '').join('\n\n');
}
