import type { VrrpEffect } from '../ports/vrrp-world.ts';

/** Routes and rules as far as the daemon sees of them: whether the very same is there. */
export class FakeRouting {
  readonly #held = new Set<string>();

  /** How many routes and rules there are. */
  get size(): number {
    return this.#held.size;
  }

  /** One netlink batch of the daemon's. */
  change(effect: VrrpEffect & { readonly type: 'change-routes' | 'change-rules' }): { place: number; error: string }[] {
    const errors: { place: number; error: string }[] = [];
    const isRoute = effect.type === 'change-routes';
    (isRoute ? effect.routes : effect.rules).forEach((request, place) => {
      const key = `${effect.type} ${JSON.stringify(request)}`;
      const isHeld = this.#held.has(key);
      if (effect.operation === 'add') this.#held.add(key);
      else this.#held.delete(key);
      if (effect.operation === 'add' && isHeld) errors.push({ place, error: 'EEXIST' });
      else if (effect.operation === 'remove' && !isHeld) errors.push({ place, error: isRoute ? 'ESRCH' : 'ENOENT' });
    });
    return errors;
  }

  /** Power is gone. */
  clear(): void {
    this.#held.clear();
  }
}
