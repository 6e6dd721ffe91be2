import { SystemLog } from '../linux/system-log.ts';
import { DaemonLog, type SystemLogSink } from './log.ts';
import type { LogOptions } from './options.ts';

/** The log of the parent process. */
export function openLog(options: LogOptions, ident: string): DaemonLog {
  return new DaemonLog({
    detail: options.detail,
    console: options.console ? 2 : undefined,
    file: options.file,
    system: systemLogFor(options, ident),
  });
}

/** The system's log under a name of ours; undefined with -G. */
export function systemLogFor(options: LogOptions, ident: string): SystemLogSink | undefined {
  if (options.syslogFacility === undefined) return undefined;
  return new SystemLog({ ident, facility: options.syslogFacility, pid: process.pid });
}
