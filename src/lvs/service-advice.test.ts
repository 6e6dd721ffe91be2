import { describe, expect, it } from 'vitest';
import { instanceText, load, type Machine } from '../engine/configuration.testkit.ts';

const server = (address: string, check = 'TCP_CHECK {\n}') => `real_server ${address} 80 {\n${check}\n}\n`;
const service = (address: string, ...servers: readonly string[]) =>
  `virtual_server ${address} 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n${servers.join('')}}\n`;

function advice(text: string, options: Machine = {}): readonly string[] {
  const { diagnostics } = load(text, options, true);
  return diagnostics
    .filter(({ code }) => code === 'server-unchecked' || code === 'service-without-address')
    .map(({ line, message, severity, keepalivedClass }) => {
      expect({ severity, keepalivedClass }).toEqual({ severity: 'advice', keepalivedClass: 'ignores' });
      return `${line} ${message}`;
    });
}

describe('a real server without a checker', () => {
  it('is told once a service', () => {
    const text = service('10.0.0.1', server('10.0.1.1'), server('10.0.1.2', 'weight 5'), server('10.0.1.3', ''));
    expect(advice(text)).toEqual([
      '9 nothing checks 10.0.1.2 and 1 more of this service: connections go there even while nobody answers',
    ]);
  });

  it('is none with a checker of any kind', () => {
    for (const check of ['MISC_CHECK {\nmisc_path /bin/true\n}', 'HTTP_GET {\nurl {\npath /\n}\n}', 'PING_CHECK {\n}'])
      expect(advice(service('10.0.0.1', server('10.0.1.1', check)))).toEqual([]);
  });
});

describe('the address of a service', () => {
  const text = instanceText('', '10.0.0.1/24') + service('10.0.0.2', server('10.0.1.1')) + service('10.0.0.2', '');

  it('should be held by somebody', () => {
    expect(advice(text)).toEqual(['9 no vrrp_instance has 10.0.0.2, and this host has not got it either']);
  });

  it("may be held by the host, be excluded from adverts, or be nobody's where there are no virtual routers", () => {
    expect(advice(text, { addresses: { eth1: ['10.0.0.2/24'] } })).toEqual([]);
    expect(advice(instanceText('virtual_ipaddress_excluded {\n10.0.0.2\n}') + service('10.0.0.2', ''))).toEqual([]);
    expect(advice(service('10.0.0.2', ''))).toEqual([]);
  });

  it('may be in an instance of which nothing comes', () => {
    const broken = instanceText('', '10.0.0.2/24').replace('virtual_router_id 5', 'virtual_router_id 500');
    expect(advice(broken + service('10.0.0.2', ''))).toEqual([]);
  });
});
