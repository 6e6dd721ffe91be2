import type { Diagnostic } from '../config/diagnostic.ts';
import { type LoadOptions, loadConfiguration } from '../engine/configuration.ts';
import type { ConfigurationHost } from '../ports/configuration-host.ts';
import { type Range, rangeOfDiagnostic } from './places.ts';

/** A diagnostic with its place as an editor has it. */
export interface Problem {
  readonly range: Range;
  readonly diagnostic: Diagnostic;
}

/** Verdicts on this machine rather than on the file: they say nothing about a file that is written for another. */
const aboutThisMachine: ReadonlySet<string> = new Set([
  'no-such-interface',
  'script-insecure',
  'script-missing',
  'script-not-executable',
  'script-path-search',
  'script-user',
]);

/** What is wrong with a configuration, by file; every file that is asked about has an entry. */
export function problemsOf(
  path: string,
  host: ConfigurationHost,
  options: LoadOptions,
  isForThisMachine: boolean,
  paths: Iterable<string>,
): ReadonlyMap<string, readonly Problem[]> {
  const elsewhere: ConfigurationHost = { ...host, interfaceNames: undefined, interfaceAddresses: () => undefined };
  const { diagnostics } = loadConfiguration(path, isForThisMachine ? host : elsewhere, options);
  const problems = new Map<string, Problem[]>();
  for (const file of paths) problems.set(file, []);
  for (const diagnostic of diagnostics) {
    if (!isForThisMachine && aboutThisMachine.has(diagnostic.code)) continue;
    const known = problems.get(diagnostic.file) ?? [];
    problems.set(diagnostic.file, known);
    known.push({ range: rangeOfDiagnostic(diagnostic), diagnostic });
  }
  return problems;
}
