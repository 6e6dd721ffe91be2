import type { Duration } from '../base/duration.ts';
import type { ProbeSpec } from '../ports/probe.ts';

/** All checkers of a configuration. Servers of several services that are checked alike have a checker each here. */
export interface HealthConfiguration {
  readonly checkers: readonly CheckerConfiguration[];
}

/** When a checker probes and when its verdict turns; every default filled in. */
export interface CheckSchedule {
  /** From the end of a probe to the next. */
  readonly delayLoop: Duration;
  /** After a failure while retries remain. */
  readonly delayBeforeRetry: Duration;
  /** Failures in a row beyond the first that are forgiven while the server is up: 0 and more. */
  readonly retries: number;
  /** The first probe comes up to this much later than the rest of the start; 0 is none. */
  readonly warmup: Duration;
  /** Starts as failed until the first success. */
  readonly alpha: boolean;
}

/** One checker of one real server. */
export type CheckerConfiguration = CheckerCommon &
  (
    | { readonly kind: 'probe'; readonly probe: ProbeSpec }
    /** HTTP_GET and SSL_GET: every URL in turn, one a cycle, each with its own probe. */
    | { readonly kind: 'urls'; readonly probes: readonly ProbeSpec[]; readonly fastRecovery: boolean }
    /**
     * FILE_CHECK: the value times the weight is part of the server's weight; at the fault limit the server is down. With
     * weight 0 it is down by any value but 0, `reverse`d by 0. `name` is that of the track_file.
     */
    | {
        readonly kind: 'file';
        readonly name: string;
        readonly file: string;
        readonly weight: number;
        readonly reverse: boolean;
      }
    /** BFD_CHECK. */
    | { readonly kind: 'bfd'; readonly session: string; readonly weight: number }
  );

export interface CheckerCommon {
  /** The keyword: TCP_CHECK, HTTP_GET, SSL_GET, SMTP_CHECK, DNS_CHECK, UDP_CHECK, PING_CHECK, MISC_CHECK, ... */
  readonly keyword: string;
  readonly schedule: CheckSchedule;
  readonly logAllFailures: boolean;
  /** Evaluated and reported, never acted upon. */
  readonly shadow: boolean;
}
