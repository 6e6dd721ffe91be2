import type { Instant } from '../base/instant.ts';
import type { Prng } from '../base/prng.ts';
import type { Happening } from './event-heap.ts';
import type { Observation } from './observation.ts';

/** What everything in the world stands on: its time, its chance, and somebody who watches. */
export interface Ground {
  readonly now: Instant;
  readonly prng: Prng;
  schedule(at: Instant, what: Happening): void;
  observe(observation: Observation): void;
  newPortId(): number;
}
