import { expect, it } from 'vitest';
import { instantFromMicroseconds } from '../base/instant.ts';
import { seededPrng } from '../base/prng.ts';
import { EventHeap } from './event-heap.ts';

it('hands out by time, and in the order of planning at the same instant', () => {
  const prng = seededPrng(7);
  const heap = new EventHeap();
  const planned: { at: number; order: number }[] = [];
  const taken: { at: number; order: number }[] = [];
  for (let order = 0; order < 2_000; order++) {
    const entry = { at: prng.below(50), order };
    planned.push(entry);
    heap.push(instantFromMicroseconds(entry.at), { happen: () => taken.push(entry) });
    if (prng.below(3) === 0) {
      const due = heap.nextAt;
      heap.pop()!.happen();
      expect(taken.at(-1)!.at).toBe(due);
    }
  }
  const before = taken.length;
  while (heap.size > 0) heap.pop()!.happen();
  expect(new Set(taken)).toEqual(new Set(planned));
  const rest = taken.slice(before);
  expect(rest).toEqual([...rest].sort((left, right) => left.at - right.at || left.order - right.order));
  expect(heap.pop()).toBeUndefined();
  expect(heap.nextAt).toBe(Number.POSITIVE_INFINITY);
});
