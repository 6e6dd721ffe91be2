import type { Duration } from '../base/duration.ts';
import type { Instant } from '../base/instant.ts';
import type { Instance } from '../engine/instance.ts';
import { RecordedClock } from '../engine/recording-clock.ts';
import { masterDownInterval } from '../vrrp/intervals.ts';
import type { Mark, Rejection, Story, Transition } from './explain-story.ts';

/** Why two routers were master at the same time. */
export type DualMasterKind =
  /** Neither heard the other. */
  | 'two-way'
  /** Only one heard the other. */
  | 'one-way'
  /** The adverts arrived and were refused. */
  | 'rejected-adverts'
  /** The same addresses under two VRIDs, or a third router under theirs. */
  | 'vrid-clash'
  /** One of the processes did not get to run, and its adverts came too late. */
  | 'starvation'
  /** One of them could not send. */
  | 'cannot-send'
  /** They heard each other: what is left of a takeover. */
  | 'hand-over';

/** One of two routers during a dual-master moment. */
export interface Side {
  readonly host: string;
  readonly instance: string;
  readonly vrid: number;
  readonly source: string | undefined;
  readonly priority: number;
  /** How it became master; undefined if that was before the recording begins. */
  readonly became: Transition | undefined;
  /** In its own words, on its own clock. */
  readonly masterFrom: Instant | undefined;
  readonly adverts: {
    readonly sent: number;
    /** From the other side, accepted. */
    readonly heard: number;
    /** The last one before the two were both master. */
    readonly lastHeard: Instant | undefined;
    readonly rejected: readonly { readonly reason: Rejection['reason']; readonly count: number }[];
    /** Anybody else under the same VRID. */
    readonly third: readonly string[];
  };
  readonly sendFailure: string | undefined;
  readonly late: { readonly at: Instant; readonly late: Duration } | undefined;
  /** Unicast, and the other side is not among the peers. */
  readonly doesNotSendToOther: boolean;
}

export interface DualMaster {
  readonly kind: DualMasterKind;
  /** Microseconds since 1970, as the two wall clocks have it. */
  readonly from: number;
  /** Undefined: to the end of the recordings. */
  readonly to: number | undefined;
  readonly first: Side;
  readonly second: Side;
  /** Virtual addresses of both. */
  readonly addresses: readonly string[];
}

/** A replay to its end, with what is needed of its clock and its masters. */
export class Witness {
  readonly story: Story;
  readonly host: string;
  readonly clock: RecordedClock;
  /** Microseconds since 1970. */
  readonly from: number;
  readonly to: number;

  constructor(story: Story, host: string) {
    this.story = story;
    this.host = host;
    const { clock, steps, origin } = story.recording;
    this.clock = new RecordedClock(clock);
    this.from = this.clock.epochOf(steps[0]?.at ?? origin.written.instant);
    this.to = origin.written.epochMicroseconds;
    // Who was master when the recording begins is known before anything is replayed.
    for (const { name, machine } of story.vrrp.instances) this.#initially.set(name, machine.state.type === 'master');
    story.runToEnd();
  }

  readonly #initially = new Map<string, boolean>();

  /** When the instance was master, microseconds since 1970. */
  reigns(name: string): readonly Reign[] {
    const reigns: Reign[] = [];
    let since: number | undefined = this.#initially.get(name) ? this.from : undefined;
    let became: Transition | undefined;
    for (const transition of this.story.of(name).transitions) {
      const at = this.clock.epochOf(transition.at);
      if (transition.to === 'master') {
        since = at;
        became = transition;
      } else if (since !== undefined) {
        reigns.push({ from: since, to: at, became });
        since = undefined;
        became = undefined;
      }
    }
    if (since !== undefined) reigns.push({ from: since, to: undefined, became });
    return reigns;
  }
}

interface Reign {
  readonly from: number;
  readonly to: number | undefined;
  readonly became: Transition | undefined;
}

/** All times when two routers for the same addresses, or under the same VRID, were both master; latest last. */
export function dualMasters(left: Witness, right: Witness, instance: string | undefined): readonly DualMaster[] {
  const found: DualMaster[] = [];
  for (const one of left.story.vrrp.instances) {
    if (instance !== undefined && one.name !== instance) continue;
    for (const other of right.story.vrrp.instances) {
      if (!areSameRouter(one, other)) continue;
      for (const mine of left.reigns(one.name)) {
        for (const theirs of right.reigns(other.name)) {
          const both = overlap(left, one, mine, right, other, theirs);
          if (both) found.push(both);
        }
      }
    }
  }
  return found.sort((a, b) => a.from - b.from);
}

function areSameRouter({ configuration: one }: Instance, { configuration: other }: Instance): boolean {
  if (one.family !== other.family) return false;
  return one.vrid === other.vrid || sharedAddresses(one, other).length > 0;
}

function sharedAddresses(one: Instance['configuration'], other: Instance['configuration']): readonly string[] {
  const theirs = new Set<string>(other.addresses.map(({ address }) => address));
  return one.addresses.map(({ address }) => address).filter(address => theirs.has(address));
}

