import type { IpvsDestination, IpvsEntry, IpvsServiceKey } from '../ports/ipvs.ts';
import type { RealServerConfiguration, VirtualServerConfiguration } from './configuration.ts';
import { effectiveWeight, isAlive, type Pool } from './pool.ts';

/** What the kernel's table should say of one service of a virtual server, all of which have the same destinations. */
export function desiredEntry(
  { service }: VirtualServerConfiguration,
  key: IpvsServiceKey,
  destinations: readonly IpvsDestination[],
): IpvsEntry {
  return { service: { ...service, key }, destinations: servedAt(key, destinations) };
}

/** Without NAT packets keep their destination port, which the services of a group need not share. */
function servedAt(key: IpvsServiceKey, destinations: readonly IpvsDestination[]): readonly IpvsDestination[] {
  const port = key.type === 'address' ? key.port : 0;
  if (destinations.every(({ forwarding, port: own }) => forwarding.type === 'nat' || own === port)) return destinations;
  return destinations.map(destination =>
    destination.forwarding.type === 'nat' ? destination : { ...destination, port },
  );
}

export function desiredDestinations(pool: Pool): readonly IpvsDestination[] {
  const destinations: IpvsDestination[] = [];
  for (const member of pool.members) {
    const { configuration } = member;
    const serves = isAlive(member) && !pool.sorry;
    if (serves) destinations.push(destination(configuration, effectiveWeight(member)));
    else if (configuration.inhibitOnFailure) destinations.push(destination(configuration, 0));
  }
  const { sorryServer } = pool.configuration;
  if (sorryServer && (pool.sorry || sorryServer.inhibit)) {
    const { address, port, forwarding } = sorryServer;
    // A sorry server that is a real server as well is in the table once.
    const taken = destinations.findIndex(other => other.address === address && other.port === port);
    const sorry = { address, port, forwarding, weight: pool.sorry ? 1 : 0, upperThreshold: 0, lowerThreshold: 0 };
    if (taken < 0) destinations.push(sorry);
    else if (pool.sorry) destinations[taken] = sorry;
  }
  return destinations;
}

function destination(server: RealServerConfiguration, weight: number): IpvsDestination {
  const { address, port, forwarding, upperThreshold, lowerThreshold } = server;
  return { address, port, forwarding, weight, upperThreshold, lowerThreshold };
}
