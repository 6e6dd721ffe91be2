import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Diagnostic, Severity } from '../config/diagnostic.ts';
import { version } from '../daemon/version.ts';

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', advice: 'note' };

/**
 * Findings as SARIF 2.1.0 (OASIS standard), for code review tools. Files below `directory` are named relative to it,
 * which is what such tools match with their repository.
 */
export function sarifLog(diagnostics: readonly Diagnostic[], directory: string): object {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  const index = new Map(codes.map((code, place) => [code, place]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'holdfast',
            version,
            rules: codes.map(id => ({ id, help: { text: `docs/diagnostics.md explains "${id}".` } })),
          },
        },
        columnKind: 'unicodeCodePoints',
        originalUriBaseIds: { SRCROOT: { uri: `${pathToFileURL(directory).href.replace(/\/$/, '')}/` } },
        results: diagnostics.map(diagnostic => ({
          ruleId: diagnostic.code,
          ruleIndex: index.get(diagnostic.code),
          level: levels[diagnostic.severity],
          message: {
            text: diagnostic.hint === undefined ? diagnostic.message : `${diagnostic.message}: ${diagnostic.hint}`,
          },
          locations: [
            { physicalLocation: { artifactLocation: location(diagnostic.file, directory), ...region(diagnostic) } },
          ],
        })),
      },
    ],
  };
}

function location(file: string, directory: string): object {
  const absolute = path.resolve(directory, file);
  const relative = path.relative(directory, absolute);
  if (relative.startsWith('..') || path.isAbsolute(relative)) return { uri: pathToFileURL(absolute).href };
  return { uri: relative.split(path.sep).map(encodeURIComponent).join('/'), uriBaseId: 'SRCROOT' };
}

function region({ line, column, endColumn, excerpt }: Diagnostic): object {
  if (line === 0) return {};
  const columns = column > 0 ? { startColumn: column, endColumn: endColumn ?? column + 1 } : {};
  return { region: { startLine: line, ...columns }, contextRegion: { startLine: line, snippet: { text: excerpt } } };
}