function overlap(
  left: Witness,
  one: Instance,
  mine: Reign,
  right: Witness,
  other: Instance,
  theirs: Reign,
): DualMaster | undefined {
  const from = Math.max(mine.from, theirs.from);
  const ends = [mine.to, theirs.to].filter(end => end !== undefined);
  const to = ends.length === 0 ? undefined : Math.min(...ends);
  const end = to ?? Math.min(left.to, right.to);
  if (end <= from) return undefined;
  const lasted = end - from;
  const shortest = Math.min(interval(one), interval(other));
  // The silence that made the later one master, without the adverts before it and without those that ended it all.
  const silence = 0.9 * patience(theirs.from >= mine.from ? other : one);
  const window = {
    both: from,
    from: from - silence,
    end: to === undefined ? end : Math.max(from, end - Math.min(shortest, lasted / 2)),
  };
  const first = sideOf(left, one, mine, other, window);
  const second = sideOf(right, other, theirs, one, window);
  const kind = classify(first, second, lasted, shortest);
  return { kind, from, to, first, second, addresses: sharedAddresses(one.configuration, other.configuration) };
}

const interval = ({ configuration }: Instance): number => configuration.advertisementInterval;

/** How long it waits for a master, in microseconds. */
function patience({ configuration: { version, advertisementInterval, downTimerAdverts }, machine }: Instance): number {
  return masterDownInterval(version, machine.priority, advertisementInterval, downTimerAdverts);
}

function sideOf(
  witness: Witness,
  instance: Instance,
  reign: Reign,
  other: Instance,
  window: { readonly from: number; readonly both: number; readonly end: number },
): Side {
  const { story, clock, host } = witness;
  const own = story.of(instance.name);
  const inside = (at: number): boolean => clock.epochOf(at) >= window.from && clock.epochOf(at) <= window.end;
  const marks = own.marks.filter(({ at }) => inside(at));
  const peer = other.machine.source ?? other.configuration.source;
  const isPeer = (each: Mark): boolean => 'source' in each && each.source === peer;
  const heard = marks.filter(each => each.type === 'heard' && isPeer(each));
  // Late by so much: it wanted to run long before.
  const late = story.late
    .filter(({ at, late: by }) => inside(at) || inside(at - by))
    .sort((a, b) => b.late - a.late)[0];
  const { destination, vrid } = instance.configuration;
  const failure = marks.findLast(each => each.type === 'send-failed');
  return {
    host,
    instance: instance.name,
    vrid,
    source: instance.machine.source,
    priority: instance.machine.priority,
    became: reign.became,
    masterFrom: reign.became?.at,
    adverts: {
      sent: marks.filter(({ type }) => type === 'sent').length,
      heard: heard.length,
      lastHeard: own.marks.findLast(
        each => each.type === 'heard' && isPeer(each) && clock.epochOf(each.at) < window.both,
      )?.at,
      rejected: rejectionsOf(marks.filter(isPeer)),
      third: thirdParties(marks, peer, instance.machine.source),
    },
    sendFailure: failure?.type === 'send-failed' ? failure.error : undefined,
    late,
    doesNotSendToOther:
      destination.type === 'unicast' &&
      peer !== undefined &&
      !destination.peers.some(({ address }) => address === peer),
  };
}

function rejectionsOf(marks: readonly Mark[]): Side['adverts']['rejected'] {
  const counts = new Map<Rejection['reason'], number>();
  for (const each of marks) {
    // Who listens to nobody refuses nothing.
    if (each.type !== 'rejected' || each.reason === 'not-listening') continue;
    counts.set(each.reason, (counts.get(each.reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => ({ reason, count }));
}

function thirdParties(marks: readonly Mark[], peer: string | undefined, own: string | undefined): readonly string[] {
  const sources = marks.flatMap(each => ('source' in each ? [each.source] : []));
  return [...new Set(sources)].filter(source => source !== peer && source !== own);
}

function classify(first: Side, second: Side, lasted: number, shortest: number): DualMasterKind {
  const sides = [first, second];
  if (first.vrid !== second.vrid) return 'vrid-clash';
  // Refused once and accepted ever since is a reload or a restart, not the cause.
  if (sides.some(({ adverts }) => adverts.rejected.length > 0 && adverts.heard === 0)) return 'rejected-adverts';
  const starved = sides.some(({ late }) => late !== undefined && late.late >= Math.max(shortest, lasted / 2));
  if (starved) return 'starvation';
  if (lasted <= shortest) return 'hand-over';
  if (sides.some(({ adverts, sendFailure }) => adverts.sent === 0 || sendFailure !== undefined)) return 'cannot-send';
  const deaf = sides.filter(({ adverts }) => adverts.heard === 0);
  if (deaf.length === 2) return 'two-way';
  if (deaf.length === 1) return 'one-way';
  return sides.some(({ adverts }) => adverts.third.length > 0) ? 'vrid-clash' : 'hand-over';
}

/** How long it lasted; undefined while it does. */
export function lastingOf({ from, to }: DualMaster): Duration | undefined {
  return to === undefined ? undefined : ((to - from) as Duration);
}
