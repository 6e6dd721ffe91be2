import type { ChildKind } from './child-kind.ts';

/** What the command line asks of the daemon; plain data, because the children are told the same. */
export interface DaemonOptions {
  /** Undefined takes the first default file that exists. */
  readonly configurationFile: string | undefined;
  /** -i; undefined is the host name up to its first dot. */
  readonly configId: string | undefined;
  readonly allIncludesStrict: boolean;
  /** -n */
  readonly foreground: boolean;
  /** -P and -C name the only children that may run, BFD aside; without them all may. */
  readonly only: readonly ChildKind[] | undefined;
  /** -B */
  readonly noBfd: boolean;
  /** --all: a child runs even if nothing is configured for it. */
  readonly startAll: boolean;
  readonly respawn: boolean;
  /** -V without -X: addresses stay on the interfaces when the daemon stops. */
  readonly keepAddresses: boolean;
  /** -I: services stay in the IPVS table when the daemon stops. */
  readonly keepServices: boolean;
  readonly dumpConfiguration: boolean;
  readonly logAddressChanges: boolean;
  readonly ignoreInterrupt: boolean;
  readonly parentPidFile: string | undefined;
  readonly vrrpPidFile: string | undefined;
  readonly checkerPidFile: string | undefined;
  readonly bfdPidFile: string | undefined;
  /** 0 .. 0o777; undefined takes the configuration's. */
  readonly umask: number | undefined;
  readonly log: LogOptions;
}

export interface LogOptions {
  /** -l: standard error as well; in the foreground only. */
  readonly console: boolean;
  /** -D: lines of level debug as well. */
  readonly detail: boolean;
  /** Undefined with -G. */
  readonly syslogFacility: SyslogFacility | undefined;
  readonly file: string | undefined;
}

/** Facility numbers of syslog(3): user 1, daemon 3, local0 16 .. local7 23. */
export type SyslogFacility = 1 | 3 | 16 | 17 | 18 | 19 | 20 | 21 | 22 | 23;

/** As -S takes it: `user`, `daemon`, `local0` .. `local7`, or the last one's digit alone. */
export function parseFacility(text: string): SyslogFacility | undefined {
  if (text === 'user') return 1;
  if (text === 'daemon') return 3;
  const digit = /^(?:local)?([0-7])$/.exec(text)?.[1];
  return digit === undefined ? undefined : ((16 + Number(digit)) as SyslogFacility);
}

/** As C programs read a mask: octal with a leading 0, hexadecimal with 0x, else decimal. */
export function parseUmask(text: string): number | undefined {
  let value: number;
  if (/^0[0-7]*$/.test(text)) value = Number.parseInt(text, 8);
  else if (/^0[xX][0-9a-fA-F]+$/.test(text)) value = Number.parseInt(text, 16);
  else if (/^[1-9][0-9]*$/.test(text)) value = Number.parseInt(text, 10);
  else return undefined;
  return value <= 0o777 ? value : undefined;
}
