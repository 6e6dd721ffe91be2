import type { VirtualServerConfiguration } from '../lvs/configuration.ts';
import type { Pool, PoolMember } from '../lvs/pool.ts';
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

/** By the checkers alone; a server without any is always well. */
export function isHealthy(checks: readonly SharedCheck[]): boolean {
  return checks.every(check => check.configuration.shadow || check.isUp);
}

export function dynamicWeight(checks: readonly SharedCheck[], configuredWeight: number): number {
  let sum = 0;
  for (const check of checks) if (!check.configuration.shadow) sum += check.weightFor(configuredWeight);
  return sum;
}
