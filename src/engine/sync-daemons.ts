import type { SyncDaemonConfiguration } from '../lvs/configuration.ts';
import type { IpvsCommand } from '../ports/ipvs.ts';

type Role = 'master' | 'backup';

/** Which of the kernel's connection-sync daemons run: both, or the one that matches a VRRP instance's state. */
export class SyncDaemons {
  #configuration: SyncDaemonConfiguration | undefined;
  /** Undefined: the kernel has not told yet what an earlier life left, and nothing is asked of it before. */
  #running: ReadonlySet<Role> | undefined;
  /** What VRRP told last, by instance. */
  readonly #states = new Map<string, Role>();

  configure(configuration: SyncDaemonConfiguration | undefined): readonly IpvsCommand[] {
    const same = JSON.stringify(configuration) === JSON.stringify(this.#configuration);
    if (same) return [];
    this.#configuration = configuration;
    return this.#anew();
  }

  /** Those that run, all that was asked of the kernel being done. */
  found(running: readonly Role[]): readonly IpvsCommand[] {
    const isFirst = this.#running === undefined;
    this.#running = new Set(running);
    return isFirst && this.#configuration ? this.#anew() : [];
  }

  follow(instance: string, state: Role): readonly IpvsCommand[] {
    this.#states.set(instance, state);
    return this.#configuration?.instance === instance ? this.#adjust() : [];
  }

  /** Whatever runs was started otherwise than it shall be, or who knows how. */
  #anew(): readonly IpvsCommand[] {
    if (!this.#running) return [];
    const stops = Array.from(this.#running, state => ({ type: 'stop-sync-daemon', state }) as const);
    this.#running = new Set();
    return [...stops, ...this.#adjust()];
  }

  #adjust(): readonly IpvsCommand[] {
    if (!this.#running) return [];
    const wanted = this.#wanted();
    const commands: IpvsCommand[] = [];
    for (const state of this.#running) if (!wanted.has(state)) commands.push({ type: 'stop-sync-daemon', state });
    for (const state of wanted) {
      if (this.#running.has(state) || !this.#configuration) continue;
      const { interface: name, syncId, maximumLength, port, ttl, group } = this.#configuration;
      const daemon = { state, interface: name, syncId, maximumLength, port, ttl, group };
      commands.push({ type: 'start-sync-daemon', daemon });
    }
    this.#running = wanted;
    return commands;
  }

  #wanted(): Set<Role> {
    if (!this.#configuration) return new Set();
    const { instance } = this.#configuration;
    if (instance === undefined) return new Set(['master', 'backup']);
    return new Set([this.#states.get(instance) ?? 'backup']);
  }
}
