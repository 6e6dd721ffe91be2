import { elapsed, type Instant } from '../base/instant.ts';
import { type SchedulingConfiguration, SchedulingPolicy } from '../engine/scheduling.ts';
import type { ProcessScheduler } from '../ports/scheduling.ts';
import { type ChildKind, childWording } from './child-kind.ts';
import type { DaemonLog } from './log.ts';

export interface ChildSchedulingOptions {
  readonly scheduler: ProcessScheduler;
  readonly log: Pick<DaemonLog, 'info' | 'error'>;
  readonly mayLockMemory: boolean;
}

/** What a child asks of the kernel's scheduler, at the start, at reloads and when it was late. */
export class ChildScheduling {
  readonly #kind: ChildKind;
  readonly #policy: SchedulingPolicy;
  readonly #options: ChildSchedulingOptions;
  #applyScheduled = false;

  constructor(kind: ChildKind, configuration: SchedulingConfiguration, options: ChildSchedulingOptions) {
    this.#kind = kind;
    this.#options = options;
    this.#policy = new SchedulingPolicy(configuration[kind], configuration);
    this.#applyLater();
  }

  reconfigure(configuration: SchedulingConfiguration): void {
    this.#policy.reconfigure(configuration[this.#kind], configuration);
    this.#applyLater();
  }

  /** A deadline is served now. */
  woke(now: Instant, deadline: Instant | undefined): void {
    const text = deadline === undefined ? undefined : this.#policy.woke(elapsed(deadline, now));
    if (text === undefined) return;
    this.#options.log.info(text);
    this.#applyLater();
  }

  /** Half of the time has passed that a real-time process may work without a pause. */
  outOfTime(): void {
    const { name } = childWording[this.#kind];
    this.#options.log.error(
      `${name} process has used too much CPU time, ${this.#kind}_rlimit_rttime may need to be increased`,
    );
  }

  /** Behind what is due, and what a start or a reload does at once: that may take long, which the limit is not meant for. */
  #applyLater(): void {
    if (this.#applyScheduled) return;
    this.#applyScheduled = true;
    setImmediate(() => {
      this.#applyScheduled = false;
      this.#apply();
    });
  }

  #apply(): void {
    const { log, mayLockMemory, scheduler } = this.#options;
    const { wish } = this.#policy;
    const refusals = scheduler.apply({ ...wish, memoryLocked: wish.memoryLocked && mayLockMemory });
    for (const text of this.#policy.refused(refusals)) log.error(text);
    if (wish.memoryLocked && !mayLockMemory) {
      log.error(`Memory is not locked: Node ended the last ${childWording[this.#kind].name} process, maybe for that`);
    }
  }
}
