import { readFileSync } from 'node:fs';
import { errorWords, lastErrno, libcFunction } from './libc.ts';
import { resourceLimit, setResourceLimit, unlimited } from './resource-limit.ts';

const mlockall = libcFunction<(flags: number) => number>('int mlockall(int flags)');
const munlockall = libcFunction<() => number>('int munlockall()');
const munlock = libcFunction<(address: bigint, length: bigint) => number>(
  'int munlock(uintptr_t address, size_t length)',
);

/** What there is and what comes, each page once it is used: nothing is made resident for it. */
const wanted = { current: 1, future: 2, onFault: 4 } as const;

/**
 * Keeps this process's memory from being swapped out; undefined, or why the kernel does not. It takes CAP_IPC_LOCK, or no limit on
 * locked memory: with a limit, the allocation that meets it would end the process. Where V8 puts compiled code stays out of
 * it: V8 gives pages of that back in a way that the kernel denies for locked ones, and ends the process then.
 */
export function lockMemory(): string | undefined {
  const limit = resourceLimit('memlock');
  const isUnlimited = limit.hard === unlimited;
  // With a limit of nothing, only who is above the limit gets through.
  setResourceLimit('memlock', { ...limit, soft: isUnlimited ? unlimited : 0n });
  const refused = mlockall(wanted.current | wanted.future | wanted.onFault) !== 0 ? errorWords(lastErrno()) : undefined;
  if (!isUnlimited) setResourceLimit('memlock', limit);
  if (refused !== undefined) return refused;
  for (const { from, to } of codeRanges(readFileSync('/proc/self/maps', 'utf8'))) munlock(from, to - from);
  return undefined;
}

export function unlockMemory(): void {
  munlockall();
}

interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

/** Of the text of /proc/PID/maps: where compiled code is, or may come to be; nameless memory around what can be executed. */
export function codeRanges(maps: string): readonly Range[] {
  const ranges: Range[] = [];
  let run: (Range & { readonly mode: string })[] = [];
  const end = (): void => {
    // What begins or ends a run and is mere data does not belong to it.
    const first = run.findIndex(({ mode }) => !isData(mode));
    const last = run.findLastIndex(({ mode }) => !isData(mode));
    if (run.some(({ mode }) => mode.includes('x'))) ranges.push({ from: run[first]!.from, to: run[last]!.to });
    run = [];
  };
  for (const line of maps.split('\n')) {
    const [, from, to, mode, name] = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+ *(.*)$/.exec(line) ?? [];
    if (from === undefined || to === undefined || mode === undefined) continue;
    const mapping = { from: BigInt(`0x${from}`), to: BigInt(`0x${to}`), mode };
    if (name !== '' || run.at(-1)?.to !== mapping.from) end();
    if (name === '') run.push(mapping);
  }
  end();
  return ranges;
}

function isData(mode: string): boolean {
  return mode.startsWith('rw-') || mode.startsWith('r--');
}
