import type { IpvsLoad, IpvsServiceKey } from '../ports/ipvs.ts';
import type { VirtualServerConfiguration } from './configuration.ts';
import { memberKey } from './pool.ts';

/** As the kernel counts them: established TCP connections are active, all others inactive. */
export interface ConnectionCount {
  readonly active: number;
  readonly inactive: number;
}

/** The connections of each real server, by memberKey, over all services of its virtual server. */
export function connectionCounts(
  { realServers }: Pick<VirtualServerConfiguration, 'realServers'>,
  loads: readonly { readonly key: IpvsServiceKey; readonly loads: readonly IpvsLoad[] }[],
): ReadonlyMap<string, ConnectionCount> {
  const counts = new Map<string, ConnectionCount>();
  for (const { key, loads: destinations } of loads) {
    const servicePort = key.type === 'address' ? key.port : 0;
    const found = new Map(destinations.map(load => [memberKey(load), load]));
    for (const server of realServers) {
      // Without NAT the table has the port of each service.
      const port = server.forwarding.type === 'nat' ? server.port : servicePort;
      const load = found.get(memberKey({ address: server.address, port }));
      if (!load) continue;
      const own = memberKey(server);
      const before = counts.get(own) ?? { active: 0, inactive: 0 };
      counts.set(own, { active: before.active + load.active, inactive: before.inactive + load.inactive });
    }
  }
  return counts;
}
