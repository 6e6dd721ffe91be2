import { renderCheckConfiguration } from '../status/check-data-text.ts';
import { CheckerRuntime } from './checker-runtime.ts';
import { runChild } from './child.ts';
import type { CheckerPart } from './child-messages.ts';

/** Becomes the process that checks real servers and keeps the kernel's IPVS table. */
export function runCheckerChild(): void {
  runChild<CheckerPart>({
    kind: 'checker',
    capabilities: ['CAP_NET_ADMIN', 'CAP_NET_RAW'],
    logSuffix: '_healthcheckers',
    // Tens of thousands of servers are told of at once.
    waitingLogLines: 200_000,
    farewell: 'removing the services',
    open: (_daemon, part, options) => new CheckerRuntime(part, options),
    describe: renderCheckConfiguration,
  });
}
