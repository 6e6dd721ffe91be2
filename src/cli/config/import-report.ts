import { readFileSync } from 'node:fs';
import { importReport, parseDifferences, type ReportedKeyword, type Verdict } from '../../editor/import-report.ts';
import { rootGrammar } from '../../engine/keywords.ts';
import { configurationHost } from '../../linux/configuration-host.ts';
import type { Output } from './output.ts';

const document = 'docs/differences.md';

/** Yields 1 if a keyword of the file makes start and reload refuse, 2 if the file cannot be read. */
export function runImportReport(file: string, { json }: { readonly json: boolean }, output: Output): number {
  const differences = parseDifferences(readFileSync(new URL(`../../../${document}`, import.meta.url), 'utf8'));
  const keywords = importReport(file, configurationHost(process.env), rootGrammar, differences);
  if (!keywords) {
    output.tell(`holdfast config import-report: ${file} cannot be read`);
    return 2;
  }
  output.say(json ? `${JSON.stringify({ file, keywords: keywords.map(plain) }, undefined, 2)}\n` : textOf(keywords));
  return keywords.some(({ refused }) => refused) ? 1 : 0;
}

function plain({ path, difference, ...rest }: ReportedKeyword): unknown {
  return {
    keyword: path.at(-1),
    block: path.slice(0, -1),
    ...rest,
    row: difference && `${document}:${difference.line}`,
  };
}

const titles: readonly [Verdict, string][] = [
  ['honoured', 'Honoured'],
  ['different', 'Different'],
  ['not-yet', 'Not yet'],
  ['unknown', 'Unknown, to keepalived too'],
];

function textOf(keywords: readonly ReportedKeyword[]): string {
  const parts = titles.flatMap(([verdict, title]) => {
    const rows = keywords.filter(keyword => keyword.verdict === verdict);
    if (rows.length === 0) return [];
    const lines = verdict === 'honoured' ? honoured(rows) : rows.flatMap(explained);
    return [`${title} (${rows.length}):\n${lines.map(line => `  ${line}\n`).join('')}`];
  });
  return parts.join('\n');
}

/** By block, names only: there is nothing to explain. */
function honoured(rows: readonly ReportedKeyword[]): readonly string[] {
  const blocks = new Map<string, string[]>();
  for (const { path } of rows) {
    const block = path.slice(0, -1).join(' ');
    const names = blocks.get(block) ?? [];
    blocks.set(block, names);
    names.push(path.at(-1)!);
  }
  return [...blocks].map(([block, names]) => `${block === '' ? '' : `${block}: `}${names.join(', ')}`);
}

function explained({ path, uses, refused, note, difference }: ReportedKeyword): readonly string[] {
  const places = uses.slice(0, 3).map(({ file, line }) => `${file}:${line}`);
  const more = uses.length > 3 ? ` and ${uses.length - 3} more` : '';
  const row = difference ? ` (${document}:${difference.line})` : '';
  const fate = refused ? 'start and reload refuse it: ' : '';
  return [`${path.join(' ')}   ${places.join(', ')}${more}`, `    ${fate}${note}${row}`];
}
