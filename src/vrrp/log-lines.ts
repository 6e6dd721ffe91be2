import { unreachable } from '../base/assert.ts';
import { type Duration, inSeconds } from '../base/duration.ts';
import type { LogLevel } from '../ports/log.ts';
import type { ScriptOutcome } from '../ports/script.ts';
import type { RejectReason } from './receive-checks.ts';
import type { RouterEvent, RouterState } from './virtual-router.ts';

/** A line as the log gets it. `detail` lines appear only where detail was asked for. */
export interface LogLine {
  readonly level: LogLevel;
  readonly text: string;
  readonly detail: boolean;
}

export function line(text: string, level: LogLevel = 'info'): LogLine {
  return { level, text, detail: false };
}

export function detailLine(text: string): LogLine {
  return { level: 'info', text, detail: true };
}

/** Words that operators grep for: keepalived's, wherever it has a line for the event. */
export function eventLine(name: string, event: RouterEvent): LogLine | undefined {
  switch (event.type) {
    case 'down-timer-expired':
      return line(`(${name}) Receive advertisement timeout`);
    case 'priority-zero-received':
      return event.asMaster ? undefined : line(`(${name}) Backup received priority 0 advertisement`);
    case 'lower-priority-discarded':
      return detailLine(`(${name}) received lower priority (${event.priority}) advert from ${event.from} - discarding`);
    case 'master-changed':
      return event.from === undefined
        ? detailLine(`(${name}) master set to ${event.to}`)
        : line(`(${name}) master changed from ${event.from} to ${event.to}`);
    case 'higher-priority-received':
      return line(
        `(${name}) Master received advert from ${event.from} with higher priority ${event.priority}, ours ${event.ours}`,
      );
    case 'higher-address-received':
      return line(
        `(${name}) Master received advert from ${event.from} with same priority ${event.priority} but higher IP address than ours`,
      );
    case 'lower-priority-received':
      return line(
        `(${name}) Received advert from ${event.from} with lower priority ${event.priority}, ours ${event.ours}, forcing new election`,
      );
    case 'own-address-received':
      return line(`(${name}) WARNING - received advert from our own address ${event.from}`, 'warning');
    case 'interval-learned':
      return line(
        `(${name}) advertisement interval changed: mine=${formatMilliseconds(event.from)}, rcved=${formatMilliseconds(event.to)}`,
      );
    case 'preempt-delay-started':
      return line(`(${name}) start preempt delay (${formatSeconds(event.delay)})`);
    case 'priority-zero-sent':
      return line(`(${name}) sent 0 priority`);
    case 'priority-changed':
      return line(`(${name}) Changing effective priority from ${event.from} to ${event.to}`);
    default:
      return unreachable(event);
  }
}

export function transitionLine(name: string, to: RouterState['type'], initial: boolean): LogLine | undefined {
  if (to === 'initialize') return undefined;
  return line(`(${name}) Entering ${to.toUpperCase()} STATE${initial ? ' (init)' : ''}`);
}

export function groupLine(name: string, state: 'MASTER' | 'BACKUP' | 'FAULT'): LogLine {
  return line(`VRRP_Group(${name}) Syncing instances to ${state} state`);
}

/** Why an instance is held in FAULT. */
export type FaultCause =
  | { readonly type: 'interface-down'; readonly interface: string }
  | { readonly type: 'interface-missing'; readonly interface: string }
  | { readonly type: 'script'; readonly script: string }
  | { readonly type: 'script-waiting'; readonly script: string }
  | { readonly type: 'no-address'; readonly family: 4 | 6 }
  | { readonly type: 'source-missing' }
  | { readonly type: 'no-peer' };

export function faultLine(name: string, cause: FaultCause): LogLine {
  switch (cause.type) {
    case 'interface-down':
      return line(`(${name}): entering FAULT state (interface ${cause.interface} down)`);
    case 'interface-missing':
      return line(`(${name}): entering FAULT state (interface ${cause.interface} does not exist)`);
    case 'script':
      return line(`(${name}): entering FAULT state due to script ${cause.script}`);
    case 'script-waiting':
      return line(`(${name}) waits for the first result of script ${cause.script}`);
    case 'no-address':
      return line(`(${name}) entering FAULT state (no IPv${cause.family} address for interface)`);
    case 'source-missing':
      return line(`(${name}): entering FAULT state (src address not configured)`);
    case 'no-peer':
      return line(`(${name}): entering FAULT state (no unicast peer)`);
    default:
      return unreachable(cause);
  }
}

export function scriptVerdictLine(name: string, up: boolean, outcome: ScriptOutcome | 'timed-out'): LogLine {
  if (up) return line(`VRRP_Script(${name}) succeeded`);
  if (outcome === 'timed-out') return line(`VRRP_Script(${name}) timed_out`);
  switch (outcome.type) {
    case 'exited':
      return line(`VRRP_Script(${name}) failed (exited with status ${outcome.status})`);
    case 'signalled':
      return line(`VRRP_Script(${name}) failed (due to signal ${outcome.signal})`);
    case 'not-started':
      return line(`VRRP_Script(${name}) failed (could not be started: ${outcome.error})`);
  }
}

const rejectText: Record<RejectReason, string> = {
  'too-short': 'the packet is shorter than its fields and addresses',
  ttl: 'its TTL or hop limit is not 255: it did not come from this link',
  version: 'it is of another VRRP version',
  checksum: 'its checksum is wrong',
  type: 'its type is not ADVERTISEMENT',
  vrid: 'it is for another virtual router',
  'auth-type-unknown': 'its authentication type is unknown',
  'auth-type-mismatch': 'its authentication type is not ours',
  'auth-failure': 'its password is not ours',
  'interval-mismatch': 'its advertisement interval is not ours',
  'interval-zero': 'its advertisement interval is 0',
  'count-zero': 'it carries no address',
  'unicast-expected': 'it came by multicast and we are configured for unicast',
  'multicast-expected': 'it came by unicast and we are configured for multicast',
  'wrong-group': 'it went to another multicast group',
  'unknown-peer': 'its sender is not one of our unicast peers',
  'peer-ttl': 'its TTL is outside the bounds for that peer',
  'owner-ignores': 'we own the addresses and ignore adverts',
};

export function rejectLine(name: string, from: string, reason: RejectReason): LogLine {
  return line(`(${name}) ignoring received advertisement from ${from}: ${rejectText[reason]}`, 'warning');
}

export function formatSeconds(span: Duration): string {
  return `${Number(inSeconds(span).toFixed(6))} seconds`;
}

function formatMilliseconds(span: Duration): string {
  return `${span / 1_000} milli-sec`;
}
