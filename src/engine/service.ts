import type { VirtualServerConfiguration } from '../lvs/configuration.ts';
import type { CheckerVerdict, Pool, PoolMember } from '../lvs/pool.ts';
import type { SharedCheck } from './shared-check.ts';

/** A virtual server at work: its pool and the checks of each of its servers. */
export interface Service {
  readonly pool: Pool;
  checksOf: Map<PoolMember, readonly SharedCheck[]>;
  /** ha_suspend: no address of it is local. */
  suspended: boolean;
}

export function configurationOf(service: Service): VirtualServerConfiguration {
  return service.pool.configuration;
}

/** What its checks make of a server; one without any is always well. */
export function verdictOf(checks: readonly SharedCheck[], configuredWeight: number): CheckerVerdict {
  let healthy = true;
  let dynamicWeight = 0;
  for (const check of checks) {
    if (check.configuration.shadow) continue;
    if (!check.isUp) healthy = false;
    dynamicWeight += check.weightFor(configuredWeight);
  }
  return { healthy, dynamicWeight };
}
