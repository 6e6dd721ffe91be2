import type { FidelityScenario } from '../scenario.testkit.ts';
import { elections } from './elections.testkit.ts';
import { interference } from './interference.testkit.ts';
import { network } from './network.testkit.ts';
import { processes } from './processes.testkit.ts';
import { tracking } from './tracking.testkit.ts';

export const scenarios: readonly FidelityScenario[] = [
  ...elections,
  ...network,
  ...processes,
  ...tracking,
  ...interference,
];
