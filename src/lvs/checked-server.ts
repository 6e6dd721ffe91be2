import type { Duration } from '../base/duration.ts';
import type { IpAddress } from '../base/ip-address.ts';
import type { Statement } from '../config/tree.ts';

/** A real server whose checkers are to be read, with all that it and its virtual server say for them. */
export interface CheckedServer {
  /** As the log names it. */
  readonly name: string;
  readonly address: IpAddress;
  /** As written, even where forwarding takes the virtual server's. */
  readonly port: number;
  readonly alpha: boolean;
  readonly retries: number | undefined;
  readonly delayBeforeRetry: Duration | undefined;
  readonly warmup: Duration | undefined;
  readonly connectTimeout: Duration | undefined;
  readonly delayLoop: Duration | undefined;
  readonly virtualHost: string | undefined;
  /** The checkers' blocks, in order. */
  readonly checkers: readonly Statement[];
}

/** Reads a server's checkers, elsewhere, and says which places they got in HealthConfiguration.checkers. */
export type ReadCheckers = (server: CheckedServer) => readonly number[];
