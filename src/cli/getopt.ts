import type { OptionRow } from './option-table.ts';

/** What reading a command line needs to know of an option. */
export type GetoptRow = Pick<OptionRow, 'short' | 'long' | 'argument'>;

/**
 * Rewrites a command line as getopt_long of the C library reads it into one that has a single reading: long options,
 * each with its value behind `=`. So `-nltD` is `-t` with the log file `D`, `-t FILE` has a stray `FILE`, and
 * `--log-c` is `--log-console`, exactly as keepalived's users have them in their unit files. What is unknown stays.
 */
export function normaliseArguments(words: readonly string[], table: readonly GetoptRow[]): string[] {
  const options: string[] = [];
  const operands: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      operands.push(...rest);
      break;
    }
    if (word.startsWith('--')) options.push(...normaliseLong(word, rest, table));
    else if (word.startsWith('-') && word !== '-') options.push(...normaliseShort(word, rest, table));
    else operands.push(word);
  }
  // A value that is missing must stay missing: nothing may follow an option that lacks one.
  const last = options.at(-1);
  const lacksValue = table.some(row => row.argument === 'required' && last === `--${row.long}`);
  return lacksValue ? options : [...options, '--', ...operands];
}

function normaliseLong(word: string, rest: string[], table: readonly GetoptRow[]): string[] {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const row = findLong(name, table);
  if (!row) return [word];
  if (equals >= 0) return [row.argument === 'none' ? word : `--${row.long}=${word.slice(equals + 1)}`];
  return withValue(row, undefined, rest);
}

function findLong(name: string, table: readonly GetoptRow[]): GetoptRow | undefined {
  const exact = table.find(row => row.long === name);
  if (exact || name === '') return exact;
  const beginning = table.filter(row => row.long.startsWith(name));
  return beginning.length === 1 ? beginning[0] : undefined;
}

function normaliseShort(word: string, rest: string[], table: readonly GetoptRow[]): string[] {
  const result: string[] = [];
  for (let place = 1; place < word.length; place++) {
    const row = table.find(candidate => candidate.short === word[place]);
    if (!row) return [...result, `-${word[place]}`];
    if (row.argument === 'none') {
      result.push(`--${row.long}`);
      continue;
    }
    result.push(...withValue(row, word.slice(place + 1) || undefined, rest));
    break;
  }
  return result;
}

function withValue(row: GetoptRow, attached: string | undefined, rest: string[]): string[] {
  if (row.argument === 'none') return [`--${row.long}`];
  if (attached !== undefined || row.argument === 'optional') return [`--${row.long}=${attached ?? ''}`];
  const next = rest.shift();
  return next === undefined ? [`--${row.long}`] : [`--${row.long}=${next}`];
}
