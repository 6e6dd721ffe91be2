import type { VrrpProcess } from '../engine/vrrp-process.ts';
import type { CheckerLife } from './checker-life.ts';

/** What the parent process knows of the virtual routers and tells the checker process: all but MASTER is backup to it. */
export class RouterStates {
  readonly #states = new Map<string, 'master' | 'backup'>();

  get all(): ReadonlyMap<string, 'master' | 'backup'> {
    return this.#states;
  }

  /** The parent process is gone. */
  forget(): void {
    this.#states.clear();
  }

  look(engine: VrrpProcess | undefined, checker: CheckerLife): void {
    for (const { name: instance, machine } of engine?.instances ?? []) {
      const { type } = machine.state;
      // Before its start it is neither.
      if (type === 'initialize') continue;
      const state = type === 'master' ? 'master' : 'backup';
      if (this.#states.get(instance) === state) continue;
      this.#states.set(instance, state);
      checker.tell({ type: 'vrrp-state', instance, state });
    }
  }
}
