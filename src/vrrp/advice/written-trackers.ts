import type { InterfaceTracker, ScriptTracker } from '../configuration.ts';
import type { WrittenInstance } from './written.ts';

/** A tracker of an instance or of its sync group. */
export interface WrittenTracker {
  readonly kind: 'interface' | 'script';
  readonly name: string;
  readonly weight: number;
  readonly reverse: boolean;
  readonly inGroup: boolean;
}

/** Everything that counts for an instance. */
export function trackersOf({ configuration, group }: WrittenInstance): readonly WrittenTracker[] {
  const own = ofOwner(configuration.trackInterfaces, configuration.trackScripts, false);
  if (!group) return own;
  return [...own, ...ofOwner(group.configuration.trackInterfaces, group.configuration.trackScripts, true)];
}

function ofOwner(
  interfaces: readonly InterfaceTracker[],
  scripts: readonly ScriptTracker[],
  inGroup: boolean,
): WrittenTracker[] {
  return [
    ...interfaces.map(({ interface: name, ...how }): WrittenTracker => ({ kind: 'interface', name, inGroup, ...how })),
    ...scripts.map(({ script: name, ...how }): WrittenTracker => ({ kind: 'script', name, inGroup, ...how })),
  ];
}
