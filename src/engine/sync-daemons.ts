import type { SyncDaemonConfiguration } from '../lvs/configuration.ts';
import type { IpvsCommand } from '../ports/ipvs.ts';

type Role = 'master' | 'backup';

/** Which of the kernel's connection-sync daemons run: both, or the one that matches a VRRP instance's state. */
export class SyncDaemons {
  #configuration: SyncDaemonConfiguration | undefined;
  #running = new Set<Role>();
  /** What VRRP told last, by instance. */
  readonly #states = new Map<string, Role>();

  configure(configuration: SyncDaemonConfiguration | undefined): readonly IpvsCommand[] {
    const same = JSON.stringify(configuration) === JSON.stringify(this.#configuration);
    if (same) return [];
    const commands = this.stop();
    this.#configuration = configuration;
    return [...commands, ...this.#adjust()];
  }

  follow(instance: string, state: Role): readonly IpvsCommand[] {
    this.#states.set(instance, state);
    return this.#configuration?.instance === instance ? this.#adjust() : [];
  }

  stop(): readonly IpvsCommand[] {
    const commands = [...this.#running].map(state => ({ type: 'stop-sync-daemon', state }) as const);
    this.#running.clear();
    return commands;
  }

  #adjust(): readonly IpvsCommand[] {
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
