// Holds what happened against what was predicted.
import { formatAction } from '../../src/sim/action.ts';
import { type Change, type Course, lasting } from './course.testkit.ts';
import type { Deed, PlannedDeed } from './plan.testkit.ts';

/** A change that both worlds know, with how long after its cause it came. */
export interface Pairing {
  readonly node: string;
  readonly subject: string;
  readonly state: string;
  /** What it is measured from. */
  readonly cause: string;
  /** Seconds after the cause. */
  readonly predicted: number;
  readonly observed: number;
}

export interface Comparison {
  /** What was predicted and did not happen so, in words. */
  readonly mistakes: readonly string[];
  /** What differs and is not judged. */
  readonly remarks: readonly string[];
  readonly transitions: readonly Pairing[];
  readonly addresses: readonly Pairing[];
  readonly notifications: readonly Pairing[];
  readonly neighbours: readonly Pairing[];
  /** Steps of the scenario, measured from when the plan has them. */
  readonly deeds: readonly Pairing[];
}

interface Consequences {
  /** Only the node's own transitions count as causes. */
  readonly ofOwn: boolean;
  readonly mistakes: string[];
}

interface Cause {
  readonly what: string;
  readonly predictedAt: number;
  readonly observedAt: number;
}

/** What follows so soon upon somebody's transition follows from it. Seconds. */
const promptly = 0.1;

/**
 * A change is measured from the latest of these before it: a step of the scenario, a start of the node's own process, a
 * transition that it follows promptly. How long a process takes to start, and what follows from that for others, is
 * the machine's and not the protocol's.
 *
 * `interval`: what times may differ by, and how far two transitions have to be apart for their order to count; seconds.
 */
export function compare(
  predicted: Course,
  observed: Course,
  interval: number,
  plan: readonly PlannedDeed[],
): Comparison {
  const mistakes: string[] = [];
  const remarks: string[] = [];
  // A start has its effect when the process looks at the world.
  const causes: Cause[] = plan.flatMap(({ deed }, place) =>
    deed.type === 'start'
      ? []
      : { what: wordsOf(deed), predictedAt: predicted.deeds[place]!, observedAt: observed.deeds[place]! },
  );
  const starts = pairedByLane(predicted.starts, observed.starts, mistakes);
  const ownCauses = starts.map(([before, after]) => ({
    node: before.node,
    what: `${before.node} starts`,
    predictedAt: before.at,
    observedAt: after.at,
  }));
  const causeOf = (change: Change): Cause => {
    let latest: Cause = { what: 'the beginning', predictedAt: 0, observedAt: 0 };
    for (const cause of [...causes, ...ownCauses.filter(({ node }) => node === change.node)]) {
      if (cause.predictedAt <= change.at && cause.predictedAt >= latest.predictedAt) latest = cause;
    }
    return latest;
  };

  const pairs = pairedByLane(predicted.transitions, observed.transitions, mistakes);
  pairs.sort(([left], [right]) => left.at - right.at);
  const transitions = pairs.map(([before, after], place) => {
    let cause = causeOf(before);
    for (const [other, seen] of pairs.slice(0, place)) {
      // What a start brings about at once is no news to anybody else.
      if (before.at - other.at > promptly || isPartOfStart(other, ownCauses)) continue;
      if (other.at >= cause.predictedAt) {
        cause = { what: `${other.node} ${other.subject} ${other.state}`, predictedAt: other.at, observedAt: seen.at };
      }
    }
    return pairing(before, after, cause);
  });
  const consequences = (mine: readonly Change[], theirs: readonly Change[], how: Consequences): Pairing[] =>
    pairedByLane(mine, theirs, how.mistakes).map(([before, after]) => {
      let cause = causeOf(before);
      for (const [other, seen] of pairs) {
        if ((how.ofOwn && other.node !== before.node) || other.at > before.at || before.at - other.at > promptly)
          continue;
        if (other.at >= cause.predictedAt) {
          cause = { what: `${other.node} ${other.subject} ${other.state}`, predictedAt: other.at, observedAt: seen.at };
        }
      }
      return pairing(before, after, cause);
    });
  const addresses = consequences(predicted.addresses, observed.addresses, { ofOwn: true, mistakes });
  const notifications = consequences(predicted.notifications, observed.notifications, { ofOwn: true, mistakes });
  // Where two masters announce themselves at once, whose word comes last is a matter of microseconds: what a client
  // believes in the end is judged, not every change of its mind.
  const believed = [predicted.neighbours, observed.neighbours].map(changes => lasting(changes, promptly));
  const unlike: string[] = [];
  const neighbours = consequences(believed[0]!, believed[1]!, { ofOwn: false, mistakes: unlike });
  if (inTheEnd(believed[0]!) === inTheEnd(believed[1]!)) remarks.push(...unlike);
  else mistakes.push(...unlike);

  const ordered = pairs.filter(([before]) => !isPartOfStart(before, ownCauses));
  for (const [index, [before, after]] of ordered.entries()) {
    for (const [later, laterSeen] of ordered.slice(index + 1)) {
      if (later.at - before.at > interval && laterSeen.at <= after.at) {
        mistakes.push(`${said(later)} is predicted after ${said(before)}, and came before it`);
      }
    }
  }
  for (const pair of transitions) {
    const difference = pair.observed - pair.predicted;
    if (Math.abs(difference) > interval) {
      mistakes.push(
        `${pair.node} ${pair.subject} ${pair.state} came ${inMs(pair.observed)} after "${pair.cause}", predicted ${inMs(pair.predicted)}`,
      );
    }
  }
  return {
    mistakes,
    remarks,
    transitions,
    addresses,
    notifications,
    neighbours,
    deeds: plan.map(({ at, deed }, place) => {
      const [node, subject, state] = ['', wordsOf(deed), 'done'];
      return { node, subject, state, cause: 'the beginning', predicted: at, observed: observed.deeds[place]! };
    }),
  };
}

