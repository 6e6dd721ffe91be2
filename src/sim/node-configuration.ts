import type { CheckerConfigurations } from '../engine/checker-process.ts';
import type { Configuration } from '../engine/configuration.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';

/** What the daemon of one machine runs. */
export interface NodeConfiguration extends VrrpConfiguration {
  /** Undefined: there is nothing to balance, and so no checker process. */
  readonly balancing?: CheckerConfigurations | undefined;
}

export function nodeConfiguration({ vrrp, lvs, health }: Configuration): NodeConfiguration {
  const isWanted = lvs.virtualServers.length > 0 || lvs.global.syncDaemon !== undefined;
  return { ...vrrp, balancing: isWanted ? { lvs, health } : undefined };
}
