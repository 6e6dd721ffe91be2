import type { Duration } from '../base/duration.ts';
import { elapsed, type Instant } from '../base/instant.ts';
import type { Instance } from '../engine/instance.ts';
import { trackedObjects } from '../engine/tracked-state.ts';
import type { FaultCause } from '../vrrp/log-lines.ts';
import { priorityContribution } from '../vrrp/tracking.ts';
import type {
  InstanceStory,
  LateWakeUp,
  Rejection,
  Sender,
  StateName,
  Story,
  Stray,
  Transition,
} from './explain-story.ts';
import { type ExplainedTimer, explainTimer, spanText } from './explain-timer.ts';
import { advertWords, causeWords, rejectionWords, stateWords, stepWords } from './explain-words.ts';

/** Why an instance was what it was at some instant. */
export interface Explanation {
  readonly instance: string;
  readonly at: Instant;
  readonly state: StateName;
  /** Undefined before the first transition. */
  readonly since: Instant | undefined;
  /** The transition into this state; undefined if it happened before the recording begins. */
  readonly transition: Transition | undefined;
  readonly earlier: readonly Transition[];
  readonly timer: ExplainedTimer | undefined;
  /** Its timer has run out; these members of its sync group have not come so far. */
  readonly waitsFor: readonly string[];
  readonly priority: ExplainedPriority;
  readonly senders: readonly Sender[];
  readonly rejections: readonly Rejection[];
  readonly strays: readonly Stray[];
  readonly sent: { readonly count: number; readonly last: Instant | undefined };
  readonly sendFailures: InstanceStory['sendFailures'];
  readonly late: readonly LateWakeUp[];
  readonly worstLateness: Duration;
}

export interface ExplainedPriority {
  readonly effective: number;
  readonly base: number;
  readonly contributions: readonly Contribution[];
  readonly changes: readonly {
    readonly at: Instant;
    readonly from: number;
    readonly to: number;
    readonly by: string;
  }[];
}

interface Contribution {
  readonly what: string;
  /** up, down, waiting, or the number of a tracked file. */
  readonly status: string;
  readonly weight: number;
  readonly adds: number;
}

/** `story` has been run to `at`. Undefined if there is no such instance then. */
export function explainInstance(story: Story, name: string, at: Instant): Explanation | undefined {
  const instance = story.vrrp.instances.find(each => each.name === name);
  if (!instance) return undefined;
  const { machine, lastTransitionAt, channelKey } = instance;
  const own = story.of(name);
  const transition = own.transitions.at(-1);
  const sent = own.marks.filter(({ type }) => type === 'sent');
  return {
    instance: name,
    at,
    state: machine.state.type,
    since: lastTransitionAt,
    transition,
    earlier: own.transitions.slice(0, -1),
    timer: explainTimer(machine.state, machine.settings, machine.priority),
    waitsFor: waitsFor(story, instance),
    priority: explainPriority(story, instance),
    senders: [...own.senders.values()].map(each => ({ ...each })),
    rejections: [...own.rejections.values()].map(each => ({ ...each })),
    strays: [...story.strays.values()].filter(({ channel }) => channel === channelKey).map(each => ({ ...each })),
    sent: { count: sent.length, last: sent.at(-1)?.at },
    sendFailures: [...own.sendFailures],
    late: [...story.late],
    worstLateness: story.worstLateness,
  };
}

function waitsFor({ vrrp }: Story, instance: Instance): readonly string[] {
  const { state } = instance.machine;
  if (state.type !== 'backup' || !state.wantsMaster) return [];
  const group = vrrp.groups.find(({ members }) => members.includes(instance));
  const lagging = group?.members.filter(({ machine }) =>
    machine.state.type === 'backup' ? !machine.state.wantsMaster : machine.state.type !== 'master',
  );
  return (lagging ?? []).map(({ name }) => name);
}

function explainPriority(story: Story, { configuration, machine, name }: Instance): ExplainedPriority {
  const { vrrp } = story;
  const group = vrrp.groups.find(({ members }) => members.some(member => member.name === name))?.configuration;
  const objects = trackedObjects(configuration, group, vrrp.network, vrrp.tracked);
  return {
    effective: machine.priority,
    base: configuration.priority,
    contributions: objects.map(({ object, cause }) => ({
      what: trackedWords(cause),
      status: 'number' in object ? `${object.number}` : object.status,
      weight: object.weight,
      adds: priorityContribution(object),
    })),
    changes: story.of(name).priorities.map(({ at, from, to, step }) => {
      const script = step.type === 'script-ended' ? story.scripts.get(step.run) : undefined;
      return { at, from, to, by: stepWords(step, script) };
    }),
  };
}

function trackedWords(cause: FaultCause): string {
  if ('script' in cause) return `script ${cause.script}`;
  if ('session' in cause) return `BFD session ${cause.session}`;
  if ('file' in cause) return `file ${cause.file}`;
  if ('process' in cause) return `process ${cause.process}`;
  return 'interface' in cause ? `interface ${cause.interface}` : cause.type;
}

/** How the reader knows instants: `06:12:03.612`. */
export type TimeText = (instant: number) => string;

const shownTransitions = 8;
const shownLate = 5;
const shownChanges = 5;

