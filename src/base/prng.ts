/** A source of random numbers, passed as an argument so that a run can be repeated from its seed. */
export interface Prng {
  /** Uniform in 0 .. bound - 1; bound is 1 .. 2^32. */
  below(bound: number): number;
}

/** SplitMix32: one 32-bit word of state, every seed gives a full-period sequence. Not for secrets. */
export function seededPrng(seed: number): Prng {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let word = state;
    word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return (word ^ (word >>> 15)) >>> 0;
  };
  return {
    below: bound => Math.floor((next() / 0x1_0000_0000) * bound),
  };
}
