import { allocate, libcFunction, memoryAt, textAt } from './libc.ts';

const glob = libcFunction<(pattern: string, flags: number, errors: null, result: Uint8Array) => number>(
  'int glob(const char *pattern, int flags, void *errors, void *result)',
);
const freeGlob = libcFunction<(result: Uint8Array) => void>('void globfree(void *result)');

/** More alternatives than any configuration has; `{a,b}{a,b}...` doubles with each pair. */
const mostPatterns = 4_096;

/** Absolute paths that match a pattern with *, ?, [...] and {a,b}; sorted, each once. */
export function findFiles(pattern: string, directory: string): readonly string[] {
  const found = new Set<string>();
  for (const each of expandBraces(pattern)) {
    const absolute = each.startsWith('/') ? each : `${quote(directory)}/${each}`;
    for (const path of matches(absolute)) found.add(path);
  }
  return [...found].sort((left, right) => (left < right ? -1 : 1));
}

/** The patterns that csh would make of one: `a{b,c{d,e}}` is ab, acd, ace. `{a}` is a, and `{}` stays. */
export function expandBraces(pattern: string): readonly string[] {
  const expanded: string[] = [];
  const waiting = [pattern];
  while (waiting.length > 0 && expanded.length + waiting.length <= mostPatterns) {
    const next = waiting.pop()!;
    const group = findGroup(next);
    if (!group) {
      expanded.push(next);
      continue;
    }
    // Backwards, because the last one pushed is expanded first.
    for (const alternative of group.alternatives.toReversed())
      waiting.push(`${next.slice(0, group.start)}${alternative}${next.slice(group.end)}`);
  }
  return expanded;
}

/** The first pair of braces with anything between them. */
function findGroup(
  pattern: string,
): { readonly start: number; readonly end: number; readonly alternatives: readonly string[] } | undefined {
  for (let start = 0; start < pattern.length; start++) {
    if (pattern[start] === '\\') start += 1;
    else if (pattern[start] === '{') {
      const group = readGroup(pattern, start);
      if (group) return group;
    }
  }
  return undefined;
}

function readGroup(
  pattern: string,
  start: number,
): { readonly start: number; readonly end: number; readonly alternatives: readonly string[] } | undefined {
  const alternatives: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let index = from; index < pattern.length; index++) {
    const character = pattern[index];
    if (character === '\\') index += 1;
    else if (character === '{') depth += 1;
    else if (character === '}' && depth > 0) depth -= 1;
    else if (character === ',' && depth === 0) {
      alternatives.push(pattern.slice(from, index));
      from = index + 1;
    } else if (character === '}') {
      if (index === start + 1) return undefined;
      alternatives.push(pattern.slice(from, index));
      return { start, end: index + 1, alternatives };
    }
  }
  return undefined;
}

function matches(pattern: string): readonly string[] {
  // struct glob_t: count, array of strings, and what concerns only the C library
  const result = allocate(128);
  const paths: string[] = [];
  if (glob(pattern, 0, null, result.bytes) === 0) {
    const count = Number(result.view.getBigUint64(0, true));
    if (count > 0) {
      const pointers = memoryAt(result.view.getBigUint64(8, true), count * 8);
      for (let index = 0; index < count; index++) {
        const path = textAt(pointers.getBigUint64(index * 8, true));
        if (path !== undefined) paths.push(path);
      }
    }
  }
  freeGlob(result.bytes);
  return paths;
}

function quote(directory: string): string {
  return directory.replace(/[\\*?[\]{}]/g, character => `\\${character}`);
}
