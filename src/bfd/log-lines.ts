import { type Duration, inMilliseconds } from '../base/duration.ts';
import type { SessionState } from '../packet/bfd-control.ts';

/** RFC 5880 section 4.1, by number. */
const diagnostics = [
  'No Diagnostic',
  'Control Detection Time Expired',
  'Echo Function Failed',
  'Neighbor Signaled Session Down',
  'Forwarding Plane Reset',
  'Path Down',
  'Concatenated Path Down',
  'Administratively Down',
  'Reverse Concatenated Path Down',
] as const;

/** The words of RFC 5880, or the number of a reserved one. */
export function diagnosticText(number: number): string {
  return diagnostics[number] ?? `${number} (reserved)`;
}

/** keepalived 2.2.7's words. */
export function enteredText(name: string, state: SessionState, local: number, remote: number): string {
  if (state !== 'Down') return `(${name}) Entering ${state} state`;
  const why = `Local diagnostic - ${diagnosticText(local)}, Remote diagnostic - ${diagnosticText(remote)}`;
  return `(${name}) Entering Down state (${why})`;
}

export function expiredText(name: string, detectionTime: Duration, overdue: Duration): string {
  const span = Math.round(inMilliseconds(detectionTime));
  return `(${name}) Expired after ${span} ms (${Math.round(overdue)} usec overdue)`;
}
