import { askForShortTurns } from '../linux/time-slice.ts';
import { bfdConfigurationLines } from '../status/bfd-text.ts';
import { BfdRuntime } from './bfd-runtime.ts';
import { runChild } from './child.ts';
import type { BfdPart } from './child-messages.ts';

/** Becomes the process that runs the BFD sessions. */
export function runBfdChild(): void {
  askForShortTurns();
  runChild<BfdPart>({
    kind: 'bfd',
    // Its ports are none that need a privilege.
    capabilities: [],
    logSuffix: '_bfd',
    farewell: 'ending the sessions',
    open: (_daemon, part, options) => new BfdRuntime(part, options),
    describe: ({ bfd }) => bfdConfigurationLines(bfd),
  });
}
