// Routes and rules beside keepalived's: what the kernel has while the instance is master, what is left, and what is logged.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '../../src/lab/host.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { type Daemon, havePeers, openTestLab, startDaemon } from './daemon.testkit.ts';
import { routerText, secureGlobals, virtualAddress } from './daemon-host.testkit.ts';

const routes = `
10.1.0.0/24 dev eth1
10.1.1.0/24 via 10.0.0.9
src 10.0.0.100 10.1.2.0/24 via 10.0.0.9 dev eth0 metric 5
blackhole 10.1.3.0/24
unreachable 10.1.4.0/24
prohibit 10.1.5.0/24 table 200
throw 10.1.6.0/24 table 70000
10.1.7.0/24 nexthop via 10.0.0.9 dev eth0 weight 2 nexthop via 10.0.0.10 dev eth0 weight 3 onlink
10.1.8.0/24 dev eth1 mtu lock 1400 advmss 1300 rtt 2000 rttvar 600ms window 70 cwnd 8 ssthresh 9 initcwnd 10 initrwnd 11
10.1.9.0/24 dev eth1 hoplimit 30 reordering 4 rto_min lock 3s quickack 1 features ecn congctl cubic fastopen_no_cookie 1
10.1.10.0/24 dev eth1 tos 0x10 scope link realms 3/4 metric 7
default via 10.0.0.9 dev eth0 table 200 onlink
10.1.11.0/24 via 10.0.0.9 dev eth0 encap ip dst 10.0.0.3 id 5 ttl 7 tos 3
10.1.12.0/24 dev eth1 encap ip6 id 5 dst fe80::3 src fe80::4 tc 5 hoplimit 6
10.1.13.0/24 via 10.0.0.9 or 10.0.0.8
append 10.1.14.0/24 dev eth1
add 10.1.15.0/24 dev eth1 ttl-propagate disabled
10.1.16.0/24 dev eth1 no_track protocol 40
10.1.17.0/24 dev eth1 no_track
10.1.18.5 dev eth1
local 10.1.19.0/24 dev eth1 scope host
multicast 10.1.20.0/24 dev eth1
2001:db8:1::/48 via fe80::9 dev eth0 metric 50 pref high
2001:db8:3::/48 from 2001:db8:9::/48 via fe80::9 dev eth0
unreachable 2001:db8:4::/48
2001:db8:5::/48 nexthop via fe80::9 dev eth0 nexthop via fe80::a dev eth0 weight 4
2001:db8:6::/48 dev eth1 hoplimit 7 mtu lock 1400 src 2001:db8::1
default6 via fe80::9 dev eth0 table 300
local 2001:db8:7::/48 dev eth1
`;

const rules = `
from 10.9.0.0/24 table 200
to 10.9.1.0/24 table 70000 preference 100
not from 10.9.2.0/24 table 200 preference 101 tos 0x10
from 10.9.3.0/24 to 10.9.4.0/24 fwmark 5/7 iif eth1 oif eth0 table 200 preference 102
from 10.9.5.0/24 realms 3/4 table 300 preference 103
from 10.9.6.0/24 blackhole preference 104
from 10.9.7.0/24 unreachable preference 105
from 10.9.8.0/24 type prohibit preference 106
from 10.9.9.0/24 goto 200 preference 107
from 10.9.10.0/24 nop preference 108
from 10.9.11.0/24 table 200 suppress_prefixlength 5 suppress_ifgroup 3 preference 109
from 10.9.12.0/24 uidrange 5-6 ipproto tcp sport 5-6 dport 7-8 table 200 preference 110
from 10.9.13.0/24 tunnel-id 77 table 200 preference 111
l3mdev preference 112
from 2001:db8:9::/48 table 200 preference 113
from 10.9.14.0/24 table 200 preference 114 no_track
from 10.9.15.0/24 table main preference 115 no_track protocol 40
from 10.9.16.0/24 table 200 fwmark 7
from 2001:db8:8::/48 fwmark 0x5/0x7 unreachable preference 7
`;

const configuration = (lines: string, statics = ''): string =>
  `track_group g {\n  group {\n    V1\n  }\n}\n${statics}\n${routerText([virtualAddress], secureGlobals, [lines])}`;

const everything = configuration(
  `virtual_routes {${routes}}\nvirtual_rules {${rules}}`,
  `static_ipaddress {\n10.0.0.77/24\n2001:db8::77/64 dev eth0\n10.2.0.77/24 dev eth1 track_group g\n}
static_routes {\n10.8.0.0/24 via 10.0.0.9 dev eth0\n10.8.1.0/24 dev eth1 table 300 track_group g\n10.8.2.0/24 dev eth1 no_track\n}
static_rules {\nfrom 10.8.0.0/24 table 300 preference 90\nfrom 10.8.2.0/24 iif eth1 table 300 preference 91 track_group g\n}`,
);

