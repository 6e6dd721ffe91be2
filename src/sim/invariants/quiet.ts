import type { Instant } from '../../base/instant.ts';
import type { ClusterView } from './cluster-view.ts';

/** What all invariants need to know of how undisturbed the world is. */
export interface Quiet {
  readonly view: ClusterView;
  /** The last time that anybody interfered, or a process began or ended. */
  readonly disturbedAt: Instant;
  /** The time before that. */
  readonly disturbedBefore: Instant;
  /** Packets or timers are unreliable just now. */
  readonly unreliable: boolean;
  /** Since when they are not; what was sent before may still be under way. */
  readonly reliableSince: Instant;
}
