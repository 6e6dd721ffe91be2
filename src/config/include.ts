import { unreachable } from '../base/assert.ts';
import type { SourceFiles } from './source-files.ts';

/** Which failures of an include are errors. */
export interface IncludePolicy {
  /** A match that cannot be read or is no regular file. */
  readonly read: boolean;
  /** A pattern without wildcards that matches nothing. */
  readonly match: boolean;
  /** A pattern with wildcards that matches nothing. */
  readonly wildcardMatch: boolean;
  /** An alternative in braces that matches nothing. */
  readonly braceMatch: boolean;
}

export const lenientIncludes: IncludePolicy = { read: false, match: false, wildcardMatch: false, braceMatch: false };
export const strictIncludes: IncludePolicy = { read: true, match: true, wildcardMatch: true, braceMatch: true };

/** The variants of include and what each insists on, in addition to include_check. */
export const includeKeywords: ReadonlyMap<string, IncludePolicy> = new Map([
  ['include', lenientIncludes],
  ['includer', { ...lenientIncludes, read: true }],
  ['includem', { ...lenientIncludes, read: true, match: true }],
  ['includew', { ...lenientIncludes, read: true, match: true, wildcardMatch: true }],
  ['includeb', { ...lenientIncludes, read: true, braceMatch: true }],
  ['includea', strictIncludes],
]);

export function combined(left: IncludePolicy, right: IncludePolicy): IncludePolicy {
  return {
    read: left.read || right.read,
    match: left.match || right.match,
    wildcardMatch: left.wildcardMatch || right.wildcardMatch,
    braceMatch: left.braceMatch || right.braceMatch,
  };
}

/** The policy after `include_check WORDS`; undefined with the word that it does not know. */
export function adjusted(
  policy: IncludePolicy,
  words: readonly string[],
): { readonly policy: IncludePolicy; readonly unknown: string | undefined } {
  if (words.length === 0) return { policy: strictIncludes, unknown: undefined };
  // A list of plain words replaces the policy; + and - change it.
  const relative = /^[+-]/.test(words[0]!);
  const result = { ...(relative ? policy : lenientIncludes) };
  for (const word of words) {
    const on = !word.startsWith('-');
    switch (word.replace(/^[+-]/, '')) {
      case 'read':
      case 'readable':
        result.read = on;
        break;
      case 'match':
        result.match = on;
        break;
      case 'wildcard_match':
        result.wildcardMatch = on;
        break;
      case 'brace_match':
        result.braceMatch = on;
        break;
      default:
        return { policy: result, unknown: word };
    }
  }
  return { policy: result, unknown: undefined };
}

export type IncludeProblem =
  | { readonly type: 'no-match'; readonly pattern: string; readonly isError: boolean }
  | { readonly type: 'directory' | 'not-a-file'; readonly path: string; readonly isError: boolean };

export function includeProblemText(problem: IncludeProblem): string {
  switch (problem.type) {
    case 'no-match':
      return `no file matches "${problem.pattern}"`;
    case 'directory':
      return `"${problem.path}" is a directory, of which no file is read; "${problem.path}/*.conf" names those in it`;
    case 'not-a-file':
      return `"${problem.path}" is no readable file, or is executable`;
    default:
      return unreachable(problem);
  }
}

/** The files that an include names, in order, and what is wrong with it. */
export function includedFiles(
  pattern: string,
  directory: string,
  policy: IncludePolicy,
  host: SourceFiles,
): { readonly files: readonly string[]; readonly problems: readonly IncludeProblem[] } {
  const problems: IncludeProblem[] = [];
  const matches = host.glob(pattern, directory);
  if (matches.length === 0) {
    const isError = /[*?[]/.test(pattern) ? policy.wildcardMatch : policy.match;
    problems.push({ type: 'no-match', pattern, isError });
  } else if (pattern.includes('{')) {
    for (const alternative of firstBraceAlternatives(pattern)) {
      if (host.glob(alternative, directory).length === 0) {
        problems.push({ type: 'no-match', pattern: alternative, isError: policy.braceMatch });
      }
    }
  }
  const files: string[] = [];
  for (const path of matches) {
    const status = host.status(path);
    // Directories and executable files are passed over: a glob may well catch a script.
    if (status?.kind === 'file' && (status.mode & 0o111) === 0) files.push(path);
    else problems.push({ type: status?.kind === 'directory' ? 'directory' : 'not-a-file', path, isError: policy.read });
  }
  return { files, problems };
}

/** The alternatives of the first brace expression; deeper ones stay for the glob. */
function firstBraceAlternatives(pattern: string): readonly string[] {
  const open = pattern.indexOf('{');
  let depth = 0;
  let start = open + 1;
  const alternatives: string[] = [];
  for (let index = open; index < pattern.length; index++) {
    const character = pattern[index]!;
    if (character === '{') depth++;
    else if (character === ',' && depth === 1) {
      alternatives.push(pattern.slice(start, index));
      start = index + 1;
    } else if (character === '}' && --depth === 0) {
      alternatives.push(pattern.slice(start, index));
      const before = pattern.slice(0, open);
      const after = pattern.slice(index + 1);
      return alternatives.slice(0, 64).map(alternative => before + alternative + after);
    }
  }
  return [];
}
