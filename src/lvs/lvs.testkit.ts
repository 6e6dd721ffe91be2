import { ip } from '../base/ip-address.testkit.ts';
import type { RealServerConfiguration, VirtualServerConfiguration } from './configuration.ts';

/** 10.0.0.LAST:80 with every default. */
export function realServer(last: number, rest: Partial<RealServerConfiguration> = {}): RealServerConfiguration {
  return {
    name: `[10.0.0.${last}]:tcp:80`,
    address: ip(`10.0.0.${last}`),
    port: 80,
    forwarding: { type: 'nat' },
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    inhibitOnFailure: false,
    alpha: false,
    notifyUp: undefined,
    notifyDown: undefined,
    checkers: [],
    ...rest,
  };
}

/** 192.0.2.1:80 with every default. */
export function virtualServer(
  realServers: readonly RealServerConfiguration[],
  rest: Partial<VirtualServerConfiguration> = {},
): VirtualServerConfiguration {
  return {
    name: '[192.0.2.1]:tcp:80',
    keys: [{ type: 'address', protocol: 'tcp', address: ip('192.0.2.1'), port: 80 }],
    service: {
      scheduler: 'wlc',
      persistenceSeconds: 0,
      persistencePrefix: 32,
      persistenceEngine: undefined,
      onePacket: false,
      hashed: false,
      schedulerFlags: [false, false, false],
    },
    protocol: 'tcp',
    family: 4,
    quorum: 1,
    hysteresis: 0,
    quorumUp: undefined,
    quorumDown: undefined,
    alpha: false,
    omega: false,
    haSuspend: false,
    sorryServer: undefined,
    realServers,
    ...rest,
  };
}

export const sorryServer = {
  address: ip('10.0.0.200'),
  port: 80,
  forwarding: { type: 'nat' },
  inhibit: false,
} as const;
