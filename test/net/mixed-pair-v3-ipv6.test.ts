import { mixedPair } from './pair.testkit.ts';
import { v3Ipv6 } from './variants.testkit.ts';

mixedPair(v3Ipv6);
