import { after, earliest, type Instant } from '../base/instant.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { TrackProcessConfiguration } from '../vrrp/configuration.ts';
import { line } from '../vrrp/log-lines.ts';

interface Tracked {
  configuration: TrackProcessConfiguration;
  /** Undefined until the world has counted. */
  count: number | undefined;
  hasQuorum: boolean | undefined;
  /** When the other becomes true, if the count stays as it is. */
  changesAt: Instant | undefined;
}

/** A tracked process as plain data. */
export type SavedProcess = Readonly<Omit<Tracked, 'configuration'>> & { readonly name: string };

/** Whether there are as many of each tracked process as there should be. */
export class TrackedProcesses {
  readonly #tracked = new Map<string, Tracked>();

  /** Starts with these, or goes on with them after a reload, and has them counted. */
  configure(now: Instant, processes: readonly TrackProcessConfiguration[], out: VrrpEffect[]): void {
    const before = new Map(this.#tracked);
    if (before.size === 0 && processes.length === 0) return;
    this.#tracked.clear();
    for (const configuration of processes) {
      const known = before.get(configuration.name);
      const same = known && JSON.stringify(known.configuration.pattern) === JSON.stringify(configuration.pattern);
      const unknown = { count: undefined, hasQuorum: undefined, changesAt: undefined };
      this.#tracked.set(configuration.name, { ...(same ? known : unknown), configuration });
    }
    out.push({ type: 'watch-processes', processes: processes.map(({ name, pattern }) => ({ name, pattern })) });
    // The quorum may be another now.
    for (const tracked of this.#tracked.values()) if (tracked.count !== undefined) this.#judge(now, tracked, out);
  }

  status(name: string): 'up' | 'down' | 'waiting' {
    const hasQuorum = this.#tracked.get(name)?.hasQuorum;
    return hasQuorum === undefined ? 'waiting' : hasQuorum ? 'up' : 'down';
  }

  count(name: string): number | undefined {
    return this.#tracked.get(name)?.count;
  }

  nextDeadline(): Instant | undefined {
    let deadline: Instant | undefined;
    for (const { changesAt } of this.#tracked.values()) deadline = earliest(deadline, changesAt);
    return deadline;
  }

  /** Returns whether a quorum changed. */
  told(now: Instant, name: string, count: number, out: VrrpEffect[]): boolean {
    const tracked = this.#tracked.get(name);
    if (!tracked || tracked.count === count) return false;
    tracked.count = count;
    return this.#judge(now, tracked, out);
  }

  /** Returns whether a quorum changed. */
  advance(now: Instant, out: VrrpEffect[]): boolean {
    let changed = false;
    for (const tracked of this.#tracked.values()) {
      if (tracked.changesAt === undefined || tracked.changesAt > now) continue;
      this.#change(tracked, !tracked.hasQuorum, out);
      changed = true;
    }
    return changed;
  }

  save(): readonly SavedProcess[] {
    return Array.from(this.#tracked.values(), ({ configuration: { name }, ...rest }) => ({ name, ...rest }));
  }

  restore(processes: readonly TrackProcessConfiguration[], saved: readonly SavedProcess[]): void {
    this.#tracked.clear();
    for (const { name, count, hasQuorum, changesAt } of saved) {
      const configuration = processes.find(each => each.name === name)!;
      this.#tracked.set(name, { configuration, count, hasQuorum, changesAt });
    }
  }

  #judge(now: Instant, tracked: Tracked, out: VrrpEffect[]): boolean {
    const { count, hasQuorum, configuration } = tracked;
    const { quorum, maximum, forkDelay, terminateDelay } = configuration;
    const enough = count! >= quorum && (maximum === undefined || count! <= maximum);
    if (hasQuorum === undefined) {
      tracked.hasQuorum = enough;
      return true;
    }
    if (enough === hasQuorum) {
      tracked.changesAt = undefined;
      return false;
    }
    const delay = enough ? forkDelay : terminateDelay;
    if (delay > 0) {
      tracked.changesAt ??= after(now, delay);
      return false;
    }
    this.#change(tracked, enough, out);
    return true;
  }

  #change(tracked: Tracked, hasQuorum: boolean, out: VrrpEffect[]): void {
    tracked.hasQuorum = hasQuorum;
    tracked.changesAt = undefined;
    const text = `Quorum ${hasQuorum ? 'gained' : 'lost'} for tracked process ${tracked.configuration.name}`;
    out.push({ type: 'log', ...line(text) });
  }
}
