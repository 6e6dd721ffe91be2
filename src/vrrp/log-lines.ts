import { unreachable } from '../base/assert.ts';
import { type Duration, inMilliseconds, inSeconds } from '../base/duration.ts';
import type { LogLevel } from '../ports/log.ts';
import type { ScriptOutcome } from '../ports/script.ts';
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
        `(${name}) advertisement interval updated from ${inMilliseconds(event.from)}ms to ${inMilliseconds(event.to)}ms by master`,
      );
    case 'preempt-delay-started':
      return line(`(${name}) start preempt delay (${inSeconds(event.delay).toFixed(6)})`);
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

export function gaveUpLine(name: string): LogLine {
  return line(`(${name}) sent 0 priority`);
}

export function linkLine(name: string, up: boolean): LogLine {
  return line(`Netlink reports ${name} ${up ? 'up' : 'down'}`);
}

export function unknownVridLine(vrid: number | undefined, interfaceName: string, from: string): LogLine {
  return line(`Unknown VRID(${vrid ?? '-'}) received on interface(${interfaceName}). ignoring... (from ${from})`);
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
  | { readonly type: 'bfd'; readonly session: string }
  | { readonly type: 'file'; readonly file: string; readonly status: number }
  | { readonly type: 'file-waiting'; readonly file: string }
  | { readonly type: 'process'; readonly process: string }
  | { readonly type: 'process-waiting'; readonly process: string }
  | { readonly type: 'no-address'; readonly family: 4 | 6 }
  | { readonly type: 'source-missing' }
  | { readonly type: 'no-peer' };

/** Whether this holds an instance only until something has been looked at for the first time. */
export function isWaiting({ type }: FaultCause): boolean {
  return type === 'script-waiting' || type === 'file-waiting' || type === 'process-waiting';
}

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
    case 'bfd':
      return line(`(${name}): entering FAULT state due to BFD instance ${cause.session}`);
    case 'file':
      return line(`(${name}): entering FAULT state (tracked file ${cause.file} has status ${cause.status})`);
    case 'file-waiting':
      return line(`(${name}) waits for the first look at file ${cause.file}`);
    case 'process':
      return line(`(${name}) entering FAULT state (tracked process ${cause.process} quorum not achieved)`);
    case 'process-waiting':
      return line(`(${name}) waits for the first count of process ${cause.process}`);
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

/** A BFD session came up or went down, as each virtual router that tracks it says. */
export function bfdLine(name: string, session: string, up: boolean): LogLine {
  return line(`VRRP_Instance(${name}) Tracked BFD instance ${session} is ${up ? 'UP' : 'DOWN'}`);
}

/** A number in a file began to hold a virtual router in FAULT, or no longer does. */
export function fileFaultLine(name: string, file: string, entering: boolean): LogLine {
  return line(`(${name}): tracked file ${file} ${entering ? 'now' : 'leaving'} FAULT state`);
}

export function formatSeconds(span: Duration): string {
  return `${Number(inSeconds(span).toFixed(6))} seconds`;
}
