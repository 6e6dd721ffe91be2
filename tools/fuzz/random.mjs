// Every input is made from the seed and its own number alone, so that any one of them can be made again.

/** A random source for one input: SplitMix32, started from both numbers. */
export function randomFor(seed, index) {
  let state = (Math.imul(seed >>> 0, 0x9e3779b1) ^ Math.imul((index + 1) >>> 0, 0x85ebca6b)) >>> 0;
  const word = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let value = state;
    value = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
    value = Math.imul(value ^ (value >>> 15), 0x735a2d97);
    return (value ^ (value >>> 15)) >>> 0;
  };
  const below = bound => Math.floor((word() / 0x1_0000_0000) * bound);
  return {
    below,
    /** Uniform in first .. last. */
    between: (first, last) => first + below(last - first + 1),
    chance: (one, of) => below(of) < one,
    pick: list => list[below(list.length)],
    byte: () => word() & 0xff,
  };
}
