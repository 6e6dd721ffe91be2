import fc from 'fast-check';
import { expect, it } from 'vitest';
import { base64, utf8 } from './text-bytes.ts';

it('writes UTF-8 and base64 as everybody does', () => {
  const texts = fc.array(fc.nat(0x10_ffff), { maxLength: 40 }).map(codes => String.fromCodePoint(...codes));
  fc.assert(
    fc.property(texts, text => {
      const bytes = Buffer.from(text);
      expect([...utf8(text)]).toEqual([...bytes]);
      expect(base64(utf8(text))).toBe(bytes.toString('base64'));
    }),
    { numRuns: 50 },
  );
  for (const text of ['', 'a', 'ab', 'abc', 'ä', '€', '🏠', '\ud800x']) {
    expect(base64(utf8(text))).toBe(Buffer.from(text).toString('base64'));
  }
});