/** The last state of each subject. */
function inTheEnd(changes: readonly Change[]): string {
  const last = new Map(changes.map(({ node, subject, state }) => [`${node} ${subject}`, state]));
  return [...last]
    .map(entry => entry.join(' '))
    .sort()
    .join();
}

/** Milliseconds by which an observed change came later than predicted; negative: earlier. */
export function differenceOf({ predicted, observed }: Pairing): number {
  return (observed - predicted) * 1_000;
}

/** Of the absolute differences, in milliseconds; undefined without any. */
export function spread(pairings: readonly Pairing[]): { readonly median: number; readonly worst: number } | undefined {
  const sorted = pairings.map(pair => Math.abs(differenceOf(pair))).sort((left, right) => left - right);
  const worst = sorted.at(-1);
  return worst === undefined ? undefined : { median: sorted[(sorted.length - 1) >> 1]!, worst };
}

function wordsOf(deed: Deed): string {
  return deed.type === 'thaw' ? `thaw ${deed.node}` : formatAction(deed);
}

type Pair = readonly [before: Change, after: Change];

/** The n-th change of each subject with the n-th; subjects whose states differ are mistakes and make no pairs. */
function pairedByLane(predicted: readonly Change[], observed: readonly Change[], mistakes: string[]): Pair[] {
  const lanes = new Map<string, { before: Change[]; after: Change[] }>();
  const laneOf = ({ node, subject }: Change) => {
    const key = `${node} ${subject}`;
    const lane = lanes.get(key) ?? { before: [], after: [] };
    lanes.set(key, lane);
    return lane;
  };
  for (const change of predicted) laneOf(change).before.push(change);
  for (const change of observed) laneOf(change).after.push(change);
  return [...lanes].flatMap(([lane, { before, after }]) => {
    const states = (changes: readonly Change[]): string => changes.map(({ state }) => state).join(', ') || 'nothing';
    if (states(before) !== states(after)) {
      mistakes.push(`${lane}: predicted ${timed(before)}; happened ${timed(after)}`);
      return [];
    }
    return before.map((change, place): Pair => [change, after[place]!]);
  });
}

function isPartOfStart({ node, state, at }: Change, starts: readonly (Cause & { readonly node: string })[]): boolean {
  if (state.startsWith('MASTER')) return false;
  return starts.some(start => start.node === node && at >= start.predictedAt && at - start.predictedAt <= promptly);
}

function pairing({ node, subject, state, at }: Change, { at: seenAt }: Change, cause: Cause): Pairing {
  return {
    node,
    subject,
    state,
    cause: cause.what,
    predicted: at - cause.predictedAt,
    observed: seenAt - cause.observedAt,
  };
}

function timed(changes: readonly Change[]): string {
  return changes.map(({ state, at }) => `${state} at ${at.toFixed(3)} s`).join(', ') || 'nothing';
}

function said({ node, subject, state, at }: Change): string {
  return `${node} ${subject} ${state} (${at.toFixed(3)} s)`;
}

function inMs(seconds: number): string {
  return `${Math.round(seconds * 1_000)} ms`;
}