/** The dump's lines about routes and rules, without what stands for the moment. */
function dumped(output: string): string[] {
  return output
    .split('\n')
    .map(line =>
      line.replace(
        /^.*?(?=(?: {3}Virtual (?:Routes|Rules) :| {5}(?:prepend|append|add|from|not) |------< Static| Static Track))/,
        '',
      ),
    )
    .filter(line =>
      /^( {3}Virtual (Routes|Rules) :| {5}(prepend|append|add|from|not) |------< Static | Static Track Group = )/.test(
        line,
      ),
    )
    .map(line => line.replace(/ \[installed .*$/, ''));
}

/** Words about addresses, routes and rules, in their order; keepalived repeats some before it enters BACKUP. */
function said(output: string): string[] {
  const lines = output.split('\n').flatMap(line => /\(V1\) (?:setting|removing|Entering) .*$/.exec(line)?.[0] ?? []);
  const entering = lines.findIndex(line => line.includes('Entering MASTER'));
  return lines.slice(entering);
}

describe.skipIf(!havePeers('keepalived'))('routes and rules', () => {
  let lab: Lab;
  let host: Host;

  beforeAll(async () => {
    lab = await openTestLab();
    host = await lab.addHost('one', { addresses: ['10.0.0.1/24', '2001:db8::1/64'] });
    await lab.connect(host, { network: 'other', interface: 'eth1', addresses: ['10.2.0.1/24'] });
  });
  afterAll(() => lab.close());

  /** What the kernel has besides what is always there. */
  const table = async (): Promise<string[]> => {
    const parts = await Promise.all(
      [
        ['ip', '-d', 'route', 'show', 'table', 'all'],
        ['ip', 'rule'],
        ['ip', '-6', 'rule'],
        ['ip', '-o', 'address', 'show', 'scope', 'global'],
      ].map(command => host.must(command)),
    );
    return parts
      .flatMap(text => text.replace(/ \n\t/g, ' ').replace(/\n\t/g, ' ').split('\n'))
      .map(line => line.replace(/valid_lft.*/, '').trimEnd())
      .filter(line => line !== '' && !/proto kernel| lookup local$/.test(line))
      .sort();
  };

  const play = async (which: Daemon): Promise<{ held: string[]; left: string[]; dump: string[]; log: string[] }> => {
    const daemon = startDaemon(host, which, everything, ['-d']);
    await daemon.waitForLine('setting Virtual Rules');
    const isThere = async (): Promise<boolean> => (await host.must(['ip', 'rule'])).includes('16384:');
    await expect.poll(isThere, { timeout: 10_000 }).toBe(true);
    const held = await table();
    await daemon.stop();
    return { held, left: await table(), dump: dumped(daemon.output), log: said(daemon.output) };
  };

  it('are those that keepalived has, and go with the mastership', async () => {
    const before = await table();
    const ours = await play('holdfast');
    const theirs = await play('keepalived');
    expect(ours.held).toEqual(theirs.held);
    expect(ours.held.length).toBeGreaterThan(before.length + 50);
    expect(ours.left).toEqual(before);
    expect(ours.dump.length).toBeGreaterThan(50);
    expect(ours.dump).toEqual(theirs.dump);
    expect(ours.log).toEqual(theirs.log);
  });

  it('that a crash leaves behind are given up and taken anew', async () => {
    const before = await table();
    const daemon = startDaemon(host, 'holdfast', everything);
    const isThere = async (): Promise<boolean> => (await host.must(['ip', 'rule'])).includes('16384:');
    await expect.poll(isThere, { timeout: 10_000 }).toBe(true);
    const held = await table();
    const child = host.read('/run/holdfast_vrrp.pid')!.trim();
    const after = daemon.position;
    await host.must(['kill', '-KILL', child]);
    await daemon.waitForLine('(V1) removing Virtual Routes', { after });
    await daemon.waitForLine('(V1) Entering MASTER STATE', { after });
    await expect.poll(table, { timeout: 10_000 }).toEqual(held);
    await daemon.stop();
    expect(await table()).toEqual(before);
  });

  it('that others remove end the mastership, or are put back', async () => {
    const lines = `virtual_routes {\n10.1.0.0/24 dev eth1\n10.1.1.0/24 dev eth0 no_track\n}
virtual_rules {\nfrom 10.9.0.0/24 table 200 preference 100\n}`;
    const statics =
      'static_routes {\n10.8.1.0/24 dev eth1 table 300\n}\nstatic_rules {\nfrom 10.8.0.0/24 table 300 preference 90\n}';
    const remove = async (which: Daemon): Promise<void> => {
      const daemon = startDaemon(host, which, configuration(lines, statics));
      await daemon.waitForLine('setting Virtual Rules');
      const isRestored = async (): Promise<boolean> =>
        (await host.must(['ip', 'rule'])).includes('100:') &&
        (await host.must(['ip', 'route'])).includes('10.1.0.0/24');
      for (const command of ['ip route del 10.1.0.0/24', 'ip rule del preference 100']) {
        await expect.poll(isRestored, { timeout: 10_000 }).toBe(true);
        const after = daemon.position;
        await host.must(command.split(' '));
        await daemon.waitForLine('(V1) Entering BACKUP STATE', { after });
        await daemon.waitForLine('(V1) Entering MASTER STATE', { after });
      }
      await expect.poll(isRestored, { timeout: 10_000 }).toBe(true);
      const after = daemon.position;
      await host.must(['ip', 'route', 'del', '10.1.1.0/24']);
      await host.must(['ip', 'route', 'del', '10.8.1.0/24', 'table', '300']);
      await daemon.waitForLine('Restoring deleted static route prepend 10.8.1.0/24 dev eth1 table 300 proto 18', {
        after,
      });
      await host.must(['ip', 'rule', 'del', 'preference', '90']);
      await daemon.waitForLine(
        'Restoring deleted static rule from 10.8.0.0/24 priority 90 tos 0x0 protocol 18 lookup 300',
        {
          after,
        },
      );
      const isBack = async (): Promise<boolean> =>
        (await host.must(['ip', 'rule'])).includes('90:') &&
        (await host.must(['ip', 'route', 'show', 'table', '300'])).includes('10.8.1.0/24');
      await expect.poll(isBack, { timeout: 10_000 }).toBe(true);
      expect(daemon.output.split('Entering BACKUP STATE')).toHaveLength(4);
      await daemon.stop();
    };
    await remove('holdfast');
    await remove('keepalived');
  });
});
