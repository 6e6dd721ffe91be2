import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Instant, instantFromMicroseconds } from '../base/instant.ts';
import { Deadlines } from './deadlines.ts';

const at = (count: number): Instant => instantFromMicroseconds(count);

it('knows the earliest of many', () => {
  const deadlines = new Deadlines<string>();
  expect(deadlines.earliest).toBeUndefined();
  deadlines.set('a', at(30));
  deadlines.set('b', at(10));
  deadlines.set('c', at(20));
  expect(deadlines.earliest).toBe(10);
  deadlines.set('b', undefined);
  expect(deadlines.earliest).toBe(20);
  deadlines.set('c', at(40));
  expect(deadlines.earliest).toBe(30);
  expect(deadlines.due(at(35))).toEqual(['a']);
});

it('agrees with a sorted list whatever is set, moved and taken away', () => {
  const step = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.option(fc.integer({ min: 0, max: 100 })));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 0, max: 100 }), (steps, now) => {
      const deadlines = new Deadlines<number>();
      const model = new Map<number, number>();
      for (const [key, time] of steps) {
        deadlines.set(key, time === null ? undefined : at(time));
        if (time === null) model.delete(key);
        else model.set(key, time);
      }
      const times = [...model.values()];
      expect(deadlines.earliest).toBe(times.length === 0 ? undefined : Math.min(...times));
      const due = deadlines.due(at(now));
      expect([...due].sort((a, b) => a - b)).toEqual(
        [...model.keys()].filter(key => model.get(key)! <= now).sort((a, b) => a - b),
      );
      const order = due.map(key => model.get(key)!);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }),
  );
});
