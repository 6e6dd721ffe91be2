import { type Family, familyOf, ipAddressFromNumber, ipAddressNumber } from '../base/ip-address.ts';
import type { MarkedRange } from '../ports/marking.ts';

/** Addresses as numbers. */
interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

const lastPort = 65_535;

/** Intervals that have nothing in common, in order. */
class Coverage {
  readonly #intervals: Interval[] = [];

  /** Those that have something of it. */
  within({ first, last }: Interval): readonly Interval[] {
    const start = this.#placeOf(first);
    let end = start;
    while (end < this.#intervals.length && this.#intervals[end]!.first <= last) end++;
    return this.#intervals.slice(start, end);
  }

  /** The parts of it that nothing covers yet. */
  uncovered(interval: Interval): readonly Interval[] {
    const parts: Interval[] = [];
    let { first } = interval;
    for (const covered of this.within(interval)) {
      if (covered.first > first) parts.push({ first, last: covered.first - 1n });
      first = covered.last + 1n;
    }
    if (first <= interval.last) parts.push({ first, last: interval.last });
    return parts;
  }

  /** Nothing of it may be covered yet. */
  add(interval: Interval): void {
    this.#intervals.splice(this.#placeOf(interval.first), 0, interval);
  }

  /** The place of the first interval that ends at the number or beyond. */
  #placeOf(number: bigint): number {
    let low = 0;
    let high = this.#intervals.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#intervals[middle]!.last < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * The same marks, by ranges no two of which have anything in common, for the kernel refuses such: what names a port goes
 * before what means every port, as IPVS looks for services; else the first counts.
 */
export function disjointRanges(ranges: readonly MarkedRange[]): readonly MarkedRange[] {
  const exact = new Map<string, Map<number, Coverage>>();
  const every = new Map<string, Coverage>();
  const result: MarkedRange[] = [];
  for (const range of ranges) {
    if (namesEveryPort(range)) continue;
    const ports = entryOf(exact, spaceOf(range), () => new Map<number, Coverage>());
    const coverage = entryOf(ports, range.firstPort, () => new Coverage());
    for (const part of coverage.uncovered(intervalOf(range))) {
      coverage.add(part);
      result.push(cut(range, part));
    }
  }
  for (const range of ranges) {
    if (!namesEveryPort(range)) continue;
    const coverage = entryOf(every, spaceOf(range), () => new Coverage());
    for (const part of coverage.uncovered(intervalOf(range))) {
      coverage.add(part);
      result.push(...aroundPorts(range, part, exact.get(spaceOf(range)) ?? new Map<number, Coverage>()));
    }
  }
  return result;
}

/** Every port of these addresses but those that are named for some of them. */
function aroundPorts(range: MarkedRange, part: Interval, named: ReadonlyMap<number, Coverage>): readonly MarkedRange[] {
  const taken = [...named].flatMap(([port, coverage]) =>
    coverage.within(part).map(({ first, last }) => ({ first, last, port })),
  );
  if (taken.length === 0) return [cut(range, part)];
  const borders = new Set([part.first, part.last + 1n]);
  for (const { first, last } of taken) for (const border of [first, last + 1n]) borders.add(border);
  const inside = [...borders].filter(border => border >= part.first && border <= part.last + 1n).sort(byNumber);
  const result: MarkedRange[] = [];
  inside.slice(0, -1).forEach((first, place) => {
    const piece = cut(range, { first, last: inside[place + 1]! - 1n });
    const ports = taken.filter(other => other.first <= first && other.last >= first).map(({ port }) => port);
    let from = 0;
    for (const port of [...ports.sort((left, right) => left - right), lastPort + 1]) {
      if (port > from) result.push({ ...piece, firstPort: from, lastPort: port - 1 });
      from = port + 1;
    }
  });
  return result;
}

const byNumber = (left: bigint, right: bigint): number => (left < right ? -1 : left > right ? 1 : 0);

const namesEveryPort = (range: MarkedRange): boolean => range.firstPort !== range.lastPort;

const spaceOf = (range: MarkedRange): string => `${familyOf(range.first)} ${range.protocol}`;

const intervalOf = (range: MarkedRange): Interval => ({
  first: ipAddressNumber(range.first),
  last: ipAddressNumber(range.last),
});

function cut(range: MarkedRange, { first, last }: Interval): MarkedRange {
  const family: Family = familyOf(range.first);
  return { ...range, first: ipAddressFromNumber(first, family), last: ipAddressFromNumber(last, family) };
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known) return known;
  const made = make();
  map.set(key, made);
  return made;
}
