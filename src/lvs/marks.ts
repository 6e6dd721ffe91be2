import { familyOf } from '../base/ip-address.ts';
import type { IpvsServiceKey } from '../ports/ipvs.ts';
import type { MarkedRange } from '../ports/marking.ts';
import type { AddressRange, LvsConfiguration, VirtualServerConfiguration } from './configuration.ts';
import { disjointRanges } from './marked-ranges.ts';
import { serviceIdentity } from './pool.ts';

const largestMark = 4_294_967_295;
const lastPort = 65_535;

/**
 * The marks that stand for virtual servers of groups. Who has one keeps it; no mark is given again as long as there are others,
 * for what was served by it may still be in the kernel.
 */
export class Marks {
  /** By serviceIdentity. */
  #marks = new Map<string, number>();
  #next = 0;

  /** What the kernel has from an earlier life of this process; before the first `assign`. */
  adopt(servers: readonly VirtualServerConfiguration[], found: readonly MarkedRange[]): void {
    const known = new Map(found.map(range => [startText(range), range.mark]));
    const taken = new Set<number>();
    for (const server of servers) {
      for (const range of rangesOf(server, 0)) {
        const mark = known.get(startText(range));
        if (mark === undefined || taken.has(mark)) continue;
        taken.add(mark);
        this.#marks.set(serviceIdentity(server), mark);
        this.#next = Math.max(this.#next, mark + 1);
        break;
      }
    }
  }

  /** Gives a mark, from `start` on, to whoever is to have one and has none; marks that the configuration names are not given. */
  assign(servers: readonly VirtualServerConfiguration[], start: number): void {
    const taken = new Set(servers.flatMap(({ keys }) => keys.flatMap(key => (key.type === 'fwmark' ? key.mark : []))));
    const before = this.#marks;
    const marks = new Map<string, number>();
    const wanting = servers.filter(({ marked }) => marked).map(serviceIdentity);
    for (const identity of wanting) {
      const mark = before.get(identity);
      if (mark === undefined || mark < start || taken.has(mark)) continue;
      marks.set(identity, mark);
      taken.add(mark);
    }
    let next = Math.max(start, this.#next);
    for (const identity of wanting) {
      if (marks.has(identity)) continue;
      while (next > largestMark || taken.has(next)) next = next >= largestMark ? 1 : next + 1;
      marks.set(identity, next);
      taken.add(next);
      next += 1;
    }
    this.#next = next;
    this.#marks = marks;
  }

  /** What nftables is to mark. */
  rangesFor(servers: readonly VirtualServerConfiguration[]): readonly MarkedRange[] {
    return disjointRanges(servers.flatMap(server => rangesOf(server, this.#marks.get(serviceIdentity(server)) ?? 0)));
  }

  /** The virtual server, served by its mark if it has one. */
  servedByMark(server: VirtualServerConfiguration): VirtualServerConfiguration {
    const mark = this.#marks.get(serviceIdentity(server));
    if (!server.marked || mark === undefined) return server;
    const families = new Set(server.marked.map(({ first }) => familyOf(first)));
    const keys = [...families].sort().map((family): IpvsServiceKey => ({ type: 'fwmark', mark, family }));
    return { ...server, keys };
  }
}

/** The virtual servers as a process serves them that has just been started, where packets can be marked. */
export function servedAtStart({ global, virtualServers }: LvsConfiguration): readonly VirtualServerConfiguration[] {
  if (!global.marking) return virtualServers;
  const marks = new Marks();
  marks.assign(virtualServers, global.marking.startMark);
  return virtualServers.map(server => marks.servedByMark(server));
}

function rangesOf({ marked = [], protocol }: VirtualServerConfiguration, mark: number): readonly MarkedRange[] {
  return marked.map(({ first, last, port }: AddressRange) => ({
    protocol: protocol ?? 'udp',
    first,
    last,
    firstPort: port,
    lastPort: port === 0 ? lastPort : port,
    mark,
  }));
}

const startText = ({ protocol, first, firstPort }: MarkedRange): string => `${protocol} ${first} ${firstPort}`;
