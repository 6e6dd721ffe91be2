import { type Duration, microseconds } from '../base/duration.ts';
import { elapsed, type Instant } from '../base/instant.ts';
import type { Instance } from '../engine/instance.ts';
import type { Recording } from '../engine/recording-file.ts';
import { Replay, type ReplayedStep } from '../engine/recording-replay.ts';
import type { VrrpStep } from '../engine/recording-step.ts';
import type { VrrpProcess } from '../engine/vrrp-process.ts';
import type { FaultCause } from '../vrrp/log-lines.ts';
import type { RejectReason } from '../vrrp/receive-checks.ts';
import type { RouterState } from '../vrrp/virtual-router.ts';
import { type ExplainedTimer, explainTimer } from './explain-timer.ts';

export type StateName = RouterState['type'];

/** Why an instance went from one state to another. */
export type Cause =
  /** A timer ran out: `heard` is who was heard last before. */
  | {
      readonly type: 'timer';
      readonly timer: ExplainedTimer;
      readonly heard: HeardAdvert | undefined;
      /** How long after its deadline the timer was served. */
      readonly late: Duration;
    }
  /** A better master was heard. */
  | { readonly type: 'advert'; readonly advert: HeardAdvert; readonly ours: number }
  | { readonly type: 'fault'; readonly causes: readonly FaultCause[]; readonly step: VrrpStep['type'] }
  | { readonly type: 'recovered'; readonly step: VrrpStep['type'] }
  /** The other members of its sync group took it along. */
  | { readonly type: 'group'; readonly group: string }
  | { readonly type: 'address-removed' }
  | { readonly type: 'started' }
  | { readonly type: 'reload' }
  | { readonly type: 'stop' };

export interface Transition {
  readonly at: Instant;
  readonly instance: string;
  readonly from: StateName;
  readonly to: StateName;
  readonly cause: Cause;
}

/** An advert that passed the checks. */
export interface HeardAdvert {
  readonly at: Instant;
  readonly source: string;
  readonly priority: number;
}

/** Everything heard from one sender for one instance. */
export interface Sender {
  readonly source: string;
  count: number;
  first: HeardAdvert;
  last: HeardAdvert;
  /** Addresses other than ours were advertised, so often. */
  otherAddresses: number;
}

export interface Rejection {
  readonly reason: RejectReason | 'not-listening';
  readonly source: string;
  count: number;
  first: Instant;
  last: Instant;
}

/** A step of the replay with what it changed. */
export interface ToldStep {
  readonly replayed: ReplayedStep;
  /** The command of the script that ended, if one did and its start is in the recording. */
  readonly script: string | undefined;
  readonly transitions: readonly Transition[];
}

/** Something about one instance at one instant, for windows of time. */
export type Mark =
  | { readonly at: Instant; readonly type: 'sent'; readonly priority: number }
  | { readonly at: Instant; readonly type: 'heard'; readonly source: string; readonly priority: number }
  | { readonly at: Instant; readonly type: 'rejected'; readonly source: string; readonly reason: Rejection['reason'] }
  | { readonly at: Instant; readonly type: 'send-failed'; readonly error: string };

/** What is known of one instance up to some instant. */
export interface InstanceStory {
  readonly transitions: Transition[];
  readonly senders: Map<string, Sender>;
  readonly rejections: Map<string, Rejection>;
  readonly marks: Mark[];
  readonly sendFailures: { at: Instant; error: string }[];
  readonly priorities: { readonly at: Instant; readonly from: number; readonly to: number; readonly step: VrrpStep }[];
}

/** A deadline that was served late. */
export interface LateWakeUp {
  readonly at: Instant;
  readonly late: Duration;
}

/** Packets for no instance of ours. */
export interface Stray {
  readonly channel: string;
  readonly source: string;
  readonly vrid: number | undefined;
  count: number;
  last: Instant;
}

/** Later than this is worth telling. */
const noteworthy = microseconds(20_000);
const forever = Number.POSITIVE_INFINITY as Instant;

/** What a replay up to some instant shows, collected as an operator would ask for it. */
export class Story {
  readonly vrrp: VrrpProcess;
  readonly recording: Recording;
  readonly late: LateWakeUp[] = [];
  worstLateness = microseconds(0);
  readonly strays = new Map<string, Stray>();
  /** Commands of script runs by their numbers. */
  readonly scripts = new Map<number, string>();
  readonly #instances = new Map<string, InstanceStory>();
  readonly #steps: Generator<ReplayedStep>;
  /** Steps that answered otherwise than the recorded ones. */
  different = 0;
  failure: ReplayedStep | undefined;
  #place = 0;

