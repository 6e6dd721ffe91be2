import type { NotifiedState } from './script-notifications.ts';

/** Which state somebody was last told of by mail: a mail says something new, or is not sent. */
export class ToldByMail {
  readonly #states = new Map<string, NotifiedState>();

  /** Whether it is news; if so, it is told from now on. */
  isNews(who: string, state: NotifiedState): boolean {
    if (this.#states.get(who) === state) return false;
    this.#states.set(who, state);
    return true;
  }

  /** Nobody of that name is left. */
  forget(who: string): void {
    this.#states.delete(who);
  }

  save(): readonly (readonly [string, NotifiedState])[] {
    return [...this.#states];
  }

  restore(states: readonly (readonly [string, NotifiedState])[]): void {
    this.#states.clear();
    for (const [who, state] of states) this.#states.set(who, state);
  }
}
