import { check, libcFunction } from './libc.ts';

const prctl = libcFunction<(option: number, value: bigint, a: bigint, b: bigint, c: bigint) => number>(
  'int prctl(int option, unsigned long value, unsigned long a, unsigned long b, unsigned long c)',
);

const setParentDeathSignal = 1;

/** The kernel sends this signal to the process once the thread that started it is gone. */
export function signalOnParentDeath(signal: number): void {
  check(prctl(setParentDeathSignal, BigInt(signal), 0n, 0n, 0n), 'set', 'parent-death signal');
}
