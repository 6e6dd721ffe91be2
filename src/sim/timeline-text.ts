import { type Duration, seconds, times } from '../base/duration.ts';
import { type Instant, instantFromMicroseconds } from '../base/instant.ts';
import { formatSpan } from './action.ts';
import type { AddressRecord, Interval } from './outage.ts';
import type { ServiceRecord } from './serving.ts';
import { rounded, type SimulationResult } from './simulation.ts';
import { type Lane, type LaneState, stateAt, type TimelineEvent } from './timeline.ts';

const signs: Readonly<Record<LaneState, string>> = {
  master: '█',
  backup: '─',
  fault: 'x',
  initialize: '·',
  frozen: '?',
  down: ' ',
};
/** Which state a column shows in which several fall. */
const precedence: readonly LaneState[] = ['master', 'frozen', 'fault', 'initialize', 'backup', 'down'];

/** The run as lanes of characters, a lane a node and instance, and one for each client's access to each address. */
export function timelineText({ timeline, addresses, services, end }: SimulationResult, columns: number): string {
  const { lanes, events } = timeline;
  const names = [
    ...lanes.map(({ node, instance }) => `${node} ${instance}`),
    ...addresses.map(({ address }) => address as string),
    ...services.map(nameOf),
  ];
  const margin = Math.max(...names.map(({ length }) => length), 4) + 2;
  const width = Math.max(20, columns - margin);
  const slot = (end / width) as Duration;
  const slots = [...Array(width).keys()].map(place => instantFromMicroseconds(place * slot));
  const lines = [
    `${' '.repeat(margin)}${axis(end, width)}`,
    `${'what'.padEnd(margin)}${marks(events, slot, width)}`,
    ...lanes.map(lane => `${`${lane.node} ${lane.instance}`.padEnd(margin)}${laneText(lane, slots, slot)}`),
    ...addresses.map(record => `${(record.address as string).padEnd(margin)}${accessText(record, slots, slot)}`),
    ...services.map(record => `${nameOf(record).padEnd(margin)}${servingText(record, slots, slot)}`),
    '',
    `${' '.repeat(margin)}█ master  ─ backup  x fault  · initialize  ? frozen  blank: no process`,
    `${' '.repeat(margin)}addresses: = answered  _ not answered for some client  2 on two machines  v something is done`,
    ...(services.length === 0
      ? []
      : [`${' '.repeat(margin)}services: = by all servers  - by fewer  s by the sorry server  _ by nobody`]),
  ];
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`;
}

/** What happened, a line an event; announcements and neighbours left out. */
export function eventsText({ timeline }: SimulationResult): string {
  const told = timeline.events.filter(
    ({ kind, text }) => kind === 'interference' || kind === 'life' || (kind === 'log' && isTelling(text)),
  );
  const lines = told.map(({ at, node, kind, text }) => {
    const who = kind === 'interference' ? '>' : (node ?? '');
    return `${formatSpan(rounded(at as number as Duration)).padStart(9)}  ${who.padEnd(8)} ${text}`;
  });
  return `${lines.join('\n')}\n`;
}

function isTelling(text: string): boolean {
  return (
    /Entering|Syncing|timeout|priority|removed by|succeeded|failed|timed_out|Netlink/.test(text) ||
    /^(Adding|Removing|Enabling|Disabling|Gained|Lost|Starting with|Changing weight)|IPVS/.test(text)
  );
}

function laneText(lane: Lane, slots: readonly Instant[], slot: Duration): string {
  return slots
    .map(from => {
      const states = new Set<LaneState>([stateAt(lane, from)]);
      for (const { at, state } of lane.states) if (at > from && at < from + slot) states.add(state);
      return signs[precedence.find(state => states.has(state)) ?? 'down'];
    })
    .join('');
}

function accessText({ gaps, duals, holdings }: AddressRecord, slots: readonly Instant[], slot: Duration): string {
  // A moment between two holders is no gap that anybody would see here.
  const all = [...gaps.values()].flat().filter(({ from, to }) => to === undefined || to - from > slot / 10);
  const first = holdings.find(({ nodes }) => nodes.length > 0)?.at;
  return slots
    .map(from => {
      if (first === undefined || from + slot <= first) return ' ';
      if (touches(all, from, slot)) return '_';
      return touches(duals, from, slot) ? '2' : '=';
    })
    .join('');
}

function nameOf({ node, service }: ServiceRecord): string {
  return `${node} ${service}`;
}

/** Who served worst in each column; blank until somebody did. */
function servingText(
  { servers, sorryServer, serving }: ServiceRecord,
  slots: readonly Instant[],
  slot: Duration,
): string {
  const parts = serving.map(({ at, servers: now }, place) => {
    const isSorry = sorryServer !== undefined && now.includes(sorryServer) && !servers.includes(sorryServer);
    const sign = now.length === 0 ? '_' : isSorry ? 's' : now.length < servers.length ? '-' : '=';
    return { sign, from: at, to: serving[place + 1]?.at };
  });
  return slots
    .map(from => {
      const here = parts.filter(part => touches([part], from, slot)).map(({ sign }) => sign);
      return ['_', 's', '-', '='].find(sign => here.includes(sign)) ?? ' ';
    })
    .join('');
}

function touches(intervals: readonly Interval[], from: Instant, slot: Duration): boolean {
  return intervals.some(interval => interval.from < from + slot && (interval.to ?? Number.POSITIVE_INFINITY) > from);
}

function marks(events: readonly TimelineEvent[], slot: Duration, width: number): string {
  const line = Array<string>(width).fill(' ');
  for (const { at, kind } of events)
    if (kind === 'interference') line[Math.min(width - 1, Math.floor(at / slot))] = 'v';
  return line.join('');
}

/** Times along the top, as many as there is room for. */
function axis(end: Instant, width: number): string {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400];
  const room = 10;
  const step = seconds(steps.find(candidate => (end / seconds(candidate)) * room <= width) ?? 86_400);
  let line = '';
  for (let count = 0; times(step, count) < end; count++) {
    const place = Math.round((times(step, count) / end) * width);
    line = `${line.padEnd(place)}${formatSpan(times(step, count))}`;
  }
  return line.slice(0, width);
}
