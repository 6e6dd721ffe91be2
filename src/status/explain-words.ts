import { unreachable } from '../base/assert.ts';
import { elapsed } from '../base/instant.ts';
import type { VrrpStep } from '../engine/recording-step.ts';
import { type FaultCause, faultLine } from '../vrrp/log-lines.ts';
import type { RejectReason } from '../vrrp/receive-checks.ts';
import type { Cause, HeardAdvert, Rejection, StateName, Transition } from './explain-story.ts';
import { spanText } from './explain-timer.ts';

export const stateWords: Readonly<Record<StateName, string>> = {
  initialize: 'INIT',
  backup: 'BACKUP',
  master: 'MASTER',
  fault: 'FAULT',
};

/** What happened, as the operator would say it; `script` is the command that ended. */
export function stepWords(step: VrrpStep, script?: string): string {
  switch (step.type) {
    case 'advance':
      return 'a timer ran out';
    case 'packet-received': {
      const { payload, source, channel, ttl } = step;
      const priority = payload[2] === 0 ? 'priority 0: it gives up' : `priority ${payload[2] ?? '?'}`;
      return `an advert came from ${source} on ${channelWords(channel)} (VRID ${payload[1] ?? '?'}, ${priority}, TTL ${ttl})`;
    }
    case 'packet-malformed':
      return `a broken packet came on ${channelWords(step.channel)}: ${step.reason}`;
    case 'link-changed': {
      const { name, adminUp, running } = step.link;
      return `interface ${name} is ${!adminUp ? 'set down' : running ? 'up' : 'up without carrier'}`;
    }
    case 'link-removed':
      return `the interface with index ${step.index} went away`;
    case 'address-added':
      return `address ${step.address.address}/${step.address.prefixLength} appeared`;
    case 'address-removed':
      return `address ${step.address.address}/${step.address.prefixLength} went away`;
    case 'resynchronised':
      return `the kernel told all it has: ${step.links.length} interfaces, ${step.addresses.length} addresses`;
    case 'send-failed':
      return `the kernel refused to send on ${channelWords(step.channel)}: ${step.error}`;
    case 'channel-failed':
      return `the socket of ${channelWords(step.channel)} failed: ${step.error}`;
    case 'addresses-changed': {
      const failed = step.errors.length === 0 ? 'done' : `refused in part: ${step.errors[0]!.error}`;
      return `the kernel answered batch ${step.batch} of address changes: ${failed}`;
    }
    case 'routing-changed': {
      const failed = step.errors.length === 0 ? 'done' : `refused in part: ${step.errors[0]!.error}`;
      return `the kernel answered batch ${step.batch} of changes of routes or rules: ${failed}`;
    }
    case 'routing-removed':
      return `a ${step.kind} like one of ours was removed`;
    case 'script-ended': {
      const { outcome, run } = step;
      const how =
        outcome.type === 'exited'
          ? `exited with ${outcome.status}`
          : outcome.type === 'signalled'
            ? `was ended by signal ${outcome.signal}`
            : `could not be started: ${outcome.error}`;
      return `script ${script ?? `run ${run}`} ${how}`;
    }
    case 'bfd-state':
      return `BFD session ${step.session} is ${step.up ? 'up' : 'down'}`;
    case 'file-value':
      return `the number in ${step.file} is ${step.value}`;
    case 'process-count':
      return `${step.count} of the tracked process ${step.process} ${step.count === 1 ? 'runs' : 'run'}`;
    case 'reload':
      return 'a new configuration was loaded';
    case 'stop':
      return 'the daemon was told to stop';
    case 'clear-counters':
      return 'the counters were cleared';
    default:
      return unreachable(step);
  }
}

/** `4:eth0` is how the engine calls it. */
function channelWords(channel: string): string {
  const [family, name] = channel.split(/:(.*)/s);
  return name === '*' ? `any interface over IPv${family}` : `${name} over IPv${family}`;
}

