import type { Configuration } from '../engine/configuration.ts';
import type { ChildKind } from './child-kind.ts';
import { childKinds } from './child-kind.ts';
import type { DaemonOptions } from './options.ts';

/** The children that a configuration needs, and the command line allows. */
export function wantedChildren(
  configuration: Configuration,
  { only, noBfd, startAll }: Pick<DaemonOptions, 'only' | 'noBfd' | 'startAll'>,
): readonly ChildKind[] {
  const isAllowed = (kind: ChildKind): boolean => (kind === 'bfd' ? !noBfd : (only?.includes(kind) ?? true));
  return childKinds.filter(kind => isAllowed(kind) && (startAll || isNeeded(kind, configuration)));
}

function isNeeded(kind: ChildKind, configuration: Configuration): boolean {
  if (kind === 'vrrp') return configuration.vrrp.instances.length > 0 || configuration.vrrp.statics !== undefined;
  if (kind === 'bfd') return configuration.bfd.instances.length > 0;
  const { lvs } = configuration;
  // A backup director may have nothing but the sync daemon.
  return lvs.virtualServers.length > 0 || lvs.global.syncDaemon !== undefined;
}
