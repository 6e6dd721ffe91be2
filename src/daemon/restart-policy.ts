import type { Duration } from '../base/duration.ts';
import { inSeconds, seconds } from '../base/duration.ts';

/** How a child's life ended. */
export type ChildEnd =
  | { readonly type: 'exited'; readonly status: number }
  | { readonly type: 'signalled'; readonly signal: string };

/** A start that fails for good fails again: these statuses end the parent as well, with the same status. */
const permanent: ReadonlyMap<number, string> = new Map([
  [1, 'FATAL'],
  [2, 'CONFIG'],
  [4, 'MISSING PERMISSION'],
]);

/** Name of a permanent error, undefined if the child deserves another life. */
export function permanentError(end: ChildEnd): string | undefined {
  return end.type === 'exited' ? permanent.get(end.status) : undefined;
}

/** The signals by which V8 and Node end a process that they cannot go on with. */
const brokenBy: ReadonlySet<string> = new Set(['SIGABRT', 'SIGILL', 'SIGTRAP']);

/** Whether it was not our own code that broke. */
export function brokeBelowUs(end: ChildEnd): boolean {
  return end.type === 'signalled' && brokenBy.has(end.signal);
}

const longest = seconds(60);

/**
 * How long to wait before each restart: nothing, then 1, 2, 4 s and so on up to 60 s. A child that lived for 60 s
 * starts the row again.
 */
export class RestartPolicy {
  #next = seconds(0);

  /** The pause before the next start of a child that lived so long. */
  delayAfter(lifetime: Duration): Duration {
    if (lifetime >= longest) this.#next = seconds(0);
    const delay = this.#next;
    this.#next = delay === 0 ? seconds(1) : seconds(Math.min(inSeconds(delay) * 2, inSeconds(longest)));
    return delay;
  }
}
