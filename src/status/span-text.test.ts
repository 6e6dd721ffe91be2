import { expect, it } from 'vitest';
import { spanText } from './span-text.ts';

it.each([
  [0.0008, '0.8 ms'],
  [0.0124, '12 ms'],
  [3.21, '3.2 s'],
  [59, '59 s'],
  [125, '2 min'],
  [7_300, '2 h'],
  [400_000, '5 d'],
])('%s seconds are %s', (seconds, text) => {
  expect(spanText(seconds)).toBe(text);
});
