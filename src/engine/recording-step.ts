import type { Instant } from '../base/instant.ts';
import type { VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import type { VrrpProcess } from './vrrp-process.ts';

/** Everything that can happen to a VRRP process: the world's inputs, the clock's and the operator's. */
export type VrrpStep =
  | VrrpInput
  /** A deadline was served. */
  | { readonly type: 'advance' }
  | { readonly type: 'reload'; readonly configuration: VrrpConfiguration }
  | { readonly type: 'stop' }
  | { readonly type: 'clear-counters' };

/** Lets it happen. */
export function takeStep(vrrp: VrrpProcess, now: Instant, step: VrrpStep): readonly VrrpEffect[] {
  switch (step.type) {
    case 'advance':
      return vrrp.advance(now);
    case 'reload':
      return vrrp.reload(now, step.configuration);
    case 'stop':
      return vrrp.stop(now);
    case 'clear-counters':
      vrrp.clearCounters();
      return [];
    default:
      return vrrp.handle(now, step);
  }
}
