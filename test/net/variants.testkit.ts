// Configurations for pairs of routers.
import type { Role, Variant } from './pair.testkit.ts';

interface InstanceOptions {
  readonly name?: string;
  readonly vrid?: number;
  readonly interval: string;
  readonly virtualAddresses: readonly string[];
  /** Lines that stand in the instance's block besides. */
  readonly lines?: readonly string[];
}

/** A vrrp_instance block on eth0. */
export function instanceBlock(role: Role, options: InstanceOptions): string {
  return [
    `vrrp_instance ${options.name ?? 'VI_1'} {`,
    '    state BACKUP',
    '    interface eth0',
    `    virtual_router_id ${options.vrid ?? 51}`,
    `    priority ${role.priority}`,
    `    advert_int ${options.interval}`,
    ...(options.lines ?? []).map(line => `    ${line}`),
    '    virtual_ipaddress {',
    ...options.virtualAddresses.map(address => `        ${address}`),
    '    }',
    '}',
    '',
  ].join('\n');
}

const password = ['authentication {', '    auth_type PASS', '    auth_pass s3cret', '}'];

function unicast(role: Role, prefix: string): string[] {
  return [`unicast_src_ip ${prefix}${role.number}`, 'unicast_peer {', `    ${prefix}${role.peer}`, '}'];
}

export const v2Multicast: Variant = {
  name: 'version 2, multicast, PASS',
  intervalMs: 1000,
  virtualAddresses: ['10.0.0.100', '10.0.0.101'],
  configuration: role =>
    instanceBlock(role, { interval: '1', virtualAddresses: ['10.0.0.100/24', '10.0.0.101'], lines: password }),
};

export const v2Unicast: Variant = {
  name: 'version 2, unicast',
  intervalMs: 1000,
  virtualAddresses: ['10.0.0.100'],
  configuration: role =>
    instanceBlock(role, { interval: '1', virtualAddresses: ['10.0.0.100/24'], lines: unicast(role, '10.0.0.') }),
};

export const v3Ipv4: Variant = {
  name: 'version 3, IPv4',
  intervalMs: 100,
  virtualAddresses: ['10.0.0.100', '10.0.0.101'],
  configuration: role =>
    instanceBlock(role, {
      interval: '0.1',
      virtualAddresses: ['10.0.0.100/24', '10.0.0.101/32'],
      lines: ['version 3'],
    }),
};

export const v3Ipv4Unicast: Variant = {
  name: 'version 3, IPv4, unicast',
  intervalMs: 100,
  virtualAddresses: ['10.0.0.100'],
  configuration: role =>
    instanceBlock(role, {
      interval: '0.1',
      virtualAddresses: ['10.0.0.100/24'],
      lines: ['version 3', ...unicast(role, '10.0.0.')],
    }),
};

export const v3Ipv6: Variant = {
  name: 'version 3, IPv6',
  intervalMs: 100,
  virtualAddresses: ['fe80::100', 'fd00::100'],
  configuration: role =>
    instanceBlock(role, {
      interval: '0.1',
      virtualAddresses: ['fe80::100/64', 'fd00::100/64'],
      lines: ['version 3'],
    }),
};

export const syncGroup: Variant = {
  name: 'a sync group of two instances',
  intervalMs: 100,
  virtualAddresses: ['10.0.0.100', '10.0.0.110'],
  configuration: role =>
    [
      'vrrp_sync_group BOTH {\n    group {\n        ONE\n        TWO\n    }\n}\n',
      instanceBlock(role, {
        name: 'ONE',
        vrid: 51,
        interval: '0.1',
        virtualAddresses: ['10.0.0.100/24'],
        lines: ['version 3'],
      }),
      instanceBlock(role, {
        name: 'TWO',
        vrid: 52,
        interval: '0.1',
        virtualAddresses: ['10.0.0.110/24'],
        lines: ['version 3'],
      }),
    ].join('\n'),
};
