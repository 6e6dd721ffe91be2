import { describe, expect, it } from 'vitest';
import { sameValue } from './same-value.ts';

describe('plain data', () => {
  it.each([
    [1, 1],
    [undefined, undefined],
    [
      { a: [1, { b: 'x' }], c: undefined },
      { c: undefined, a: [1, { b: 'x' }] },
    ],
    [Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
  ])('says the same: %j', (left, right) => {
    expect(sameValue(left, right)).toBe(true);
  });

  it.each([
    [1, '1'],
    [null, undefined],
    [{ a: 1 }, { a: 1, b: undefined }],
    [{ a: 1 }, { b: 1 }],
    [[1, 2], [1]],
    [[], {}],
    [Uint8Array.of(1), Uint8Array.of(2)],
  ])('says something else: %j and %j', (left, right) => {
    expect(sameValue(left, right)).toBe(false);
  });
});
