import type { Instant } from '../base/instant.ts';
import type { Prng } from '../base/prng.ts';
import type { Happening } from './event-heap.ts';
import type { Observation } from './observation.ts';
import type { RealServers } from './real-servers.ts';

/** A timer: set and moved by writing its time, and `never` when it has fired. */
export interface Alarm {
  at: Instant;
}

/** What everything in the world stands on: its time, its chance, and somebody who watches. */
export interface Ground {
  readonly now: Instant;
  readonly prng: Prng;
  readonly servers: RealServers;
  schedule(at: Instant, what: Happening): void;
  /** One that happens whenever the alarm is set and its time comes. */
  alarm(what: Happening): Alarm;
  observe(observation: Observation): void;
  newPortId(): number;
}
