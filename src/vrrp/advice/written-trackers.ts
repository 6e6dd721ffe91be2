import type { Trackers } from '../configuration.ts';
import type { WrittenInstance } from './written.ts';

/** A tracker of an instance or of its sync group. */
export interface WrittenTracker {
  readonly kind: 'interface' | 'script' | 'process';
  readonly name: string;
  readonly weight: number;
  readonly reverse: boolean;
  readonly inGroup: boolean;
}

/** Everything that counts for an instance. */
export function trackersOf({ configuration, group }: WrittenInstance): readonly WrittenTracker[] {
  const own = ofOwner(configuration, false);
  return group ? [...own, ...ofOwner(group.configuration, true)] : own;
}

function ofOwner(
  { trackInterfaces: interfaces, trackScripts: scripts, trackProcesses: processes }: Trackers,
  inGroup: boolean,
): WrittenTracker[] {
  return [
    ...interfaces.map(({ interface: name, ...how }): WrittenTracker => ({ kind: 'interface', name, inGroup, ...how })),
    ...scripts.map(({ script: name, ...how }): WrittenTracker => ({ kind: 'script', name, inGroup, ...how })),
    ...processes.map(({ process: name, ...how }): WrittenTracker => ({ kind: 'process', name, inGroup, ...how })),
  ];
}

/** BFD sessions and files that count for an instance, which the rules about scripts and the like do not fit. */
export function sessionsAndFilesOf({ configuration, group }: WrittenInstance): readonly WeightedName[] {
  const of = (owner: Trackers, inGroup: boolean): WeightedName[] => [
    ...owner.trackBfd.map(({ session: name, weight }) => ({ kind: 'bfd', name, weight, inGroup }) as const),
    ...owner.trackFiles.map(({ file: name, weight }) => ({ kind: 'file', name, weight, inGroup }) as const),
  ];
  const own = of(configuration, false);
  return group ? [...own, ...of(group.configuration, true)] : own;
}

export interface WeightedName extends Pick<WrittenTracker, 'name' | 'weight' | 'inGroup'> {
  readonly kind: 'bfd' | 'file';
}
