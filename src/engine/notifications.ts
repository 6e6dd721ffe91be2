import { type NotifiedState, scriptNotifications } from '../notify/script-notifications.ts';
import type { RunnableScript } from '../ports/script.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { Group } from './group.ts';
import type { Instance } from './instance.ts';

/** What scripts are told of a state. */
export const notifiedStates = { master: 'MASTER', backup: 'BACKUP', fault: 'FAULT' } as const;

/** Starts notification scripts in the order of the events and remembers which are still running. */
export class Notifications {
  readonly #allocateRun: () => number;
  readonly #out: VrrpEffect[];
  readonly #running = new Set<number>();

  constructor(allocateRun: () => number, out: VrrpEffect[]) {
    this.#allocateRun = allocateRun;
    this.#out = out;
  }

  get running(): number {
    return this.#running.size;
  }

  save(): readonly number[] {
    return [...this.#running];
  }

  restore(running: readonly number[]): void {
    this.#running.clear();
    for (const run of running) this.#running.add(run);
  }

  instance({ configuration: { notify, name }, machine: { priority } }: Instance, state: NotifiedState): void {
    for (const { script, extraArguments } of scriptNotifications(notify, { kind: 'INSTANCE', name, priority }, state)) {
      this.run(script, extraArguments);
    }
  }

  group({ configuration: { notify, name } }: Group, state: NotifiedState): void {
    for (const { script, extraArguments } of scriptNotifications(notify, { kind: 'GROUP', name, priority: 0 }, state)) {
      this.run(script, extraArguments);
    }
  }

  lowerPriorityReceived({ configuration: { notify } }: Instance): void {
    if (notify.masterReceivedLowerPriority) this.run(notify.masterReceivedLowerPriority, []);
  }

  run(script: RunnableScript, extraArguments: readonly string[]): void {
    const run = this.#allocateRun();
    this.#running.add(run);
    this.#out.push({ type: 'run-script', run, script, extraArguments });
  }

  ended(run: number): void {
    this.#running.delete(run);
  }

  /** The time for them is up; they are no longer waited for. */
  abandon(): void {
    this.#running.clear();
  }
}