  constructor(recording: Recording) {
    const replay = new Replay(recording);
    this.recording = recording;
    this.vrrp = replay.vrrp;
    this.#steps = replay.run();
  }

  /** Everything known of an instance, under the name it has now or had then. */
  of(name: string): InstanceStory {
    let story = this.#instances.get(name);
    if (!story) {
      story = {
        transitions: [],
        senders: new Map(),
        rejections: new Map(),
        marks: [],
        sendFailures: [],
        priorities: [],
      };
      this.#instances.set(name, story);
    }
    return story;
  }

  /** Lets everything happen that was handled up to `until`. */
  runTo(until: Instant): void {
    for (const _ of this.tell(until));
  }

  runToEnd(): void {
    this.runTo(forever);
  }

  /** The same, a step at a time. */
  *tell(until: Instant = forever): Generator<ToldStep> {
    const { steps } = this.recording;
    for (let place = this.#place; place < steps.length && steps[place]!.at <= until; place++) {
      const before = this.#before(steps[place]!.step);
      const next = this.#steps.next();
      if (next.done === true) return;
      this.#place = place + 1;
      const { step } = next.value;
      const script = step.type === 'script-ended' ? this.scripts.get(step.run) : undefined;
      yield { replayed: next.value, script, transitions: this.#note(next.value, before) };
    }
  }

  #before(step: VrrpStep): Before {
    const states = new Map(this.vrrp.instances.map(instance => [instance, snapshotOf(instance)]));
    const addressee = step.type === 'packet-received' ? addresseeOf(this.vrrp.instances, step) : undefined;
    const counts = addressee && countsOf(addressee);
    return { states, addressee, counts };
  }

