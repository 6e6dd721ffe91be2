import { mixedPair } from './pair.testkit.ts';
import { v3Ipv4, v3Ipv4Unicast } from './variants.testkit.ts';

mixedPair(v3Ipv4);
mixedPair(v3Ipv4Unicast);
