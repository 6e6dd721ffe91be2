import { type Duration, plus, seconds, times, zero } from '../base/duration.ts';
import { after, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import type { IpAddress } from '../base/ip-address.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import { type Action, formatAction, type Step } from './action.ts';
import { interfacesOf } from './cluster.ts';
import { entryText, type RoutingSelector } from './fake-routing.ts';
import type { Violation } from './invariants/invariant.ts';
import { type AddressRecord, type Holding, measure } from './outage.ts';
import { serverText } from './real-servers.ts';
import type { Scenario } from './scenario.ts';
import { type ServiceRecord, servingBefore } from './serving.ts';
import { type FailedExpectation, type SimulationInput, simulate, worstGap } from './simulation.ts';

/** What a fault, or several at once, did to one virtual address. */
export interface AddressOutcome {
  readonly address: IpAddress;
  /** Names; empty is nobody. */
  readonly before: readonly string[];
  /** While the fault lasts, everything settled. */
  readonly during: readonly string[];
  /** After it was undone, everything settled. */
  readonly after: readonly string[];
  /** The longest time in one piece that a client's packets got no answer. */
  readonly gap: Duration;
  /** Without an answer to the end. */
  readonly isLost: boolean;
  readonly dual: Duration;
}

/** What a fault did to a service in one machine's IPVS table. */
export interface ServiceOutcome {
  readonly node: string;
  readonly service: string;
  /** Real servers with a weight; empty is nobody. */
  readonly before: readonly string[];
  readonly during: readonly string[];
  readonly after: readonly string[];
}

export interface FaultOutcome {
  readonly faults: readonly string[];
  readonly addresses: readonly AddressOutcome[];
  /** Those that the fault changed. */
  readonly services: readonly ServiceOutcome[];
  readonly violations: readonly Violation[];
  readonly failed: readonly FailedExpectation[];
  /** Why this deserves to be looked at first; empty if nothing is amiss. */
  readonly concerns: readonly string[];
  /** The same run as a scenario. */
  readonly steps: readonly Step[];
}

/** A thing that can go wrong, for so long, and whom it takes out of service. */
interface Fault {
  readonly text: string;
  readonly action: Action;
  readonly kind: 'outage' | 'script' | 'server' | 'other';
  readonly node: string | undefined;
}

type Input = Omit<SimulationInput, 'files'>;

/** Every fault by itself, the worst outcome first. */
export function everySingleFault(input: Input): readonly FaultOutcome[] {
  const span = settleTime(input);
  return worstFirst(allFaults(input, span).map(fault => play(input, [fault], span)));
}

/** Every two faults at once, the worst outcome first. */
export function everyPairOfFaults(input: Input): readonly FaultOutcome[] {
  const span = settleTime(input);
  const faults = allFaults(input, span);
  const outcomes = faults.flatMap((first, place) =>
    faults.slice(place + 1).map(second => play(input, [first, second], span)),
  );
  return worstFirst(outcomes);
}

/** How long the slowest of these nodes takes to settle after anything. */
function settleTime({ nodes }: Input): Duration {
  let longest = seconds(20);
  for (const { configuration } of nodes) {
    let scripts = 0;
    for (const { interval, timeout, rise, fall } of configuration.scripts) {
      scripts = Math.max(scripts, (Math.max(rise, fall) + 1) * interval + timeout);
    }
    for (const { advertisementInterval, downTimerAdverts, preemptDelay } of configuration.instances) {
      const elections = times(advertisementInterval, 2 * (downTimerAdverts + 2));
      const own = plus(plus(elections, preemptDelay), plus(scripts as Duration, configuration.global.startupDelay));
      if (own + seconds(6) > longest) longest = plus(own, seconds(6));
    }
  }
  for (const { configuration } of nodes) {
    for (const { schedule } of configuration.balancing?.health.checkers ?? []) {
      const { delayLoop, delayBeforeRetry, retries } = schedule;
      const verdict = plus(times(delayLoop, 2), times(delayBeforeRetry, retries));
      if (verdict + seconds(6) > longest) longest = plus(verdict, seconds(6));
    }
  }
  // Whole seconds are easier to read.
  return seconds(Math.ceil(longest / seconds(1)));
}

function allFaults({ nodes }: Input, span: Duration): readonly Fault[] {
  const faults: Fault[] = [];
  const add = (kind: Fault['kind'], node: string | undefined, action: Action): void => {
    faults.push({ kind, node, action, text: formatAction(action) });
  };
  for (const { name: node, configuration } of nodes) {
    add('outage', node, { type: 'power-off', node, span });
    add('outage', node, { type: 'stop', node, span });
    add('other', node, { type: 'crash', node, process: 'vrrp' });
    add('other', node, { type: 'freeze', node, span: seconds(5) });
    add('other', node, { type: 'suspend', node, span: seconds(5) });
    add('outage', node, { type: 'cut', path: { from: node, to: undefined, direction: 'both' }, span });
    add('other', node, { type: 'cut', path: { from: node, to: undefined, direction: 'one-way' }, span });
    for (const link of interfacesOf(configuration)) add('outage', node, { type: 'unplug', node, link, span });
    for (const { name: script } of configuration.scripts) {
      add('script', node, { type: 'script', script, node, behaviour: { type: 'exits', status: 1 }, span });
    }
    for (const { name, quorum } of configuration.processes) {
      // Where there must be none, one is too many.
      add('script', node, { type: 'process', process: name, node, count: quorum === 0 ? 1 : 0, span });
    }
    for (const name of downFiles(configuration)) {
      add('script', node, { type: 'file', file: name, node, number: 1, span });
    }
    for (const address of addressesOf(configuration)) add('other', node, { type: 'remove', node, address });
    for (const entry of routingOf(configuration)) add('other', node, { type: 'remove-routing', node, entry });
    add('other', node, { type: 'reload', node, file: undefined });
    if (configuration.balancing) add('other', node, { type: 'crash', node, process: 'checker' });
  }
  const balancing = nodes.flatMap(({ configuration }) => configuration.balancing?.lvs.virtualServers ?? []);
  for (const server of new Set(balancing.flatMap(({ realServers }) => realServers.map(serverText)))) {
    add('server', undefined, { type: 'server', server, from: undefined, behaviour: 'refuses', span });
  }
  pairs(nodes.map(({ name }) => name)).forEach(([from, to]) => {
    add('other', undefined, { type: 'cut', path: { from, to, direction: 'both' }, span });
  });
  return faults;
}

/** Files that mean FAULT whenever they say anything but 0. */
function downFiles({ files, instances, syncGroups }: VrrpConfiguration): readonly string[] {
  const trackers = [...instances, ...syncGroups].flatMap(({ trackFiles }) => trackFiles);
  const decisive = new Set(trackers.filter(({ weight, reverse }) => weight === 0 && !reverse).map(({ file }) => file));
  return files.map(({ name }) => name).filter(name => decisive.has(name));
}

/** Virtual routes and rules, each once. */
function routingOf({ instances }: VrrpConfiguration): readonly RoutingSelector[] {
  const entries = instances.flatMap(({ routes = [], rules = [] }): RoutingSelector[] => [
    ...routes.map(({ destination }) => ({ kind: 'route', destination }) as const),
    ...rules.map(({ preference }) => ({ kind: 'rule', preference }) as const),
  ]);
  return [...new Map(entries.map(entry => [entryText(entry), entry])).values()];
}

function play(input: Input, faults: readonly Fault[], span: Duration): FaultOutcome {
  const steps = faults.map(({ action }): Step => ({ at: span, action }));
  const begin = instantFromMicroseconds(span);
  const over = after(begin, span);
  // A machine that lost its power has to boot first.
  const end = after(over, plus(span, seconds(16)));
  const scenario: Scenario = { ...input.scenario, steps, until: plus(times(span, 3), seconds(16)) };
  const result = simulate({ nodes: input.nodes, files: new Map(), scenario });
  const addresses = result.addresses.map(record => outcomeOf(record, begin, over, end));
  const services = result.services.flatMap(record => changedBy(record, begin, over, end));
  const { violations, failed } = result;
  const concerns = [
    ...new Set([
      ...violations.map(({ invariant }) => `breaks ${invariant}`),
      ...failed.map(({ expectation, instead }) => `${expectation.text}: ${instead}`),
      ...addresses.flatMap(address => concernsOf(address, faults, input)),
      ...services.flatMap(service => concernsOfService(service, faults)),
    ]),
  ];
  return { faults: faults.map(({ text }) => text), addresses, services, violations, failed, concerns, steps };
}

function outcomeOf(record: AddressRecord, begin: Instant, over: Instant, end: Instant): AddressOutcome {
  const [before, during, afterwards] = [begin, over, end].map(at => holdersBefore(record.holdings, at));
  const isLost = [...record.gaps.values()].some(intervals => intervals.some(({ to }) => to === undefined));
  return {
    address: record.address,
    before: before ?? [],
    during: during ?? [],
    after: afterwards ?? [],
    gap: worstGap(record, end, begin),
    isLost,
    dual: measure(record.duals, end, begin).longest,
  };
}

/** Nothing if the fault changed nothing. */
function changedBy(record: ServiceRecord, begin: Instant, over: Instant, end: Instant): readonly ServiceOutcome[] {
  const [before = [], during = [], afterwards = []] = [begin, over, end].map(at => servingBefore(record, at));
  if (before.join() === during.join() && during.join() === afterwards.join()) return [];
  const { node, service } = record;
  return [{ node, service, before, during, after: afterwards }];
}

function concernsOfService({ node, service, before, during }: ServiceOutcome, faults: readonly Fault[]): string[] {
  // A machine that is down serves nobody, and need not.
  const isOut = faults.some(({ kind, node: own }) => kind === 'outage' && own === node);
  return before.length > 0 && during.length === 0 && !isOut ? [`nobody serves ${service} on ${node}`] : [];
}

function concernsOf(outcome: AddressOutcome, faults: readonly Fault[], { nodes }: Input): readonly string[] {
  const { address, before, during, after: afterwards, gap, isLost } = outcome;
  const concerns: string[] = [];
  const out = new Set(faults.filter(({ kind }) => kind === 'outage' || kind === 'script').map(({ node }) => node));
  const anybodyLeft = nodes.some(({ name }) => !out.has(name));
  if (before.length === 0) concerns.push(`nobody holds ${address} to begin with`);
  else if (before.length > 1) concerns.push(`${before.join(' and ')} hold ${address} to begin with`);
  else if (anybodyLeft && during.length === 0) concerns.push(`nobody holds ${address} although a node is left`);
  if (isLost && before.length > 0) concerns.push(`${address} is never answered again`);
  if (afterwards.length > 1) concerns.push(`${afterwards.join(' and ')} hold ${address} in the end`);
  for (const { kind, node, text, action } of faults) {
    if (node === undefined || faults.length > 1 || !before.includes(node) || !during.includes(node)) continue;
    if (kind === 'script') concerns.push(`${text}, and ${address} stays on ${node}`);
    // An interface that nobody tracks.
    else if (kind === 'outage' && anybodyLeft && 'span' in action && gap >= (action.span ?? Number.POSITIVE_INFINITY)) {
      concerns.push(`${text}, and ${address} stays on ${node}, which does not answer`);
    }
  }
  return concerns;
}

function holdersBefore(holdings: readonly Holding[], at: Instant): readonly string[] {
  let nodes: readonly string[] = [];
  for (const holding of holdings) {
    if (holding.at >= at) break;
    nodes = holding.nodes;
  }
  return nodes;
}

function addressesOf({ instances }: VrrpConfiguration): readonly IpAddress[] {
  // One of each instance stands for all of them.
  return instances.flatMap(({ addresses }) => (addresses[0] ? [addresses[0].address] : []));
}

function pairs<Value>(values: readonly Value[]): readonly (readonly [Value, Value])[] {
  return values.flatMap((first, place) => values.slice(place + 1).map(second => [first, second] as const));
}

function worstFirst(outcomes: readonly FaultOutcome[]): readonly FaultOutcome[] {
  const weight = ({ violations, failed, concerns, addresses }: FaultOutcome): readonly number[] => [
    violations.length > 0 ? 1 : 0,
    failed.length > 0 ? 1 : 0,
    concerns.length > 0 ? 1 : 0,
    Math.max(zero, ...addresses.map(({ gap, dual }) => gap + dual)),
  ];
  return [...outcomes].sort((left, right) => {
    const [ours, theirs] = [weight(left), weight(right)];
    for (const [place, value] of ours.entries()) if (value !== theirs[place]) return theirs[place]! - value;
    return 0;
  });
}
