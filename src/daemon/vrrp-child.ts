import { askForShortTurns } from '../linux/time-slice.ts';
import { renderConfiguration } from '../status/data-text.ts';
import { runChild } from './child.ts';
import type { VrrpPart } from './child-messages.ts';
import { VrrpRuntime } from './vrrp-runtime.ts';

/** Becomes the VRRP process. */
export function runVrrpChild(): void {
  askForShortTurns();
  runChild<VrrpPart>({
    kind: 'vrrp',
    capabilities: ['CAP_NET_ADMIN', 'CAP_NET_RAW'],
    logSuffix: '_vrrp',
    farewell: 'handing over',
    open: (daemon, part, options) => new VrrpRuntime(daemon, part, options),
    describe: ({ vrrp }) => renderConfiguration(vrrp),
  });
}
