import type { RealServerConfiguration, VirtualServerConfiguration } from './configuration.ts';

/** Subjects and reasons of mails about servers, in keepalived's words; its sums are put right. */

export function memberSubject(
  { name }: VirtualServerConfiguration,
  server: RealServerConfiguration,
  up: boolean,
): string {
  return `Realserver ${server.name} of virtual server ${name} - ${up ? 'UP' : 'DOWN'}`;
}

export function serviceSubject({ name }: VirtualServerConfiguration, up: boolean): string {
  return `Virtualserver ${name} - ${up ? 'UP' : 'DOWN'}`;
}

/** `starting`: there was no other state before. */
export function quorumReason(
  { quorum, hysteresis }: VirtualServerConfiguration,
  up: boolean,
  weight: number,
  starting: boolean,
): string {
  if (up)
    return `${starting ? 'Starting with quorum up' : 'Gained quorum'} ${sum('+', quorum, hysteresis)} <= ${weight}`;
  return starting
    ? `Starting with quorum down ${sum('+', quorum, hysteresis)} > ${weight}`
    : `Lost quorum ${sum('-', quorum, hysteresis)} > ${weight}`;
}

function sum(sign: '+' | '-', quorum: number, hysteresis: number): string {
  return `${quorum}${sign}${hysteresis}=${sign === '+' ? quorum + hysteresis : quorum - hysteresis}`;
}
