import { type Duration, inMilliseconds, seconds } from '../base/duration.ts';
import type { SchedulingRefusal, SchedulingWish } from '../ports/scheduling.ts';

/** What the configuration says of one process. */
export interface ProcessScheduling {
  /** -20 .. 19; undefined: not said. */
  readonly niceness: number | undefined;
  /** SCHED_RR, 1 .. 99; undefined: an ordinary process. */
  readonly realTimePriority: number | undefined;
  /** For how long a thread of a real-time process may work without a pause; see leastRealTimeLimit. */
  readonly realTimeLimit: Duration;
  readonly memoryLocked: boolean;
  /** Numbers of processors; undefined: all. */
  readonly processors: readonly number[] | undefined;
}

/** What the configuration says of the processes that work. */
export interface SchedulingConfiguration {
  readonly vrrp: ProcessScheduling;
  readonly checker: ProcessScheduling;
  readonly bfd: ProcessScheduling;
  /** Highest priority that a process may get by being late, 1 .. 99; 0: none does. */
  readonly mostAutomaticPriority: number;
  /** So late has it to be. */
  readonly automaticPriorityDelay: Duration;
}

/**
 * A shorter limit than this is raised to it. keepalived's 10 ms end a process that collects garbage, or takes a big
 * configuration over; the limit is there for a process that never rests, and the kernel leaves others a twentieth of the processor meanwhile.
 */
export const leastRealTimeLimit = seconds(10);

/** What a process wants of the scheduler: what its configuration says, and more each time that it was too late. Pure. */
export class SchedulingPolicy {
  #own: ProcessScheduling;
  #most: number;
  #delay: Duration;
  /** Through lateness; undefined: never late since the last configuration. */
  #raised: number | undefined;
  /** The kernel does not let us; it will not the next time. */
  #refused = false;

  constructor(own: ProcessScheduling, configuration: SchedulingConfiguration) {
    this.#own = own;
    this.#most = configuration.mostAutomaticPriority;
    this.#delay = configuration.automaticPriorityDelay;
  }

  /** As keepalived: what lateness has brought ends with a reload. */
  reconfigure(own: ProcessScheduling, configuration: SchedulingConfiguration): void {
    this.#own = own;
    this.#most = configuration.mostAutomaticPriority;
    this.#delay = configuration.automaticPriorityDelay;
    this.#raised = undefined;
    this.#refused = false;
  }

  get wish(): SchedulingWish {
    const { memoryLocked, niceness, processors, realTimeLimit, realTimePriority } = this.#own;
    const priority = this.#raised ?? realTimePriority;
    return {
      policy:
        priority === undefined
          ? { type: 'ordinary', niceness }
          : { type: 'real-time', priority, limit: Math.max(realTimeLimit, leastRealTimeLimit) as Duration },
      processors,
      memoryLocked,
    };
  }

  /** A deadline was served so late. Returns the line to log if `wish` is another one since. */
  woke(late: Duration): string | undefined {
    const priority = (this.#raised ?? this.#own.realTimePriority ?? 0) + 1;
    if (late < this.#delay || priority > this.#most || this.#refused) return undefined;
    this.#raised = priority;
    return `Set realtime priority ${priority}, it was ${Math.round(inMilliseconds(late))} ms late`;
  }

  /** What the kernel did not do, as lines to log. */
  refused(refusals: readonly SchedulingRefusal[]): readonly string[] {
    if (refusals.some(({ what }) => what === 'real-time')) this.#refused = true;
    return refusals.map(({ what, error }) => `${this.#refusalText(what)} - ${error}`);
  }

  /** As keepalived says it. */
  #refusalText(what: SchedulingRefusal['what']): string {
    switch (what) {
      case 'real-time':
        return 'child process: cannot raise priority';
      case 'real-time-limit':
        return 'child process cannot set realtime rlimit';
      case 'niceness':
        return `Unable to set process priority to ${this.#own.niceness ?? 'what it was'}`;
      case 'processors':
        return `Unable to set cpu affinity to ${this.#own.processors?.join(' ') ?? 'what it was'}`;
      case 'memory':
        return 'Unable to lock process in memory';
    }
  }
}
