import type { Duration } from '../base/duration.ts';
import type { IpAddress } from '../base/ip-address.ts';
import type { Step } from './action.ts';

/** What the author of a scenario says must hold. */
export type Expectation =
  /** No client is without the address for longer, in one piece. */
  | { readonly type: 'gap' | 'dual'; readonly below: Duration; readonly address: IpAddress | undefined }
  /** Who holds an address at an instant; empty is nobody. */
  | {
      readonly type: 'holder';
      readonly nodes: readonly string[];
      readonly address: IpAddress | undefined;
      readonly at: Duration;
    }
  /** Nobody changes its state after this instant. */
  | { readonly type: 'quiet'; readonly from: Duration };

export interface Stated<Value> {
  readonly value: Value;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export interface NodeSettings {
  readonly driftPpm?: number;
  readonly addresses?: ReadonlyMap<string, readonly { readonly address: IpAddress; readonly prefixLength: number }[]>;
  /** Does not start by itself. */
  readonly held?: boolean;
}

/** What happens to a cluster, in whatever order it was written down. */
export interface Scenario {
  readonly steps: readonly Step[];
  readonly expectations: readonly Stated<Expectation>[];
  /** When the world ends; undefined: some time after the last step. */
  readonly until: Duration | undefined;
  readonly seed: number;
  readonly clientsPerSegment: number;
  readonly nodes: ReadonlyMap<string, NodeSettings>;
}
