// What happens between machines: cuts, lost frames, carriers, interfaces.
import { type FidelityScenario, file, instance, pair, router } from '../scenario.testkit.ts';

const unicast = (own: number, peer: number): string[] => [
  `unicast_src_ip 192.0.2.${own}`,
  'unicast_peer {',
  `  192.0.2.${peer}`,
  '}',
];
const unicastPair = {
  a: router({ priority: 200, lines: unicast(1, 2) }),
  b: router({ priority: 50, lines: unicast(2, 1) }),
};

const ipv6 = (priority: number, interval = 0.4): string =>
  router({ priority, interval, addresses: ['fe80::100/64', '2001:db8::100/64'] });

/** Version 2, with whole seconds and a password. */
const version2 = (priority: number): string =>
  file(
    [instance({ priority, interval: 1, lines: ['authentication {', '  auth_type PASS', '  auth_pass s3cret', '}'] })],
    {
      version: 2,
    },
  );

const tracked = (priority: number, line: string): string =>
  router({ priority, lines: ['track_interface {', `  ${line}`, '}'] });

/** Interfaces of the same name share a segment: each needs an address on the second. */
const second = 'node a address eth1 198.51.100.1/24\nnode b address eth1 198.51.100.2/24\n';

export const network: readonly FidelityScenario[] = [
  {
    name: 'master-isolated',
    title: 'the master is cut off and comes back: two masters meanwhile',
    nodes: pair(),
    text: 'at 3.15s cut a for 2.8s\nuntil 8s\nexpect holder a,b at 5.5s\nexpect holder a at 7.5s',
  },
  {
    name: 'backup-isolated',
    title: 'the backup is cut off and comes back',
    nodes: pair(),
    text: 'at 3.15s cut b for 2.8s\nuntil 8s\nexpect holder a at 7.5s',
  },
  {
    name: 'brief-isolation',
    title: 'a cut that is shorter than a backup’s patience',
    nodes: pair(),
    text: 'at 3.15s cut a for 800ms\nuntil 6s\nexpect quiet from 3s',
  },
  {
    name: 'one-way-from-master',
    title: 'the backup no longer hears the master, which hears the backup',
    nodes: pair(),
    text: 'at 3.15s cut a -> b for 2.8s\nuntil 8s\nexpect holder a,b at 5.5s\nexpect holder a at 7.5s',
  },
  {
    name: 'one-way-to-master',
    title: 'the master no longer hears the backup: nothing comes of it',
    nodes: pair(),
    text: 'at 3.15s cut b -> a for 3s\nuntil 7.5s\nexpect quiet from 3s',
  },
  {
    name: 'two-of-three-apart',
    title: 'of three, the two better ones no longer hear each other',
    nodes: { a: router({ priority: 220 }), b: router({ priority: 120 }), c: router({ priority: 20 }) },
    text: 'at 3.15s cut a b for 2.8s\nuntil 8s\nexpect holder a at 7.5s',
  },
  {
    name: 'multicast-blocked',
    title: 'the switch swallows multicast for a while: two masters',
    nodes: pair(),
    text: 'at 3.15s block multicast for 2.8s\nuntil 8s\nexpect holder a,b at 5.5s\nexpect holder a at 7.5s',
  },
  {
    name: 'multicast-blocked-unicast',
    title: 'the switch swallows multicast, and unicast peers do not notice',
    nodes: unicastPair,
    text: 'at 3.15s block multicast for 2.8s\nuntil 7s\nexpect quiet from 3s',
  },
  {
    name: 'unicast-isolated',
    title: 'unicast peers are cut apart and meet again',
    nodes: unicastPair,
    text: 'at 3.15s cut a b for 2.8s\nuntil 8s\nexpect holder a at 7.5s',
  },
  {
    name: 'delayed',
    title: 'every frame takes 150 ms, for a while: nobody notices',
    nodes: pair(),
    text: 'at 3.15s delay 150ms for 3s\nuntil 8s\nexpect quiet from 3s',
  },
  {
    name: 'delayed-and-stopped',
    title: 'the master is stopped while every frame takes 150 ms, and started again',
    nodes: pair(),
    text: 'at 3.15s delay 150ms for 3s\nat 4.15s stop a for 3.5s\nuntil 12s\nexpect holder b at 7s\nexpect holder a at 11s',
  },
  {
    name: 'duplicated',
    title: 'every frame comes twice, for a while',
    nodes: pair(),
    text: 'at 3.15s duplicate 100% for 3s\nat 4.15s stop a\nuntil 9s\nexpect holder b at 8.5s',
  },
  {
    name: 'everything-lost',
    title: 'every frame from the master is lost for a while',
    nodes: pair(),
    text: 'at 3.15s lose 100% on a -> b for 2.8s\nuntil 8s\nexpect holder a at 7.5s',
  },
  {
    name: 'master-unplugged',
    title: 'the master loses its carrier, and gets it back',
    nodes: pair(),
    text: 'at 3.15s unplug a for 3s\nuntil 9.5s\nexpect holder b at 5.5s\nexpect holder a at 9s',
  },
  {
    name: 'master-unplugged-nopreempt',
    title: 'the same under nopreempt',
    nodes: pair(['nopreempt']),
    text: 'at 3.15s unplug a for 3s\nuntil 9s\nexpect holder b at 8.5s',
  },
  {
    name: 'backup-unplugged',
    title: 'the backup loses its carrier, and gets it back',
    nodes: pair(),
    text: 'at 3.15s unplug b for 2s\nuntil 7s\nexpect holder a at 6.5s',
  },
  {
    name: 'switch-off',
    title: 'both lose their carrier at once, and get it back at once',
    nodes: pair(),
    text: 'at 3.15s unplug a for 2s\nat 3.15s unplug b for 2s\nuntil 9s\nexpect holder nobody at 4.5s\nexpect holder a at 8s',
  },
  {
    name: 'interface-down',
    title: 'the master’s interface is set down, and up again',
    nodes: pair(),
    text: 'at 3.15s down a eth0 for 3s\nuntil 9.5s\nexpect holder b at 5.5s\nexpect holder a at 9s',
  },
  {
    name: 'interface-renamed',
    title: 'the master’s interface is renamed, and gets its name back',
    nodes: pair(),
    text: 'at 3.15s rename a eth0 to lan0\nat 6.15s rename a lan0 to eth0\nuntil 9.5s\nexpect holder a at 9s',
  },
  {
    name: 'interface-deleted',
    title: 'the master’s interface is deleted, and made anew',
    nodes: pair(),
    text: 'at 3.15s delete a eth0 for 3s\nuntil 9.5s\nexpect holder b at 5.5s\nexpect holder a at 9s',
  },
  {
    name: 'ipv6-isolated',
    title: 'IPv6: the master is cut off and comes back',
    nodes: { a: ipv6(200), b: ipv6(50) },
    text: 'at 3.15s cut a for 2.8s\nuntil 8s\nexpect holder a at 7.5s',
  },
  {
    name: 'ipv6-unplugged',
    title: 'IPv6: the master loses its carrier, and gets it back',
    nodes: { a: ipv6(200), b: ipv6(50) },
    text: 'at 3.15s unplug a for 3s\nuntil 9.5s\nexpect holder b at 5.5s\nexpect holder a at 9s',
  },
  {
    name: 'ipv6-interface-down',
    title: 'IPv6: the interface is set down and loses its addresses, and up again',
    nodes: { a: ipv6(200, 1), b: ipv6(50, 1) },
    text: 'at 6.9s down a eth0 for 5s\nuntil 19s\nexpect holder b at 11.5s\nexpect holder a at 18s',
    duplicateAddressDetection: true,
  },
  {
    name: 'version-2-isolated',
    title: 'version 2 with a password: the master is cut off and comes back',
    nodes: { a: version2(200), b: version2(50) },
    text: 'at 5.9s cut a for 5s\nuntil 14s\nexpect holder a at 12.5s',
  },
  {
    name: 'tracked-interface-fault',
    title: 'a tracked interface of the master loses its carrier',
    nodes: { a: tracked(200, 'eth1'), b: tracked(50, 'eth1') },
    text: `${second}at 3.15s unplug a eth1 for 3s\nuntil 9.5s\nexpect holder b at 5.5s\nexpect holder a at 9s`,
  },
  {
    name: 'tracked-interface-weight',
    title: 'a tracked interface takes weight away from the master',
    nodes: { a: tracked(220, 'eth1 weight -150'), b: tracked(100, 'eth1 weight -150') },
    text: `${second}at 3.15s unplug a eth1 for 3.8s\nuntil 11s\nexpect holder b at 6.5s\nexpect holder a at 10s`,
  },
];
