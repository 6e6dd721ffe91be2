import { setFlagsFromString } from 'node:v8';

/** What V8 11 has unless told otherwise: bytes of bytecode that a function may run before it is looked at. */
const usualBudget = 67_584;
/** Enough for the loops over the services of a large configuration, once. */
const lateBudget = 1_000_000;

/**
 * V8 11, that of Node 20, has only one optimizing compiler, and begins with it early: while a configuration of thousands of
 * services is read and put into the kernel it works as much as the program itself, in memory of its own, for loops that are
 * through before they are compiled. From now on it begins late, until the returned function is called; what has not run
 * before that is optimized as usual. Later releases have a quicker compiler in between, and need none of this.
 */
export function optimizeLate(): () => void {
  const [major] = process.versions.v8.split('.');
  if (major !== '11') return () => {};
  setBudget(lateBudget);
  return () => setBudget(usualBudget);
}

function setBudget(bytes: number): void {
  setFlagsFromString(`--interrupt-budget=${bytes}`);
}