export function advertWords({ source, priority }: Omit<HeardAdvert, 'at'>): string {
  return priority === 0 ? `${source}, priority 0 (it gave up)` : `${source}, priority ${priority}`;
}

/** Why it came to that, in lines. `timeOf` puts instants as the reader knows them. */
export function causeWords({ cause, at, to }: Transition, timeOf: (instant: number) => string): readonly string[] {
  switch (cause.type) {
    case 'timer':
      return timerCause(cause, at, timeOf);
    case 'advert': {
      const { advert, ours } = cause;
      const better =
        advert.priority === ours
          ? `the same priority ${ours}, and the higher address wins`
          : `priority ${advert.priority}, ours was ${ours}`;
      return [`A better master was heard: ${advert.source} with ${better}.`];
    }
    case 'fault':
      return [`Something it needs was gone: ${cause.causes.map(faultWords).join('; ')}.`];
    case 'recovered':
      return ['What held it in FAULT is over.'];
    case 'group':
      return [`Its sync group ${cause.group} moved, and the members move together.`];
    case 'address-removed':
      return ['Another program removed one of its virtual addresses, so it gave the mastership up.'];
    case 'started':
      return [to === 'master' ? 'It started as the owner of the addresses (priority 255).' : 'It started.'];
    case 'reload':
      return ['A new configuration was loaded.'];
    case 'stop':
      return ['The daemon was told to stop.'];
    default:
      return unreachable(cause);
  }
}

function timerCause(
  { timer, heard, late }: Cause & { type: 'timer' },
  at: number,
  timeOf: (instant: number) => string,
): readonly string[] {
  const lines = [`The ${timer.name} ran out: ${timer.arithmetic}, running since ${timeOf(timer.startedAt)}.`];
  if (heard) {
    const silence = spanText(elapsed(heard.at, at as typeof heard.at));
    lines.push(`The last advert it accepted came ${silence} before, from ${advertWords(heard)}.`);
  } else lines.push('It had accepted no advert from anybody.');
  if (late >= 20_000) lines.push(`The timer was served ${spanText(late)} late: this process did not get to run.`);
  return lines;
}

function faultWords(cause: FaultCause): string {
  switch (cause.type) {
    case 'script':
      return `script ${cause.script} failed`;
    case 'interface-down':
      return `interface ${cause.interface} was down`;
    case 'interface-missing':
      return `interface ${cause.interface} does not exist`;
    default:
      return faultLine('', cause).text.replace(/^\(\):? ?/, '');
  }
}

const reasonWords: Readonly<Record<RejectReason | 'not-listening', string>> = {
  'too-short': 'the packet was shorter than its fields and addresses',
  ttl: 'the TTL was not 255: it came through a router',
  version: 'the other side speaks another version of VRRP',
  checksum: 'wrong checksum: damaged on the way, or another reading of the standard',
  type: 'not an advertisement',
  vrid: 'for another virtual router',
  'auth-type-unknown': 'unknown authentication type',
  'auth-type-mismatch': 'one side has authentication configured, the other has not (auth_type)',
  'auth-failure': 'wrong password (auth_pass)',
  'interval-mismatch': 'another advertisement interval (advert_int) than ours',
  'interval-zero': 'an advertisement interval of 0',
  'count-zero': 'no addresses in it',
  'unicast-expected': 'sent by multicast, but unicast is configured here (unicast_peer)',
  'multicast-expected': 'sent by unicast, but multicast is configured here',
  'wrong-group': 'sent to another multicast group',
  'unknown-peer': 'the sender is not one of the configured unicast peers',
  'peer-ttl': "the TTL was outside the peer's bounds",
  'owner-ignores': 'we own the addresses and ignore adverts',
  'not-listening': 'this instance was in INIT or FAULT and listened to nobody',
};

export function rejectionWords(reason: Rejection['reason']): string {
  return reasonWords[reason];
}
