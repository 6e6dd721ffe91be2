/** A nibble, or undefined for a wildcard. */
export type Nibble = number | undefined;

/**
 * The nibbles of hexadecimal text, blanks between bytes; undefined if it is none. A digit that stands alone is a byte.
 * With `wildcards`, x stands for any nibble.
 */
export function hexNibbles(text: string, wildcards: boolean): readonly Nibble[] | undefined {
  const nibbles: Nibble[] = [];
  for (const run of text.split(/[ \t]+/)) {
    if (run === '') continue;
    if (!(wildcards ? /^[0-9a-fA-FxX]+$/ : /^[0-9a-fA-F]+$/).test(run)) return undefined;
    const alone = run.length % 2 === 1 ? run.length - 1 : -1;
    for (let index = 0; index < run.length; index++) {
      if (index === alone) nibbles.push(0);
      const digit = run[index]!;
      nibbles.push(digit === 'x' || digit === 'X' ? undefined : Number.parseInt(digit, 16));
    }
  }
  return nibbles.length > 0 ? nibbles : undefined;
}

/** Hexadecimal text as bytes; undefined if it is none. */
export function hexBytes(text: string): Uint8Array | undefined {
  const nibbles = hexNibbles(text, false);
  return (
    nibbles && Uint8Array.from({ length: nibbles.length / 2 }, (_, i) => nibbles[2 * i]! * 16 + nibbles[2 * i + 1]!)
  );
}
