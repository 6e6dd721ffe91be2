import { expect, it } from 'vitest';
import { PingRecord } from './ping-record.ts';

/** One ping each 20 ms from 0 on; `x` is lost. */
function record(pattern: string): PingRecord {
  const pings = new PingRecord();
  [...pattern].forEach((mark, index) => {
    pings.take(`sent ${index} ${index * 20}`);
    if (mark !== 'x') pings.take(`back ${index}`);
  });
  return pings;
}

it('counts the lost pings of a stretch and the longest gap between answers', () => {
  const pings = record('..xx...xxx..');
  expect(pings.between(0, 1000)).toEqual({ sent: 12, lost: 5, gapMs: 80 });
  expect(pings.between(0, 100)).toEqual({ sent: 6, lost: 2, gapMs: 60 });
  expect(pings.between(80, 120)).toEqual({ sent: 3, lost: 0, gapMs: 0 });
});

it('counts a gap that has not ended', () => {
  expect(record('..xx').between(0, 200)).toEqual({ sent: 4, lost: 2, gapMs: 180 });
});

it('believes that all is well only after three answers, the one under way left out', () => {
  expect(record('...x').isAnsweredSince(0)).toBe(true);
  expect(record('..x.').isAnsweredSince(0)).toBe(false);
  expect(record('....').isAnsweredSince(40)).toBe(false);
});
