import { ip } from '../base/ip-address.testkit.ts';
import type { Prefix, Route } from './route.ts';
import type { RuleRequest } from './rule.ts';

/** `ADDRESS/LENGTH` */
export function prefix(text: string): Prefix {
  const [address, length] = text.split('/') as [string, string];
  return { address: ip(address), prefixLength: Number(length) };
}

/** A unicast route to 10.1.0.0/24 with every default of the configuration language. */
export function plainRoute<Device>(device: Device, rest: Partial<Route<Device>> = {}): Route<Device> {
  return {
    family: 4,
    type: 1,
    place: 'prepend',
    destination: prefix('10.1.0.0/24'),
    from: undefined,
    preferredSource: undefined,
    gateway: undefined,
    device,
    onlink: false,
    encapsulation: undefined,
    tos: 0,
    table: 254,
    protocol: 18,
    scope: 0,
    metric: undefined,
    realms: undefined,
    expiresSeconds: undefined,
    preference: undefined,
    propagateTtl: undefined,
    metrics: { plain: {}, times: {}, ecn: false, congestionControl: undefined, locked: [] },
    nextHops: [],
    ...rest,
  };
}

/** Table 200 for what comes from 10.9.0.0/24. */
export function plainRule(rest: Partial<RuleRequest> = {}): RuleRequest {
  return {
    family: 4,
    inverted: false,
    from: prefix('10.9.0.0/24'),
    to: undefined,
    action: { type: 'table', table: 200 },
    preference: 100,
    tos: 0,
    mark: undefined,
    realms: undefined,
    suppressPrefixLength: undefined,
    suppressInterfaceGroup: undefined,
    inputInterface: undefined,
    outputInterface: undefined,
    tunnelId: undefined,
    userIds: undefined,
    l3mdev: false,
    protocol: 18,
    ipProtocol: undefined,
    sourcePorts: undefined,
    destinationPorts: undefined,
    ...rest,
  };
}
