import { expect, it } from 'vitest';
import { clockText } from './clock-text.ts';

it('is formatted once a second, whichever way the clock goes', () => {
  let now = 1_000;
  const formatted: number[] = [];
  const text = clockText(
    date => {
      formatted.push(date.getTime());
      return String(date.getTime());
    },
    () => now,
  );
  const said = [1_000, 1_999, 2_000, 2_500, 500, 2_001].map(time => {
    now = time;
    return text();
  });
  expect(said).toEqual(['1000', '1000', '2000', '2000', '500', '2001']);
  expect(formatted).toHaveLength(4);
});
