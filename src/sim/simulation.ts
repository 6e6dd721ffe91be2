import { type Duration, plus, seconds } from '../base/duration.ts';
import { type Instant, instantFromMicroseconds } from '../base/instant.ts';
import type { IpAddress } from '../base/ip-address.ts';
import { formatSpan } from './action.ts';
import { buildCluster } from './cluster.ts';
import { Director } from './director.ts';
import type { Violation } from './invariants/invariant.ts';
import { Judge } from './invariants/judge.ts';
import type { NodeConfiguration } from './node-configuration.ts';
import type { Observer } from './observation.ts';
import { type AddressRecord, measure, Outage } from './outage.ts';
import type { Expectation, Scenario, Stated } from './scenario.ts';
import { type ServiceRecord, Serving } from './serving.ts';
import { Timeline } from './timeline.ts';
import { TraceHash } from './trace-hash.ts';
import type { World } from './world.ts';

export interface SimulationInput {
  readonly nodes: readonly { readonly name: string; readonly configuration: NodeConfiguration }[];
  /** Other configurations, by the name that `reload NODE with NAME` uses. */
  readonly files: ReadonlyMap<string, NodeConfiguration>;
  readonly scenario: Scenario;
  /** Whether nodes keep recordings of what happens to them. Left out: no. */
  readonly record?: boolean;
  /** Who watches besides, from the beginning. */
  readonly observers?: readonly Observer[];
}

export interface FailedExpectation {
  readonly expectation: Stated<Expectation>;
  /** What was the case instead. */
  readonly instead: string;
}

export interface SimulationResult {
  readonly end: Instant;
  readonly violations: readonly Violation[];
  readonly failed: readonly FailedExpectation[];
  readonly addresses: readonly AddressRecord[];
  /** Empty without virtual servers. */
  readonly services: readonly ServiceRecord[];
  readonly timeline: Timeline;
  readonly world: World;
  /** The same for the same input, bit for bit. */
  readonly hash: string;
}

/** After the last step everything has time to come to rest. */
const restTime = seconds(30);

/** What a scenario names that is not there; each with the place of its step. */
export function complaints({ nodes, files, scenario }: SimulationInput): readonly string[] {
  const { world } = build({ nodes, files, scenario });
  const director = new Director(world, files);
  const found = scenario.steps.flatMap(({ action }) => director.complaint(action, scenario.steps) ?? []);
  for (const name of scenario.nodes.keys()) if (!world.node(name)) found.push(`there is no node "${name}"`);
  const addresses = new Set(new Outage(world).records.map(({ address }) => address));
  for (const { value } of scenario.expectations) {
    if (value.type === 'quiet') continue;
    if (value.address !== undefined && !addresses.has(value.address)) {
      found.push(`${value.address} is no virtual address of these nodes`);
    }
    if (value.type !== 'holder') continue;
    for (const name of value.nodes) if (!world.node(name)) found.push(`there is no node "${name}"`);
  }
  return [...new Set(found)];
}

/** Lets the scenario happen and watches it with every invariant. */
export function simulate(input: SimulationInput): SimulationResult {
  const { scenario } = input;
  const { world, judge, outage, serving, timeline, hash } = build(input);
  new Director(world, input.files).plan(scenario.steps);
  const last = scenario.steps.reduce((latest, { at }) => Math.max(latest, at), 0) as Duration;
  const longest = scenario.expectations.reduce(
    (latest, { value }) => Math.max(latest, value.type === 'holder' ? value.at : 0),
    last as number,
  ) as Duration;
  const end = instantFromMicroseconds(scenario.until ?? plus(longest, restTime));
  const holders = planHolderChecks(world, scenario, outage);
  try {
    world.runUntil(end);
    judge.conclude();
  } catch (error) {
    judge.violations.push({ invariant: 'no-crash', at: world.now, text: String(error) });
  }
  const { records: addresses } = outage;
  const failed = scenario.expectations.flatMap(expectation => {
    const instead = verdict(expectation, { addresses, timeline, end, holders });
    return instead === undefined ? [] : [{ expectation, instead }];
  });
  const { records: services } = serving;
  return { end, violations: judge.violations, failed, addresses, services, timeline, world, hash: hash.value };
}

