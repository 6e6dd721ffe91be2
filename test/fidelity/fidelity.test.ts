// Every scenario of the comparison. `npm run fidelity` runs it and prints the table.
import { describe, it } from 'vitest';
import { havePeers } from '../net/daemon.testkit.ts';
import { holdsInBothWorlds } from './fidelity.testkit.ts';
import { planOf } from './plan.testkit.ts';
import { needsNft, needsRelay } from './reality.testkit.ts';
import { scenarios } from './scenarios/all.testkit.ts';

/** HOLDFAST_FIDELITY_ONLY: names of scenarios, with commas between them. */
const only = process.env['HOLDFAST_FIDELITY_ONLY']?.split(',');

describe('the simulator and reality agree', { concurrent: true }, () => {
  for (const scenario of scenarios) {
    if (only && !only.includes(scenario.name)) continue;
    const plan = planOf(scenario);
    const skip = (!havePeers('nft') && needsNft(plan)) || (!havePeers('tcpdump') && needsRelay(plan));
    it.skipIf(skip)(`${scenario.name}: ${scenario.title}`, () => holdsInBothWorlds(scenario));
  }
});
