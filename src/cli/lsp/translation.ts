import {
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type DocumentSymbol,
  InsertTextFormat,
  SymbolKind,
  type TextEdit,
} from 'vscode-languageserver/node';
import type { Severity } from '../../config/diagnostic.ts';
import type { Proposal } from '../../editor/completion.ts';
import type { OutlineEntry } from '../../editor/outline.ts';
import type { Place } from '../../editor/places.ts';
import type { Problem } from '../../editor/problems.ts';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  advice: DiagnosticSeverity.Information,
};

const old: ReadonlySet<string> = new Set(['deprecated-keyword', 'obsolete-keyword']);

export function diagnosticOf({ range, diagnostic }: Problem): Diagnostic {
  const { code, severity, message, hint } = diagnostic;
  return {
    range,
    severity: severities[severity],
    code,
    source: 'holdfast',
    message: hint === undefined ? message : `${message}\n${hint}`,
    ...(old.has(code) && { tags: [DiagnosticTag.Deprecated] }),
  };
}

const itemKinds: Readonly<Record<Proposal['kind'], CompletionItemKind>> = {
  block: CompletionItemKind.Module,
  keyword: CompletionItemKind.Property,
  value: CompletionItemKind.Value,
  name: CompletionItemKind.Reference,
  definition: CompletionItemKind.Variable,
  interface: CompletionItemKind.Unit,
};

export function itemOf(proposal: Proposal, snippets: boolean): CompletionItem {
  const { label, kind, detail, documentation, deprecated, range } = proposal;
  const isSnippet = snippets && kind === 'block';
  const newText = isSnippet ? `${label}${proposal.takesName ? ` \${1:NAME}` : ''} {\n\t$0\n}` : label;
  return {
    label,
    kind: itemKinds[kind],
    textEdit: { range, newText },
    ...(isSnippet && { insertTextFormat: InsertTextFormat.Snippet }),
    ...(detail !== '' && { detail }),
    ...(documentation !== '' && { documentation: { kind: 'markdown', value: documentation } }),
    ...(deprecated && { deprecated }),
  };
}

export function symbolOf({ name, kind, range, selection, children }: OutlineEntry): DocumentSymbol {
  return {
    name,
    kind: kind === 'block' ? SymbolKind.Module : SymbolKind.Variable,
    range,
    selectionRange: selection,
    children: children.map(symbolOf),
  };
}

/** The one edit that makes a text of another: the lines between the first and the last that differ. */
export function editBetween(before: string, after: string): TextEdit[] {
  if (before === after) return [];
  const [old, fresh] = [linesOf(before), linesOf(after)];
  let first = 0;
  while (first < old.length && first < fresh.length && old[first] === fresh[first]) first++;
  let same = 0;
  while (same < old.length - first && same < fresh.length - first && old.at(-1 - same) === fresh.at(-1 - same)) same++;
  const start = placeAfter(old.slice(0, first));
  const end = placeAfter(old.slice(0, old.length - same));
  return [{ range: { start, end }, newText: fresh.slice(first, fresh.length - same).join('') }];
}

/** With their line breaks. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

function placeAfter(lines: readonly string[]): Place {
  const last = lines.at(-1) ?? '\n';
  return last.endsWith('\n')
    ? { line: lines.length, character: 0 }
    : { line: lines.length - 1, character: last.length };
}
