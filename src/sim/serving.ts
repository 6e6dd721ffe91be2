import { microseconds } from '../base/duration.ts';
import type { Instant } from '../base/instant.ts';
import { servedAtStart } from '../lvs/marks.ts';
import { keyText } from './ipvs-table.ts';
import type { Observation, Observer } from './observation.ts';
import { serverText } from './real-servers.ts';
import type { World } from './world.ts';

/** Who gets the connections of a service on one machine, by its IPVS table. */
export interface ServiceRecord {
  readonly node: string;
  /** `tcp 192.0.2.100:80`, `fwmark 7`. */
  readonly service: string;
  /** All that the configuration of its machine has for it, when the world began. */
  readonly servers: readonly string[];
  /** Who serves when too few of them do. */
  readonly sorryServer: string | undefined;
  /** From when on which servers had a weight; empty is nobody. */
  readonly serving: readonly { readonly at: Instant; readonly servers: readonly string[] }[];
}

interface Watched extends ServiceRecord {
  readonly serving: { readonly at: Instant; readonly servers: readonly string[] }[];
}

/** Follows every service of every machine's table. */
export class Serving implements Observer {
  readonly #world: World;
  readonly #watched = new Map<string, Watched>();
  #planned = false;

  constructor(world: World) {
    this.#world = world;
    for (const { name: node, configuration } of world.nodes) {
      const { balancing } = configuration;
      for (const { keys, realServers, sorryServer } of balancing ? servedAtStart(balancing.lvs) : []) {
        const servers = realServers.map(serverText).sort();
        for (const key of keys) this.#watch(node, keyText(key), servers, sorryServer && serverText(sorryServer));
      }
    }
    world.watch(this);
  }

  get records(): readonly ServiceRecord[] {
    return [...this.#watched.values()];
  }

  observe(_now: Instant, seen: Observation): void {
    const isNews = seen.type === 'ipvs' || (seen.type === 'life' && seen.event === 'powered-off');
    if (!isNews || this.#planned) return;
    this.#planned = true;
    // Changes come in batches, and power goes a moment after it was said.
    this.#world.after(microseconds(1), () => {
      this.#planned = false;
      this.#look();
    });
  }

  #watch(node: string, service: string, servers: readonly string[], sorryServer: string | undefined): void {
    this.#watched.set(`${node} ${service}`, { node, service, servers, sorryServer, serving: [] });
  }

  #look(): void {
    for (const { name, kernel } of this.#world.nodes) {
      const now = new Map<string, readonly string[]>();
      for (const { service, destinations } of kernel.ipvs.entries) {
        const servers = destinations
          .filter(({ weight }) => weight > 0)
          .map(serverText)
          .sort();
        const text = keyText(service.key);
        now.set(text, servers);
        // A reload may bring new ones.
        if (!this.#watched.has(`${name} ${text}`)) this.#watch(name, text, servers, undefined);
      }
      for (const { node, service, serving } of this.#watched.values()) {
        if (node !== name) continue;
        const servers = now.get(service) ?? [];
        if ((serving.at(-1)?.servers ?? []).join() !== servers.join()) serving.push({ at: this.#world.now, servers });
      }
    }
  }
}

/** Who served just before an instant. */
export function servingBefore({ serving }: ServiceRecord, at: Instant): readonly string[] {
  let servers: readonly string[] = [];
  for (const entry of serving) {
    if (entry.at >= at) break;
    servers = entry.servers;
  }
  return servers;
}
