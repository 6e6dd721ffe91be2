import type { Instant } from '../../base/instant.ts';
import type { Observation } from '../observation.ts';

/** A promise that did not hold. */
export interface Violation {
  /** Stable name of the invariant, explained in docs/simulator.md. */
  readonly invariant: InvariantName;
  readonly at: Instant;
  readonly text: string;
}

export const invariantNames = [
  'one-master',
  'some-master',
  'right-master',
  'address-where-mastered',
  'routing-where-mastered',
  'neighbour-entry',
  'announced-by-holder',
  'priority-zero-hand-over',
  'no-preemption',
  'best-backup-first',
  'sync-group-together',
  'notification-order',
  'ipvs-table',
  'balancing-scripts',
  'no-flapping',
  'no-crash',
] as const;
export type InvariantName = (typeof invariantNames)[number];

/** Looks at effects, kernels, switches and neighbour tables; never asks an engine what it thinks. */
export interface Invariant {
  observe?(now: Instant, observation: Observation): void;
  /** Something changed that may matter; called at most once a millisecond. */
  reconsider?(now: Instant): void;
  /** Nothing has interfered for so long that everything must have settled; `first`: settled just now. */
  calm?(now: Instant, first: boolean): void;
  /** The calm is over. */
  disturbed?(now: Instant): void;
}

export type Report = (invariant: InvariantName, text: string) => void;
