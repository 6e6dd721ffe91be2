import { describe, expect, it } from 'vitest';
import { centiseconds, inMilliseconds, seconds } from '../base/duration.ts';
import { masterDownInterval, skewTime } from './intervals.ts';

describe('v3 intervals', () => {
  it.each([
    [100, 100, 609.375, 3609.375],
    [254, 100, 7.8125, 3007.8125],
    [253, 100, 11.71875, 3011.71875],
    [1, 100, 996.09375, 3996.09375],
    [255, 100, 3.90625, 3003.90625],
    [100, 300, 1828.125, 10828.125],
    [100, 1, 6.09375, 36.09375],
    [100, 4095, 24953.90625, 147803.90625],
    [1, 4095, 40790.0390625, 163640.0390625],
  ])('priority %i, interval %i cs: skew %f ms, down %f ms', (priority, interval, skew, down) => {
    expect(inMilliseconds(skewTime(3, priority, centiseconds(interval)))).toBe(skew);
    expect(inMilliseconds(masterDownInterval(3, priority, centiseconds(interval), 3))).toBe(down);
  });

  it('gives every priority its own expiry, and none a skew of zero, at 10 ms', () => {
    const expiries = Array.from({ length: 255 }, (_, index) => masterDownInterval(3, index + 1, centiseconds(1), 3));
    expect(new Set(expiries).size).toBe(255);
    expect(Math.min(...expiries)).toBeGreaterThan(centiseconds(3));
  });
});

describe('v2 intervals', () => {
  it.each([
    [100, 1, 609.375, 3609.375],
    [100, 2, 609.375, 6609.375],
    [100, 10, 609.375, 30609.375],
    [254, 1, 7.8125, 3007.8125],
  ])('priority %i, interval %i s: skew %f ms, down %f ms', (priority, interval, skew, down) => {
    expect(inMilliseconds(skewTime(2, priority, seconds(interval)))).toBe(skew);
    expect(inMilliseconds(masterDownInterval(2, priority, seconds(interval), 3))).toBe(down);
  });
});

it('waits for as many adverts as configured', () => {
  expect(inMilliseconds(masterDownInterval(3, 100, centiseconds(100), 5))).toBe(5609.375);
  expect(inMilliseconds(masterDownInterval(2, 100, seconds(1), 1))).toBe(1609.375);
});
