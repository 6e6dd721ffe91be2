import type { Family } from '../base/ip-address.ts';
import type { IpvsProtocol } from '../ports/ipvs.ts';
import {
  type FoundMarking,
  type MarkedRange,
  type MarkingCommand,
  type MarkingTable,
  rangesPerCommand,
} from '../ports/marking.ts';

/**
 * The commands that make of what the kernel has what it should have, for one family; `ranges` are those of it. As long as
 * chain, rules and maps are right only ranges change, so that what has been counted stays. What is not ours stays, too.
 */
export function planMarking(
  family: Family,
  table: MarkingTable,
  ranges: readonly MarkedRange[],
  found: FoundMarking,
): readonly MarkingCommand[] {
  if (ranges.length === 0) return found.exists ? removal(family, found) : [];
  const wanted = new Map<IpvsProtocol, MarkedRange[]>();
  for (const range of ranges) {
    const known = wanted.get(range.protocol);
    if (known) known.push(range);
    else wanted.set(range.protocol, [range]);
  }
  if (!isBuilt(found, table, wanted)) return [...clearing(family, found), ...building(family, table, wanted)];
  return found.maps.flatMap(map => difference(family, map.protocol, map.ranges, wanted.get(map.protocol) ?? []));
}

/** Chain, rules and maps are as they should be. */
function isBuilt(
  found: FoundMarking,
  { priority, counters }: MarkingTable,
  wanted: ReadonlyMap<IpvsProtocol, unknown>,
): boolean {
  const isRight = (part: { readonly protocol: IpvsProtocol; readonly counters: boolean } | undefined): boolean =>
    part !== undefined && part.counters === counters && wanted.has(part.protocol);
  return (
    found.chain?.priority === priority &&
    found.rules.length === wanted.size &&
    found.rules.every(isRight) &&
    new Set(found.rules.map(rule => rule?.protocol)).size === wanted.size &&
    found.maps.length === wanted.size &&
    found.maps.every(map => map.isMap && isRight(map))
  );
}

function removal(family: Family, found: FoundMarking): readonly MarkingCommand[] {
  return found.hasStrangers ? clearing(family, found) : [{ type: 'remove-table', family }];
}

function clearing(family: Family, found: FoundMarking): readonly MarkingCommand[] {
  const chain = [
    { type: 'empty-chain', family },
    { type: 'remove-chain', family },
  ] as const;
  const maps = found.maps.map(({ protocol }) => ({ type: 'remove-map', family, protocol }) as const);
  return [...(found.chain ? chain : []), ...maps];
}

function building(
  family: Family,
  { priority, counters }: MarkingTable,
  wanted: ReadonlyMap<IpvsProtocol, readonly MarkedRange[]>,
): readonly MarkingCommand[] {
  const protocols = [...wanted.keys()];
  return [
    { type: 'add-table', family },
    { type: 'add-chain', family, priority },
    ...protocols.map(protocol => ({ type: 'add-map', family, protocol, counters }) as const),
    ...protocols.map(protocol => ({ type: 'add-rule', family, protocol, counters }) as const),
    ...[...wanted].flatMap(([protocol, ranges]) => portions('add-ranges', family, protocol, ranges)),
  ];
}

/** Removals come first: what is there may be in the way of what is to come. */
function difference(
  family: Family,
  protocol: IpvsProtocol,
  found: readonly MarkedRange[],
  wanted: readonly MarkedRange[],
): readonly MarkingCommand[] {
  const rest = new Map(found.map(range => [rangeText(range), range]));
  const missing = wanted.filter(range => !rest.delete(rangeText(range)));
  return [
    ...portions('remove-ranges', family, protocol, [...rest.values()]),
    ...portions('add-ranges', family, protocol, missing),
  ];
}

const rangeText = ({ first, last, firstPort, lastPort, mark }: MarkedRange): string =>
  `${first} ${last} ${firstPort} ${lastPort} ${mark}`;

function portions(
  type: 'add-ranges' | 'remove-ranges',
  family: Family,
  protocol: IpvsProtocol,
  ranges: readonly MarkedRange[],
): readonly MarkingCommand[] {
  const commands: MarkingCommand[] = [];
  for (let start = 0; start < ranges.length; start += rangesPerCommand) {
    commands.push({ type, family, protocol, ranges: ranges.slice(start, start + rangesPerCommand) });
  }
  return commands;
}
