import { describe, expect, it } from 'vitest';
import { everySingleFault } from './fault-table.ts';
import { vrrpConfigurationOf } from './load-node.ts';
import { parseScenario } from './parse-scenario.ts';
import { type SimulationResult, simulate } from './simulation.ts';
import { timelineText } from './timeline-text.ts';

const file = (priority: number): string => `
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority ${priority}
  virtual_ipaddress {
    192.0.2.100
  }
}
virtual_server 192.0.2.100 80 {
  delay_loop 5
  lvs_sched rr
  lvs_method NAT
  protocol TCP
  quorum 2
  hysteresis 1
  quorum_up "/usr/bin/quorum up"
  quorum_down "/usr/bin/quorum down"
  sorry_server 10.0.0.200 80
  ${[11, 12]
    .map(
      last => `real_server 10.0.0.${last} 80 {
    weight ${last - 10}
    TCP_CHECK {
      connect_timeout 2
      retry 1
      delay_before_retry 1
    }
  }`,
    )
    .join('\n')}
}
`;
const nodes = [
  { name: 'a', configuration: vrrpConfigurationOf('a', file(150)) },
  { name: 'b', configuration: vrrpConfigurationOf('b', file(100)) },
];

/** The same, for a group whose packets are marked, and for the group's other protocol. */
function markedFile(priority: number): string {
  const text = file(priority).replace('virtual_server 192.0.2.100 80', 'virtual_server group g');
  const [routers = '', server = ''] = text.split(/(?=^virtual_server)/m);
  const others = 'virtual_server_group g {\n192.0.2.100-109 80\nfd00::/64 80\n}\n';
  const tunnels = server.replace('lvs_method NAT', 'lvs_method TUN');
  return `global_defs {\nnftables_ipvs\n}\n${routers}${others}${tunnels}${tunnels.replace('TCP', 'UDP')}`;
}
const markedNodes = [
  { name: 'a', configuration: vrrpConfigurationOf('a', markedFile(150)) },
  { name: 'b', configuration: vrrpConfigurationOf('b', markedFile(100)) },
];

function play(text: string, of = nodes): SimulationResult {
  const { scenario, mistakes } = parseScenario(text);
  expect(mistakes).toEqual([]);
  return simulate({ nodes: of, files: new Map(), scenario });
}

/** Who serves on a node from which second on. */
const servingOn = (result: SimulationResult, name: string): readonly string[] =>
  result.services
    .filter(({ node }) => node === name)
    .flatMap(({ serving }) => serving.map(({ at, servers }) => `${Math.floor(at / 1e6)} ${servers.join(' ')}`));

const [one, two, sorry] = ['10.0.0.11:80', '10.0.0.12:80', '10.0.0.200:80'];

describe('load balancing', () => {
  it('takes out who fails, says sorry below the quorum, and comes back above it', () => {
    const result = play(`at 20s server ${two} fails for 30s\nuntil 80s`);
    expect(result.violations).toEqual([]);
    // Of weight 3 one is left: 1 is not below 2 - 1.
    expect(servingOn(result, 'a')).toEqual([`0 ${one} ${two}`, `24 ${one}`, `54 ${one} ${two}`]);
    const both = play(`at 20s server ${one} fails\nat 20s server ${two} hangs for 30s\nuntil 80s`);
    expect(both.violations).toEqual([]);
    // Weight 2 alone is not enough to come back: 2 + 1 are wanted.
    expect(servingOn(both, 'b').at(-1)).toMatch(new RegExp(`^\\d+ ${sorry}$`));
  });

  it('shows a server that only one node misses', () => {
    const result = play(`at 20s server ${one} fails from b for 20s\nuntil 60s`);
    expect(servingOn(result, 'a')).toHaveLength(1);
    expect(servingOn(result, 'b')).toHaveLength(3);
  });

  it('repairs what somebody else did to the table', () => {
    const result = play(`at 20s ipvsadm clear on a\nat 20s ipvsadm edit-server ${one} weight 0 on b\nuntil 110s`);
    expect(result.violations).toEqual([]);
    expect(servingOn(result, 'a').map(text => text.replace(/^\d+ /, ''))).toEqual([
      `${one} ${two}`,
      '',
      `${one} ${two}`,
    ]);
    expect(servingOn(result, 'b').at(-1)).toMatch(new RegExp(`${one} ${two}$`));
  });

  it('draws who serves', () => {
    const result = play(`at 20s server ${one} fails\nat 20s server ${two} hangs for 30s\nuntil 80s`);
    const lines = timelineText(result, 100).split('\n');
    expect(lines.find(line => line.startsWith('a tcp'))).toMatch(/^a tcp \S+ +=+-+s+$/);
    expect(lines.some(line => line.includes('services: = by all servers'))).toBe(true);
  });

  it('keeps the services of a checker that dies, and removes those of a daemon that ends', () => {
    const result = play('at 20s crash a checker\nat 25s stop b\nuntil 60s');
    expect(result.violations).toEqual([]);
    expect(servingOn(result, 'a')).toHaveLength(1);
    expect(servingOn(result, 'b').at(-1)).toBe('25 ');
    expect(result.timeline.events.map(({ text }) => text)).toContain('checker crashed');
  });

  it('of a group whose packets are marked is by its mark, whatever fails, dies or meddles', () => {
    const text = `at 20s server ${one} fails for 30s\nat 30s crash a checker\nat 70s ipvsadm clear on b\nat 170s stop a\nuntil 200s`;
    const result = play(text, markedNodes);
    expect(result.violations).toEqual([]);
    const services = new Set(result.services.map(({ service }) => service));
    expect([...services].sort()).toEqual(['fwmark 1000', 'fwmark 1000 IPv6', 'fwmark 1001', 'fwmark 1001 IPv6']);
    const of = (node: string) => result.services.filter(each => each.node === node && each.service === 'fwmark 1001');
    // The process that takes over begins with every server.
    expect(of('a')[0]!.serving.map(({ servers }) => servers.length)).toEqual([2, 1, 2, 1, 2, 0]);
  });

  it('is in the fault table', () => {
    const { scenario } = parseScenario('');
    const outcome = everySingleFault({ nodes, scenario }).find(({ faults }) => faults[0]?.startsWith(`server ${one}`));
    expect(outcome?.services).toEqual(
      ['a', 'b'].map(node => ({
        node,
        service: 'tcp 192.0.2.100:80',
        before: [one, two],
        during: [two],
        after: [one, two],
      })),
    );
  });

  it('says which real servers there are', () => {
    const { mistakes } = parseScenario('at 10s server 10.0.0.11 fails\nat 10s ipvsadm explode on a');
    expect(mistakes.map(({ message }) => message)).toEqual([
      '"10.0.0.11" is no real server: write 10.0.0.11:80',
      'ipvsadm can clear, delete-server or edit-server here, not "explode"',
    ]);
  });
});
