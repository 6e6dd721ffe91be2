import { mixedPair } from './pair.testkit.ts';
import { v2Multicast, v2Unicast } from './variants.testkit.ts';

mixedPair(v2Multicast);
mixedPair(v2Unicast);
