import type { WrittenInstance } from '../advice/written.ts';
import { trackersOf, type WrittenTracker } from '../advice/written-trackers.ts';
import { effectivePriority, holdsInFault, priorityContribution, type TrackedObject } from '../tracking.ts';
import type { ClusterNode, Member } from './cluster-router.ts';

/** One thing that goes wrong on one node, everything else being well. */
export type Fault =
  | { readonly type: 'host'; readonly node: ClusterNode }
  | { readonly type: WrittenTracker['kind']; readonly node: ClusterNode; readonly name: string };

/** Something tracked that adds to a priority or takes from it now. */
export interface Term {
  readonly kind: WrittenTracker['kind'];
  readonly name: string;
  readonly value: number;
}

/** How a member stands in the election while a fault lasts. */
export interface Standing {
  readonly member: Member;
  /** `gone`: the host is down. `fault`: it may not be master. */
  readonly ability: 'able' | 'fault' | 'gone';
  /** What holds it in FAULT, for people. */
  readonly causes: readonly string[];
  /** Effective, 1 .. 255; also of one that is not able. */
  readonly priority: number;
  readonly terms: readonly Term[];
}

/** The instances of a node that go into FAULT together with this one, itself included. */
function fateOf({ node, written }: Member): readonly WrittenInstance[] {
  return (written.group && node.membersOf.get(written.group)) ?? [written];
}

export function standingOf(member: Member, fault: Fault | undefined): Standing {
  const { node, written, configuration } = member;
  const here = fault?.node === node ? fault : undefined;
  const tracked = trackersOf(written).map(tracker => ({ tracker, object: objectOf(tracker, node, here) }));
  const terms = tracked.flatMap(({ tracker: { kind, name }, object }) => {
    const value = configuration.priority === 255 ? 0 : priorityContribution(object);
    return value === 0 ? [] : [{ kind, name, value }];
  });
  const causes = fateOf(member).flatMap(instance => causesOf(instance, node, here));
  return {
    member,
    ability: here?.type === 'host' ? 'gone' : causes.length > 0 ? 'fault' : 'able',
    causes: [...new Set(causes)],
    priority: effectivePriority(
      configuration.priority,
      tracked.map(({ object }) => object),
    ),
    terms,
  };
}

function causesOf(instance: WrittenInstance, node: ClusterNode, fault: Fault | undefined): string[] {
  const { configuration } = instance;
  const causes: string[] = [];
  if (configuration.destination.type === 'no-peer') causes.push('no unicast peer');
  const own = configuration.interface;
  if (!configuration.dontTrackPrimary && fault?.type === 'interface' && fault.name === own) causes.push(`${own} down`);
  for (const tracker of trackersOf(instance)) {
    if (!holdsInFault(objectOf(tracker, node, fault))) continue;
    causes.push(tracker.kind === 'interface' ? `${tracker.name} down` : `${tracker.kind} ${tracker.name}`);
  }
  return causes;
}

function objectOf(
  { kind, name, weight, reverse }: WrittenTracker,
  node: ClusterNode,
  fault: Fault | undefined,
): TrackedObject {
  const usual = kind === 'script' && node.usuallyFailing.has(name) ? 'down' : 'up';
  const changed = fault?.type === kind && fault.name === name;
  return { status: changed ? (usual === 'up' ? 'down' : 'up') : usual, weight, reverse };
}

/** Every single fault of a node that could matter to a member: its host, its interfaces, its scripts. */
export function faultsOf(member: Member): readonly Fault[] {
  const { node } = member;
  const names = { interface: new Set<string>(), script: new Set<string>(), process: new Set<string>() };
  for (const instance of fateOf(member)) {
    const { configuration } = instance;
    if (configuration.interface !== undefined && !configuration.dontTrackPrimary)
      names.interface.add(configuration.interface);
    for (const { kind, name } of trackersOf(instance)) names[kind].add(name);
  }
  return [
    { type: 'host', node },
    ...(['interface', 'script', 'process'] as const).flatMap(type =>
      Array.from(names[type], (name): Fault => ({ type, node, name })),
    ),
  ];
}

/** `101 - 5 = 96`; the number alone if nothing tracked counts. */
export function arithmetic({ member, terms, priority }: Standing): string {
  const base = member.configuration.priority;
  if (terms.length === 0) return `${priority}`;
  const sum = terms.reduce((total, { value }) => total + value, base);
  const written = terms.map(({ value }) => (value < 0 ? ` - ${-value}` : ` + ${value}`)).join('');
  return sum === priority ? `${base}${written} = ${sum}` : `${base}${written} = ${sum}, cut off at ${priority}`;
}

/** What happens, as a clause. */
export function eventText(fault: Fault): string {
  const { name: node } = fault.node;
  switch (fault.type) {
    case 'host':
      return `${node} is gone`;
    case 'interface':
      return `${fault.name} of ${node} is down`;
    case 'process':
      return `process ${fault.name} fails on ${node}`;
    case 'script':
      return `${fault.name} ${fault.node.usuallyFailing.has(fault.name) ? 'succeeds' : 'fails'} on ${node}`;
  }
}