  #note(replayed: ReplayedStep, before: Before): readonly Transition[] {
    const { at, step, deadline, verdict } = replayed;
    if (verdict === 'different') this.different++;
    if (verdict === 'failed') this.failure = replayed;
    if (step.type === 'advance' && deadline !== undefined) this.#noteLateness(at, elapsed(deadline, at));
    if (step.type === 'packet-received') this.#notePacket(at, step, before);
    if (step.type === 'send-failed') {
      for (const instance of this.vrrp.instances) {
        if (instance.channelKey !== step.channel) continue;
        const story = this.of(instance.name);
        story.sendFailures.push({ at, error: step.error });
        story.marks.push({ at, type: 'send-failed', error: step.error });
      }
    }
    this.#noteSent(replayed);
    return this.vrrp.instances.flatMap(
      instance => this.#noteChange(replayed, instance, before.states.get(instance)) ?? [],
    );
  }

  #noteLateness(at: Instant, late: Duration): void {
    if (late > this.worstLateness) this.worstLateness = late;
    if (late >= noteworthy) this.late.push({ at, late });
  }

  #notePacket(at: Instant, packet: VrrpStep & { type: 'packet-received' }, { addressee, counts }: Before): void {
    const { source, payload } = packet;
    if (!addressee || !counts) {
      const vrid = payload[1];
      const key = `${packet.channel} ${source} ${vrid}`;
      const known = this.strays.get(key);
      if (known) {
        known.count++;
        known.last = at;
      } else this.strays.set(key, { channel: packet.channel, source, vrid, count: 1, last: at });
      return;
    }
    const story = this.of(addressee.name);
    const now = countsOf(addressee);
    if (now.received > counts.received) {
      const advert: HeardAdvert = { at, source, priority: payload[2] ?? 0 };
      const known = story.senders.get(source);
      const other = now.otherAddresses - counts.otherAddresses;
      if (known) {
        known.count++;
        known.last = advert;
        known.otherAddresses += other;
      } else story.senders.set(source, { source, count: 1, first: advert, last: advert, otherAddresses: other });
      story.marks.push({ type: 'heard', ...advert });
      return;
    }
    const changed = Object.entries(now.rejected).find(
      ([reason, count]) => count > counts.rejected[reason as RejectReason],
    );
    const reason = (changed?.[0] as RejectReason | undefined) ?? 'not-listening';
    const key = `${reason} ${source}`;
    const known = story.rejections.get(key);
    if (known) {
      known.count++;
      known.last = at;
    } else story.rejections.set(key, { reason, source, count: 1, first: at, last: at });
    story.marks.push({ at, type: 'rejected', source, reason });
  }

  #noteSent({ at, effects }: ReplayedStep): void {
    for (const effect of effects) {
      if (effect.type === 'run-script') this.scripts.set(effect.run, effect.script.text);
      if (effect.type !== 'send-packet') continue;
      const vrid = effect.payload[1];
      const sender = this.vrrp.instances.find(
        ({ channelKey, configuration }) => channelKey === effect.channel && configuration.vrid === vrid,
      );
      if (sender) this.of(sender.name).marks.push({ at, type: 'sent', priority: effect.payload[2] ?? 0 });
    }
  }

  #noteChange(replayed: ReplayedStep, instance: Instance, before: InstanceBefore | undefined): Transition | undefined {
    const { at, step } = replayed;
    const { machine, name } = instance;
    const story = this.of(name);
    if (before && before.priority !== machine.priority) {
      story.priorities.push({ at, from: before.priority, to: machine.priority, step });
    }
    const from = before?.state.type ?? 'initialize';
    const to = machine.state.type;
    if (from === to) return undefined;
    const cause = this.#causeOf(replayed, instance, before);
    const transition: Transition = { at, instance: name, from, to, cause };
    story.transitions.push(transition);
    return transition;
  }

  #causeOf(
    { at, step, deadline, effects }: ReplayedStep,
    instance: Instance,
    before: InstanceBefore | undefined,
  ): Cause {
    const to = instance.machine.state.type;
    if (step.type === 'stop') return { type: 'stop' };
    if (!before || before.state.type === 'initialize') return { type: 'started' };
    if (to === 'fault') {
      const group = this.#groupOf(instance);
      if (instance.causes.length === 0 && group !== undefined) return { type: 'group', group };
      return { type: 'fault', causes: instance.causes, step: step.type };
    }
    if (before.state.type === 'fault') return { type: 'recovered', step: step.type };
    if (step.type === 'reload') return { type: 'reload' };
    if (step.type === 'packet-received') {
      const own = step.payload[1] === instance.configuration.vrid && step.channel === instance.channelKey;
      const group = this.#groupOf(instance);
      if (!own && group !== undefined) return { type: 'group', group };
      const advert = { at, source: step.source, priority: step.payload[2] ?? 0 };
      return { type: 'advert', advert, ours: before.priority };
    }
    if (to === 'backup') {
      const group = this.#groupOf(instance);
      const own = `(${instance.name}) address `;
      const lost = effects.some(({ type, ...rest }) => type === 'log' && 'text' in rest && rest.text.startsWith(own));
      return lost || group === undefined ? { type: 'address-removed' } : { type: 'group', group };
    }
    const timer = explainTimer(before.state, before.settings, before.priority);
    const group = this.#groupOf(instance);
    if (!timer || (timer.expiresAt > at && group !== undefined)) return { type: 'group', group: group ?? '' };
    const heard = lastHeard(this.of(instance.name));
    return { type: 'timer', timer, heard, late: elapsed(deadline ?? at, at) };
  }

  #groupOf(instance: Instance): string | undefined {
    return this.vrrp.groups.find(({ members }) => members.includes(instance))?.configuration.name;
  }
}

interface InstanceBefore {
  readonly state: RouterState;
  readonly settings: Instance['machine']['settings'];
  readonly priority: number;
}

interface Before {
  readonly states: ReadonlyMap<Instance, InstanceBefore>;
  readonly addressee: Instance | undefined;
  readonly counts: Counts | undefined;
}

interface Counts {
  readonly received: number;
  readonly otherAddresses: number;
  readonly rejected: Readonly<Record<RejectReason, number>>;
}

function snapshotOf({ machine }: Instance): InstanceBefore {
  return { state: machine.state, settings: machine.settings, priority: machine.priority };
}

function countsOf({ counters }: Instance): Counts {
  return {
    received: counters.advertisementsReceived,
    otherAddresses: counters.observed['address-list'],
    rejected: { ...counters.rejected },
  };
}

function addresseeOf(
  instances: readonly Instance[],
  { channel, payload }: VrrpStep & { type: 'packet-received' },
): Instance | undefined {
  return instances.find(each => each.channelKey === channel && each.configuration.vrid === payload[1]);
}

/** The advert heard last, whoever sent it. */
export function lastHeard({ senders }: InstanceStory): HeardAdvert | undefined {
  let last: HeardAdvert | undefined;
  for (const sender of senders.values()) if (!last || sender.last.at > last.at) last = sender.last;
  return last;
}
