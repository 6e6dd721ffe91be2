import { writeSync } from 'node:fs';
import type { DaemonLog } from './log.ts';

/** keepalived's status for an internal error; neither 1, 2 nor 4, after which nothing is restarted. */
export const internalErrorStatus = 70;

let log: DaemonLog | undefined;

/** Where the last words of this process go besides standard error. */
export function crashesGoTo(target: DaemonLog): void {
  log = target;
}

let lastDeed: ((reason: string) => void) | undefined;

/** Done before the process ends: synchronous, and soon over. */
export function beforeCrash(deed: (reason: string) => void): void {
  lastDeed = deed;
}

/**
 * Whatever is thrown and not caught ends the process: state that broke must not act on. Node itself would end with
 * status 1, which the parent takes for an error that a restart cannot cure.
 */
export function crash(error: unknown): never {
  const text = error instanceof Error ? (error.stack ?? String(error)) : `thrown: ${String(error)}`;
  if (log) log.lastWords(`Internal error: ${text}`);
  else writeStandardError(`${text}\n`);
  try {
    lastDeed?.(`crash: ${text}`);
  } catch (failure) {
    const words = `Cannot write the flight recording: ${String(failure)}`;
    if (log) log.lastWords(words);
    else writeStandardError(`${words}\n`);
  }
  process.exit(internalErrorStatus);
}

function writeStandardError(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Nobody is there to read it.
  }
}
