import type { Duration } from '../base/duration.ts';
import type { IpAddress } from '../base/ip-address.ts';
import type { SectionContext } from '../config/section-context.ts';
import type { Statement } from '../config/tree.ts';
import type { ConfigurationHost } from '../ports/configuration-host.ts';
import type { TlsOptions } from '../ports/probe.ts';

/** The server that a checker is for, and what it says for its checkers. Undefined: not said. */
export interface CheckTarget {
  /** As the log names it. */
  readonly name: string;
  readonly address: IpAddress;
  readonly port: number;
  readonly alpha: boolean;
  readonly retries: number | undefined;
  readonly delayBeforeRetry: Duration | undefined;
  readonly warmup: Duration | undefined;
  readonly connectTimeout: Duration | undefined;
  readonly delayLoop: Duration | undefined;
  readonly virtualHost: string | undefined;
}

/** A track_file that FILE_CHECK may name. */
export interface TrackedFile {
  readonly statement: Statement;
  readonly path: string;
  readonly weight: number;
  readonly reverse: boolean;
}

/** What the SSL block says for all checkers that speak TLS. */
export interface TlsDefaults {
  /** A certificate of our own. */
  readonly client: TlsOptions['client'];
  readonly verify: boolean;
  readonly authorities: () => NonNullable<TlsOptions['verify']>['authorities'];
}

/** What reading checkers needs besides their blocks. */
export interface CheckerContext extends SectionContext {
  /** checker_log_all_failures. */
  readonly logAllFailures: boolean;
  /** smtp_helo_name. */
  readonly heloName: string | undefined;
  /** What the SSL block says. */
  readonly tls: TlsDefaults;
  readonly readFile: ConfigurationHost['readFile'];
  readonly trackFiles: ReadonlyMap<string, TrackedFile>;
  readonly bfdInstances: () => ReadonlyMap<string, Statement>;
}
