import type { VrrpEffect } from '../ports/vrrp-world.ts';
import { bfdLine, detailLine } from '../vrrp/log-lines.ts';
import type { Group } from './group.ts';
import type { Instance } from './instance.ts';

/** The BFD sessions that are up, as the BFD process told. One that was never heard of counts as failed. */
export class TrackedSessions {
  #up: ReadonlySet<string> = new Set();

  status(session: string): 'up' | 'down' {
    return this.#up.has(session) ? 'up' : 'down';
  }

  /** Takes news in and says it; whether it is any. */
  told(
    { session, up }: { readonly session: string; readonly up: boolean },
    instances: readonly Instance[],
    groups: readonly Group[],
    out: VrrpEffect[],
  ): boolean {
    const state = up ? 'Up' : 'Down';
    out.push({ type: 'log', ...detailLine(`Received BFD event: instance ${session} is in state ${state}`) });
    if (this.#up.has(session) === up) return false;
    const others = [...this.#up].filter(name => name !== session);
    this.#up = new Set(up ? [...others, session] : others);
    const tracks = ({ trackBfd }: Instance['configuration'] | Group['configuration']): boolean =>
      trackBfd.some(tracker => tracker.session === session);
    const grouped = new Set(groups.filter(group => tracks(group.configuration)).flatMap(({ members }) => members));
    for (const instance of instances) {
      if (!tracks(instance.configuration) && !grouped.has(instance)) continue;
      out.push({ type: 'log', ...bfdLine(instance.name, session, up) });
    }
    return true;
  }

  save(): readonly string[] {
    return [...this.#up];
  }

  restore(saved: readonly string[]): void {
    this.#up = new Set(saved);
  }
}
