import { type Duration, microseconds, zero } from '../base/duration.ts';
import { elapsed, type Instant } from '../base/instant.ts';
import type { IpAddress } from '../base/ip-address.ts';
import type { Client } from './client.ts';
import type { KernelLink } from './kernel-link.ts';
import type { Observation, Observer } from './observation.ts';
import type { SimNode } from './sim-node.ts';
import type { World } from './world.ts';

/** A stretch of time; `to` undefined: not over. */
export interface Interval {
  readonly from: Instant;
  readonly to: Instant | undefined;
}

export interface Holding {
  readonly at: Instant;
  /** Whose kernel has the address. */
  readonly nodes: readonly string[];
}

/** What became of one virtual address, from where its users sit. */
export interface AddressRecord {
  readonly address: IpAddress;
  /** Who held it from when on. */
  readonly holdings: readonly Holding[];
  /** By client: when its packets got no answer, after the first that did. */
  readonly gaps: ReadonlyMap<string, readonly Interval[]>;
  /** When more than one machine had it. */
  readonly duals: readonly Interval[];
}

interface Watched {
  readonly address: IpAddress;
  readonly holdings: Holding[];
  readonly gaps: Map<string, { from: Instant; to: Instant | undefined }[]>;
  readonly duals: { from: Instant; to: Instant | undefined }[];
  readonly served: Set<string>;
}

/** Follows the packets of every client to every virtual address: who gets them, and whether anybody answers. */
export class Outage implements Observer {
  readonly #world: World;
  readonly #watched = new Map<IpAddress, Watched>();
  #planned = false;

  constructor(world: World) {
    this.#world = world;
    for (const { configuration } of world.nodes) {
      for (const { addresses, excludedAddresses } of configuration.instances) {
        for (const { address } of [...addresses, ...excludedAddresses]) this.#watch(address);
      }
    }
    world.watch(this);
  }

  get records(): readonly AddressRecord[] {
    return [...this.#watched.values()];
  }

  observe(_now: Instant, seen: Observation): void {
    if (seen.type === 'advertisement-sent' || seen.type === 'log' || seen.type === 'announced') return;
    if (seen.type === 'address' && !this.#watched.has(seen.address)) return;
    if (this.#planned) return;
    this.#planned = true;
    // Interference is announced before it takes place.
    this.#world.after(microseconds(1), () => {
      this.#planned = false;
      for (const watched of this.#watched.values()) this.#look(watched);
    });
  }

  #watch(address: IpAddress): void {
    if (this.#watched.has(address)) return;
    this.#watched.set(address, { address, holdings: [], gaps: new Map(), duals: [], served: new Set() });
  }

  #look(watched: Watched): void {
    const { now } = this.#world;
    const { address, holdings, duals } = watched;
    const nodes = this.#world.nodes.filter(node => node.powered && node.kernel.holdsAnywhere(address));
    const names = nodes.map(({ name }) => name);
    if ((holdings.at(-1)?.nodes ?? []).join() !== names.join()) holdings.push({ at: now, nodes: names });
    mark(duals, names.length > 1, now);
    for (const client of this.#world.clients) {
      const answered = this.#isAnswered(client, address);
      // A client of another segment has nothing to do with it.
      if (answered) watched.served.add(client.name);
      if (!watched.served.has(client.name)) continue;
      const gaps = watched.gaps.get(client.name) ?? [];
      watched.gaps.set(client.name, gaps);
      mark(gaps, !answered, now);
    }
  }

  /** Where the client's packets go, and whether the answer comes back. */
  #isAnswered(client: Client, address: IpAddress): boolean {
    const mac = client.neighbours.get(address);
    if (mac === undefined) return false;
    const port = client.segment.learned.get(mac);
    if (!port || !client.segment.isOpen(client, port) || !client.segment.isOpen(port, client)) return false;
    const found = this.#linkBehind(port.portId);
    return found?.node.powered === true && found.link.adminUp && found.node.kernel.holdsAnywhere(address);
  }

  #linkBehind(portId: number): { readonly node: SimNode; readonly link: KernelLink } | undefined {
    for (const node of this.#world.nodes) {
      for (const link of node.kernel.links) if (link.portId === portId) return { node, link };
    }
    return undefined;
  }
}

/** The longest of the intervals that begin at or after `since`, and how long they are together, until `end`. */
export function measure(
  intervals: readonly Interval[],
  end: Instant,
  since?: Instant,
): { readonly longest: Duration; readonly total: Duration } {
  let longest: number = zero;
  let total: number = zero;
  for (const { from, to } of intervals) {
    if (since !== undefined && (to ?? end) < since) continue;
    const start = since !== undefined && from < since ? since : from;
    const span = elapsed(start, to ?? end);
    longest = Math.max(longest, span);
    total += span;
  }
  return { longest: longest as Duration, total: total as Duration };
}

function mark(intervals: { from: Instant; to: Instant | undefined }[], on: boolean, now: Instant): void {
  const last = intervals.at(-1);
  if (on && (last === undefined || last.to !== undefined)) intervals.push({ from: now, to: undefined });
  else if (!on && last !== undefined) last.to ??= now;
}
