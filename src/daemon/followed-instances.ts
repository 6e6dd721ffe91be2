import type { VrrpProcess } from '../engine/vrrp-process.ts';
import type { InstanceState } from './child-messages.ts';

/**
 * Notices when one of a few instances becomes master or ceases to be. It looks at no others, so that thousands of
 * instances cost the adverts nothing.
 */
export class FollowedInstances {
  #names: readonly string[] = [];
  readonly #told = new Map<string, InstanceState['state']>();

  follow(names: readonly string[]): void {
    this.#names = names;
    for (const name of this.#told.keys()) if (!names.includes(name)) this.#told.delete(name);
  }

  get any(): boolean {
    return this.#names.length > 0;
  }

  /** The states that are new since the last look. */
  changed(vrrp: Pick<VrrpProcess, 'instances'>): readonly InstanceState[] {
    const changes: InstanceState[] = [];
    for (const instance of vrrp.instances) {
      if (!this.#names.includes(instance.name)) continue;
      const { type } = instance.machine.state;
      // Before its start it is neither: nothing is to be done about it yet.
      if (type === 'initialize') continue;
      const state = type === 'master' ? 'master' : 'backup';
      if (this.#told.get(instance.name) === state) continue;
      this.#told.set(instance.name, state);
      changes.push({ instance: instance.name, state });
    }
    return changes;
  }
}
