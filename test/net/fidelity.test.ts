// A few of the scenarios that the simulator and real processes play alike: the quickest. `npm run fidelity` plays all.
import { describe, it } from 'vitest';
import { holdsInBothWorlds } from '../fidelity/fidelity.testkit.ts';
import { scenarios } from '../fidelity/scenarios/all.testkit.ts';

const few = ['master-unplugged', 'master-stopped', 'backup-frozen', 'address-removed'];

describe('the simulator and reality agree', { concurrent: true }, () => {
  for (const name of few) {
    const scenario = scenarios.find(each => each.name === name);
    if (!scenario) throw new Error(`there is no scenario ${name}`);
    it(`${name}: ${scenario.title}`, () => holdsInBothWorlds(scenario));
  }
});
