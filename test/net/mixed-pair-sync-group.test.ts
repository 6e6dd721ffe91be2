import { mixedPair } from './pair.testkit.ts';
import { syncGroup } from './variants.testkit.ts';

mixedPair(syncGroup);