function build({ nodes, scenario, record = false, observers = [] }: SimulationInput): {
  world: World;
  judge: Judge;
  outage: Outage;
  serving: Serving;
  timeline: Timeline;
  hash: TraceHash;
} {
  const clusterNodes = nodes.map(({ name, configuration }) => {
    const { driftPpm, addresses } = scenario.nodes.get(name) ?? {};
    return { name, configuration, ...(driftPpm !== undefined && { driftPpm }), ...(addresses && { addresses }) };
  });
  const { seed, clientsPerSegment } = scenario;
  const held = nodes.filter(({ name }) => scenario.nodes.get(name)?.held).map(({ name }) => name);
  const world = buildCluster(clusterNodes, { seed, clientsPerSegment, detail: false, start: true, held });
  if (record) for (const { recorder } of world.nodes) recorder.record();
  const judge = new Judge(world);
  const outage = new Outage(world);
  const serving = new Serving(world);
  const timeline = new Timeline(world);
  const hash = new TraceHash();
  world.watch(hash);
  for (const observer of observers) world.watch(observer);
  return { world, judge, outage, serving, timeline, hash };
}

type Holders = ReadonlyMap<Stated<Expectation>, readonly { readonly address: IpAddress; readonly nodes: string }[]>;

/** Looks at the kernels at the instants that expectations name. */
function planHolderChecks(world: World, { expectations }: Scenario, outage: Outage): Holders {
  const holders = new Map<Stated<Expectation>, readonly { address: IpAddress; nodes: string }[]>();
  for (const stated of expectations) {
    const { value } = stated;
    if (value.type !== 'holder') continue;
    world.at(instantFromMicroseconds(value.at), () => {
      const all = outage.records.map(({ address }) => address);
      const asked = value.address === undefined ? all : [value.address];
      holders.set(
        stated,
        asked.map(address => {
          const nodes = world.nodes.filter(node => node.powered && node.kernel.holdsAnywhere(address));
          return { address, nodes: nodes.map(({ name }) => name).join(',') };
        }),
      );
    });
  }
  return holders;
}

interface Evidence {
  readonly addresses: readonly AddressRecord[];
  readonly timeline: Timeline;
  readonly end: Instant;
  readonly holders: Holders;
}

/** Undefined if the expectation holds. */
function verdict(stated: Stated<Expectation>, evidence: Evidence): string | undefined {
  const { value } = stated;
  switch (value.type) {
    case 'gap':
    case 'dual':
      for (const record of evidence.addresses) {
        if (value.address !== undefined && record.address !== value.address) continue;
        const span = value.type === 'gap' ? worstGap(record, evidence.end) : measure(record.duals, evidence.end).total;
        if (span >= value.below) return `${value.type} of ${formatSpan(rounded(span))} for ${record.address}`;
      }
      return undefined;
    case 'holder': {
      const expected = value.nodes.join(',');
      const wrong = (evidence.holders.get(stated) ?? []).find(({ nodes }) => nodes !== expected);
      return wrong && `${wrong.address} is held by ${wrong.nodes || 'nobody'}`;
    }
    case 'quiet':
      for (const { node, instance, states } of evidence.timeline.lanes) {
        const moved = states.find(({ at }) => at > value.from);
        if (moved)
          return `${node} ${instance} enters ${moved.state} at ${formatSpan(rounded(moved.at as number as Duration))}`;
      }
      return undefined;
  }
}

/** The longest time that any client was without the address. */
export function worstGap({ gaps }: AddressRecord, end: Instant, since?: Instant): Duration {
  let worst = 0;
  for (const intervals of gaps.values()) worst = Math.max(worst, measure(intervals, end, since).longest);
  return worst as Duration;
}

/** To the millisecond: nobody reads more. */
export function rounded(span: Duration): Duration {
  return (Math.round(span / 1_000) * 1_000) as Duration;
}
