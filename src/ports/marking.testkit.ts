import { expect, it } from 'vitest';
import { ip } from '../base/ip-address.testkit.ts';
import type { MarkedRange, MarkingTable } from './marking.ts';

/** Whoever keeps tables of marked ranges: the kernel, or its double. */
export interface MarkingGround {
  /** Whether anything had to be done, or why it could not. */
  mark(table: MarkingTable): boolean | { readonly error: string };
  ranges(name: string): readonly MarkedRange[];
}

/** `PROTOCOL FIRST-LAST PORT MARK`; port 0 stands for all. */
export function markedRange(text: string): MarkedRange {
  const [protocol = '', addresses = '', port = '', mark = ''] = text.split(' ');
  const [first = '', last = first] = addresses.split('-');
  const [firstPort, lastPort] = port === '0' ? [0, 65_535] : [Number(port), Number(port)];
  return { protocol: protocol as 'tcp', first: ip(first), last: ip(last), firstPort, lastPort, mark: Number(mark) };
}

export const markingTable = (texts: readonly string[], rest: Partial<MarkingTable> = {}): MarkingTable => ({
  name: 'keepalived_ipvs',
  priority: -1,
  counters: false,
  ranges: texts.map(markedRange),
  ...rest,
});

const ranges = ['tcp 10.0.0.1 80 1000', 'tcp 10.0.0.16-10.0.0.31 0 1001', 'udp fd00::1-fd00::ff 53 1002'];

/** What the engine may rely on. */
export function describeMarking(open: () => MarkingGround): void {
  const found = (ground: MarkingGround, name = 'keepalived_ipvs') => new Set(ground.ranges(name).map(rangeText));
  const rangeText = ({ protocol, first, last, firstPort, lastPort, mark }: MarkedRange): string =>
    [protocol, first, last, firstPort, lastPort, mark].join(' ');
  const expected = (texts: readonly string[]) => new Set(texts.map(markedRange).map(rangeText));

  it('keep what they are given, and say whether that was new', () => {
    const ground = open();
    expect(ground.ranges('keepalived_ipvs')).toEqual([]);
    expect(ground.mark(markingTable(ranges))).toBe(true);
    expect(ground.mark(markingTable(ranges))).toBe(false);
    expect(found(ground)).toEqual(expected(ranges));
    for (const rest of [{ counters: true }, { priority: 5 }]) {
      expect(ground.mark(markingTable(ranges, rest))).toBe(true);
      expect(ground.mark(markingTable(ranges, rest))).toBe(false);
      expect(found(ground)).toEqual(expected(ranges));
    }
  });

  it('change ranges, also to others in the same place', () => {
    const ground = open();
    ground.mark(markingTable(ranges));
    const others = ['tcp 10.0.0.1 80 1003', 'tcp 10.0.0.8-10.0.0.20 0 1001', 'sctp fd00::1 53 1004'];
    expect(ground.mark(markingTable(others))).toBe(true);
    expect(found(ground)).toEqual(expected(others));
  });

  it('go by name, and with their last range', () => {
    const ground = open();
    ground.mark(markingTable(ranges));
    ground.mark(markingTable(ranges.slice(1), { name: 'other' }));
    expect([found(ground), found(ground, 'other')]).toEqual([expected(ranges), expected(ranges.slice(1))]);
    expect(ground.mark(markingTable([]))).toBe(true);
    expect(ground.mark(markingTable([]))).toBe(false);
    expect([found(ground), found(ground, 'other')]).toEqual([new Set(), expected(ranges.slice(1))]);
    ground.mark(markingTable([], { name: 'other' }));
  });

  it('refuse ranges that have something in common, and stay as they were', () => {
    const ground = open();
    ground.mark(markingTable(ranges));
    expect(ground.mark(markingTable([...ranges, 'tcp 10.0.0.30-10.0.0.40 80 1005']))).toHaveProperty('error');
    expect(found(ground)).toEqual(expected(ranges));
    ground.mark(markingTable([]));
  });
}
