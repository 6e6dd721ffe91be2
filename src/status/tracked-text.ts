import { inSeconds } from '../base/duration.ts';
import type { ProcessPattern } from '../ports/process-pattern.ts';
import type { Trackers, TrackProcessConfiguration, VrrpConfiguration } from '../vrrp/configuration.ts';
import type { VrrpSnapshot } from './vrrp-snapshot.ts';

type Tracker = { readonly weight: number; readonly reverse: boolean };

/** What an instance or a group tracks, in the words of keepalived's dump. */
export function trackerLines(trackers: Trackers): string[] {
  const { trackInterfaces, trackScripts, trackBfd, trackFiles, trackProcesses } = trackers;
  const block = <T extends Tracker>(title: string, list: readonly T[], name: (tracker: T) => string): string[] =>
    list.length === 0 ? [] : [`   ${title} :`, ...list.map(tracker => `     ${name(tracker)} ${weightText(tracker)}`)];
  return [
    ...block('Tracked interfaces', trackInterfaces, tracker => tracker.interface),
    ...block('Tracked scripts', trackScripts, ({ script }) => script),
    ...block('Tracked BFDs', trackBfd, ({ session }) => session),
    ...block('Tracked files', trackFiles, ({ file }) => `${file},`),
    ...block('Tracked processes', trackProcesses, ({ process }) => `${process},`),
  ];
}

/** The tracked files; with their numbers where somebody looks at them. */
export function trackFileLines({ files }: VrrpConfiguration, snapshot?: VrrpSnapshot): string[] {
  if (files.length === 0) return [];
  return [
    '------< VRRP Track files >------',
    ...files.flatMap(({ name, path }) => [
      ` Track file = ${name}`,
      `   File = ${path}`,
      ...(snapshot ? [`   Status = ${snapshot.files.get(name) ?? 'unknown'}`] : []),
    ]),
  ];
}

/** The tracked processes; with their counts where somebody counts them. */
export function trackProcessLines({ processes }: VrrpConfiguration, snapshot?: VrrpSnapshot): string[] {
  if (processes.length === 0) return [];
  return [
    '------< VRRP Track processes >------',
    ...processes.flatMap(tracked => [
      ` VRRP Track process = ${tracked.name}`,
      ...patternLines(tracked.pattern),
      `   Min processes = ${tracked.quorum}`,
      ...(tracked.maximum === undefined ? [] : [`   Max processes = ${tracked.maximum}`]),
      ...countLines(tracked, snapshot),
      `   Terminate delay = ${inSeconds(tracked.terminateDelay).toFixed(6)}s`,
      `   Fork delay = ${inSeconds(tracked.forkDelay).toFixed(6)}s`,
      `   Full command = ${tracked.pattern.wholeCommand}`,
    ]),
  ];
}

function patternLines({ command, parameters }: ProcessPattern): string[] {
  const lines = [`   Process = ${command}`];
  if (parameters.match === 'any') return lines;
  const quoted = parameters.words.map(word => (/\s/.test(word) ? `'${word}'` : word));
  if (quoted.length > 0) lines.push(`   Parameters = ${quoted.join(' ')}`);
  lines.push(parameters.match === 'exact' ? '   Param match' : `   Param match = ${parameters.match}`);
  return lines;
}

function countLines({ name }: TrackProcessConfiguration, snapshot: VrrpSnapshot | undefined): string[] {
  if (!snapshot) return [];
  const known = snapshot.processes.get(name);
  return [`   Current processes = ${known?.count ?? 'unknown'}`, `   Have quorum = ${known?.status === 'up'}`];
}

function weightText({ weight, reverse }: Tracker): string {
  return `weight ${weight}${reverse ? ' reverse' : ''}`;
}