export function explanationText(explanation: Explanation, host: string, timeOf: TimeText): string {
  const { instance, at, state, since, transition } = explanation;
  const lines: string[] = [];
  const lasting = since === undefined ? '' : `, since ${timeOf(since)} (${spanText(elapsed(since, at))})`;
  lines.push(`${instance} on ${host} was ${stateWords[state]} at ${timeOf(at)}${lasting}.`, '');
  lines.push(`Why ${stateWords[state]}`);
  if (transition) lines.push(...causeWords(transition, timeOf).map(indented));
  else lines.push(indented('It came to that before this recording begins.'));
  const { timer } = explanation;
  if (timer && timer.expiresAt > at) lines.push(indented(timerText(timer, timeOf)));
  if (explanation.waitsFor.length > 0) {
    const others = explanation.waitsFor.join(', ');
    lines.push(indented(`Its timer has run out, but its sync group moves as one: ${others} would not take over yet.`));
  }
  lines.push('', 'Whom it heard', ...heardLines(explanation, timeOf).map(indented));
  lines.push('', 'What it refused or could not use', ...refusedLines(explanation, timeOf).map(indented));
  lines.push('', 'Its own sending', ...sendingLines(explanation, timeOf).map(indented));
  lines.push('', 'Its priority', ...priorityLines(explanation.priority, timeOf).map(indented));
  lines.push('', 'Whether it got to run', ...lateLines(explanation, timeOf).map(indented));
  lines.push('', 'How it came here', ...historyLines(explanation, timeOf).map(indented));
  return `${lines.join('\n')}\n`;
}

function timerText({ name, arithmetic, startedAt, expiresAt }: ExplainedTimer, timeOf: TimeText): string {
  if (name === 'advertisement timer') return `Its next advert was due at ${timeOf(expiresAt)}: ${arithmetic}.`;
  return `The ${name} ran since ${timeOf(startedAt)} and would have run out at ${timeOf(expiresAt)}: ${arithmetic}.`;
}

function heardLines({ senders, at }: Explanation, timeOf: TimeText): readonly string[] {
  if (senders.length === 0) return ['Nobody: it accepted no advert.'];
  return senders.map(({ count, last, source, otherAddresses }) => {
    const other = otherAddresses > 0 ? `; ${otherAddresses} of them with other virtual addresses than ours` : '';
    const ago = spanText(elapsed(last.at, at));
    return `${advertWords({ ...last, source })}: ${times(count, 'advert')}, the last at ${timeOf(last.at)}, ${ago} before${other}`;
  });
}

function refusedLines({ rejections, strays }: Explanation, timeOf: TimeText): readonly string[] {
  const lines = rejections.map(
    ({ source, count, reason, first, last }) =>
      `${source}: ${times(count, 'advert')}, ${timeOf(first)} to ${timeOf(last)}: ${rejectionWords(reason)}`,
  );
  for (const { source, vrid, count, last } of strays) {
    lines.push(
      `${source}: ${times(count, 'packet')} for VRID ${vrid ?? '?'}, which is nobody's here, the last at ${timeOf(last)}`,
    );
  }
  return lines.length > 0 ? lines : ['Nothing.'];
}

function sendingLines({ sent, sendFailures, at }: Explanation, timeOf: TimeText): readonly string[] {
  const lines: string[] = [];
  if (sent.last === undefined) lines.push('No advert in this recording.');
  else {
    const ago = spanText(elapsed(sent.last, at));
    lines.push(`${times(sent.count, 'advert')}, the last at ${timeOf(sent.last)}, ${ago} before.`);
  }
  const failure = sendFailures.at(-1);
  if (failure) {
    lines.push(
      `The kernel refused ${times(sendFailures.length, 'advert')}: ${failure.error}, at ${timeOf(failure.at)}.`,
    );
  }
  return lines;
}

function priorityLines(
  { base, effective, contributions, changes }: ExplainedPriority,
  timeOf: TimeText,
): readonly string[] {
  const sum = contributions
    .filter(({ adds }) => adds !== 0)
    .map(({ adds, what, status }) => ` ${adds < 0 ? '-' : '+'} ${Math.abs(adds)} (${what} ${status})`);
  const lines = [`${effective} = ${base} configured${sum.join('')}`];
  for (const { what, status, weight, adds } of contributions) {
    if (adds !== 0) continue;
    const effect = weight === 0 ? 'FAULT while it is down' : `weight ${weight}`;
    lines.push(`${what} is ${status} (${effect})`);
  }
  for (const { at, from, to, by } of changes.slice(-shownChanges)) lines.push(`${timeOf(at)}  ${from} -> ${to}: ${by}`);
  return lines;
}

function lateLines({ late, worstLateness }: Explanation, timeOf: TimeText): readonly string[] {
  if (worstLateness === 0) return ['Yes: every timer was served in time.'];
  if (late.length === 0) return [`Yes: no timer was served more than ${spanText(worstLateness)} late.`];
  const shown = late
    .slice(-shownLate)
    .map(each => `${timeOf(each.at)}: a timer was served ${spanText(each.late)} late`);
  return [
    `Not always: ${times(late.length, 'timer')} came late, the worst by ${spanText(worstLateness)}. The last:`,
    ...shown,
  ];
}

function historyLines({ earlier, transition }: Explanation, timeOf: TimeText): readonly string[] {
  const all = [...earlier, ...(transition ? [transition] : [])];
  if (all.length === 0) return ['No transition in this recording.'];
  const dropped = Math.max(0, all.length - shownTransitions);
  const lines = all.slice(-shownTransitions).map(each => {
    const [why = ''] = causeWords(each, timeOf);
    return `${timeOf(each.at)}  ${stateWords[each.from]} -> ${stateWords[each.to]}: ${why}`;
  });
  return dropped > 0 ? [`(${times(dropped, 'earlier transition')})`, ...lines] : lines;
}

export function times(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function indented(line: string): string {
  return `  ${line}`;
}
