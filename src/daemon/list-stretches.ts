import { sameValue } from '../base/same-value.ts';

/** A part of a list: some items that an earlier list has in a row from place `from` on, or items that it lacks there. */
export type Stretch =
  | { readonly type: 'same'; readonly from: number; readonly count: number }
  | { readonly type: 'new'; readonly items: readonly unknown[] };

/** How many items in a row may have gone, in the midst of other differences, for the others still to be found. */
const farthest = 8;

/**
 * A list in terms of an earlier one. Linear in their lengths; what is moved, or comes after much that has gone in several
 * places, may be called new although it is not.
 */
export function stretchesOf(items: readonly unknown[], before: readonly unknown[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  const shorter = Math.min(items.length, before.length);
  let atEnd = 0;
  while (atEnd < shorter && sameValue(items[items.length - 1 - atEnd], before[before.length - 1 - atEnd])) atEnd++;
  const [end, endBefore] = [items.length - atEnd, before.length - atEnd];
  let next = 0;
  let newFrom = 0;
  const conclude = (place: number): void => {
    if (place > newFrom) stretches.push({ type: 'new', items: items.slice(newFrom, place) });
  };
  for (let place = 0; place < end; ) {
    const from = findNear(items[place], before, next, endBefore);
    if (from === undefined) {
      place++;
      continue;
    }
    conclude(place);
    let count = 1;
    while (place + count < end && from + count < endBefore && sameValue(items[place + count], before[from + count])) {
      count++;
    }
    stretches.push({ type: 'same', from, count });
    place += count;
    next = from + count;
    newFrom = place;
  }
  conclude(end);
  if (atEnd > 0) stretches.push({ type: 'same', from: endBefore, count: atEnd });
  return stretches;
}

function findNear(item: unknown, list: readonly unknown[], from: number, end: number): number | undefined {
  for (let place = from; place < Math.min(end, from + farthest); place++) {
    if (sameValue(item, list[place])) return place;
  }
  return undefined;
}
