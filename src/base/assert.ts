/** A broken promise of our own code: the process ends and its parent starts it anew. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** States what must hold. Kept on in production: a bug becomes a crash, not a wrong decision. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new AssertionError(what);
}

/** Marks a branch that the types rule out. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}
