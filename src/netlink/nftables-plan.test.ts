import { describe, expect, it } from 'vitest';
import { ip } from '../base/ip-address.testkit.ts';
import type { FoundMarking, MarkedRange, MarkingCommand, MarkingTable } from '../ports/marking.ts';
import { planMarking } from './nftables-plan.ts';

const range = (last: number, mark = 1000, protocol: MarkedRange['protocol'] = 'tcp'): MarkedRange => ({
  protocol,
  first: ip(`10.0.0.${last}`),
  last: ip(`10.0.0.${last}`),
  firstPort: 80,
  lastPort: 80,
  mark,
});
const ranges = [range(1), range(2), range(1, 1001, 'udp')];
const table: MarkingTable = { name: 'lb', priority: -1, counters: false, ranges };
const nothing: FoundMarking = { exists: false, hasStrangers: false, chain: undefined, rules: [], maps: [] };
const right: FoundMarking = {
  exists: true,
  hasStrangers: false,
  chain: { priority: -1 },
  rules: [
    { protocol: 'tcp', counters: false },
    { protocol: 'udp', counters: false },
  ],
  maps: [
    { protocol: 'tcp', isMap: true, counters: false, ranges: [range(2), range(1)] },
    { protocol: 'udp', isMap: true, counters: false, ranges: [range(1, 1001, 'udp')] },
  ],
};
const plan = (found: FoundMarking, wanted: readonly MarkedRange[] = ranges) => planMarking(4, table, wanted, found);
const texts = (commands: readonly MarkingCommand[]): readonly string[] =>
  commands.map(command => {
    const of = 'protocol' in command ? ` ${command.protocol}` : '';
    const many = 'ranges' in command ? ` ${command.ranges.map(each => `${each.first}=${each.mark}`).join(' ')}` : '';
    return `${command.type}${of}${many}`;
  });
const building = [
  'add-table',
  'add-chain',
  'add-map tcp',
  'add-map udp',
  'add-rule tcp',
  'add-rule udp',
  'add-ranges tcp 10.0.0.1=1000 10.0.0.2=1000',
  'add-ranges udp 10.0.0.1=1001',
];
const clearing = ['empty-chain', 'remove-chain', 'remove-map tcp', 'remove-map udp'];

describe('the way from what nftables has to what it should have', () => {
  it('is a whole table where there is none', () => {
    expect(texts(plan(nothing))).toEqual(building);
  });

  it('is nothing where all is right', () => {
    expect(plan(right)).toEqual([]);
    expect(plan(nothing, [])).toEqual([]);
  });

  it('touches nothing but the ranges that are others now', () => {
    expect(texts(plan(right, [range(1), range(3), range(1, 1002, 'udp')]))).toEqual([
      'remove-ranges tcp 10.0.0.2=1000',
      'add-ranges tcp 10.0.0.3=1000',
      'remove-ranges udp 10.0.0.1=1001',
      'add-ranges udp 10.0.0.1=1002',
    ]);
  });

  it.each<[string, Partial<FoundMarking>]>([
    ['the chain hangs elsewhere', { chain: { priority: undefined } }],
    ['the chain has another priority', { chain: { priority: 0 } }],
    ['a rule is not ours', { rules: [undefined, ...right.rules.slice(1)] }],
    ['a rule counts', { rules: [{ protocol: 'tcp', counters: true }, right.rules[1]] }],
    ['a rule is missing', { rules: right.rules.slice(1) }],
    ['a rule is there twice', { rules: [right.rules[1], right.rules[1]] }],
    ['a map counts', { maps: [{ ...right.maps[0]!, counters: true }, right.maps[1]!] }],
    ['a map is something else', { maps: [{ ...right.maps[0]!, isMap: false }, right.maps[1]!] }],
  ])('builds ours anew, at one blow, where %s', (_, difference) => {
    expect(texts(plan({ ...right, ...difference }))).toEqual([...clearing, ...building]);
  });

  it('builds anew where a protocol comes or goes', () => {
    expect(texts(plan(right, [range(1)]))).toEqual([
      ...clearing,
      'add-table',
      'add-chain',
      'add-map tcp',
      'add-rule tcp',
      'add-ranges tcp 10.0.0.1=1000',
    ]);
  });

  it('takes the table away with its last range, but not what somebody else has in it', () => {
    expect(texts(plan(right, []))).toEqual(['remove-table']);
    expect(texts(plan({ ...right, hasStrangers: true }, []))).toEqual(clearing);
    expect(plan({ ...nothing, exists: true, hasStrangers: true }, [])).toEqual([]);
  });

  it('says much in several messages', () => {
    const many = Array.from({ length: 255 }, (_, place) => range(place));
    const commands = plan(nothing, [...many, ...many.map(each => ({ ...each, firstPort: 81, lastPort: 81 }))]);
    expect(commands.slice(4).map(command => 'ranges' in command && command.ranges.length)).toEqual([256, 254]);
  });
});
