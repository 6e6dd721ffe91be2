import type { Duration } from '../base/duration.ts';

/** How the kernel is to treat a process. Plain data; whoever carries it out changes only what it says, or has said before. */
export interface SchedulingWish {
  readonly policy: /** Niceness: -20 .. 19; undefined: that of whoever started the process. */
    | { readonly type: 'ordinary'; readonly niceness: number | undefined }
    /** SCHED_RR. Priority: 1 .. 99. A thread that works for longer than `limit` without a pause ends the process (RLIMIT_RTTIME). */
    | { readonly type: 'real-time'; readonly priority: number; readonly limit: Duration };
  /** Numbers of the processors that it may use; undefined: those of whoever started it. */
  readonly processors: readonly number[] | undefined;
  /** Its memory is not swapped out. */
  readonly memoryLocked: boolean;
}

/** The kernel refused a part of it; `error` is in its own words. */
export interface SchedulingRefusal {
  readonly what: 'real-time' | 'real-time-limit' | 'niceness' | 'processors' | 'memory';
  readonly error: string;
}

/** Has the kernel treat this process so. */
export interface ProcessScheduler {
  apply(wish: SchedulingWish): readonly SchedulingRefusal[];
}
