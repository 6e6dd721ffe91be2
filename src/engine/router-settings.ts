import { assert } from '../base/assert.ts';
import type { VirtualRouterConfiguration } from '../vrrp/configuration.ts';
import type { RouterSettings } from '../vrrp/virtual-router.ts';

/** What the state machine has to know of a configuration. */
export function routerSettings(configuration: VirtualRouterConfiguration, grouped: boolean): RouterSettings {
  assert(configuration.advertisementInterval > 0, 'an advertisement interval is positive');
  return {
    version: configuration.version,
    advertisementInterval: configuration.advertisementInterval,
    downTimerAdverts: configuration.downTimerAdverts,
    preempt: configuration.preempt,
    preemptDelay: configuration.preemptDelay,
    startsAsMaster: configuration.initialState === 'master',
    lowerPriorityNoAdvert: configuration.lowerPriorityNoAdvert,
    higherPrioritySendAdvert: configuration.higherPrioritySendAdvert,
    grouped,
  };
}
