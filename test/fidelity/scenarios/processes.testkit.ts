// What happens to the daemon: frozen, killed, stopped, reloaded.
import { type FidelityScenario, file, instance, pair, router } from '../scenario.testkit.ts';

const calm = pair();

/** The monitor's buffer is small enough to be filled. */
const overrunnable = Object.fromEntries(
  Object.entries(calm).map(([name, text]) => [
    name,
    text.replace('global_defs {', 'global_defs {\n  vrrp_netlink_monitor_rcv_bufs 65536'),
  ]),
);

/** Version 2 or 3 in whole seconds. */
const versioned = (priority: number, version: 2 | 3): string =>
  file([instance({ priority, interval: 1 })], { version });

export const processes: readonly FidelityScenario[] = [
  {
    name: 'master-frozen',
    title: 'the master’s process stands still for 3 s',
    nodes: calm,
    text: 'at 3.15s freeze a 3s\nuntil 8s\nexpect holder a,b at 5.5s\nexpect holder a at 7.5s',
  },
  {
    name: 'master-frozen-nopreempt',
    title: 'the same, the lower priority being master under nopreempt',
    nodes: pair(['nopreempt']),
    text: 'node a held\nat 3.15s start a\nat 6.15s freeze b 3s\nuntil 11s\nexpect holder a at 10.5s',
  },
  {
    name: 'master-frozen-briefly',
    title: 'the master’s process stands still for 0.8 s: nobody notices',
    nodes: calm,
    text: 'at 3.15s freeze a 800ms\nuntil 6s\nexpect dual < 1ms\nexpect holder a at 5.5s',
  },
  {
    name: 'backup-frozen',
    title: 'the backup’s process stands still: adverts are read before the timer is judged',
    nodes: calm,
    text: 'at 3.15s freeze b 2.5s\nuntil 7.5s\nexpect dual < 1ms\nexpect holder a at 7s',
  },
  {
    name: 'master-stands-still',
    title: 'the master’s machine stands still for 3 s, all but its clock',
    nodes: calm,
    text: 'at 3.15s cut a for 2.95s\nat 3.25s freeze a 2.6s\nuntil 9s\nexpect holder a,b at 5.5s\nexpect holder a at 8.5s',
  },
  {
    name: 'backup-stands-still',
    title: 'the backup’s machine stands still for 2.5 s, all but its clock',
    nodes: calm,
    text: 'at 3.15s cut b for 2.75s\nat 3.25s freeze b 2.5s\nuntil 8.5s\nexpect holder a at 5s\nexpect holder a at 8s',
  },
  {
    name: 'late-timers',
    title: 'the master’s timers are up to 100 ms late for a while: nobody notices',
    nodes: calm,
    text: 'at 3.15s late a 100ms for 3s\nuntil 8s\nexpect quiet from 3s',
  },
  {
    name: 'late-timers-of-backup',
    title: 'the master is stopped while the backup’s timers are up to 50 ms late',
    nodes: calm,
    text: 'at 3.15s late b 50ms for 3s\nat 4.15s stop a\nuntil 8s\nexpect holder b at 7.5s',
  },
  {
    name: 'news-lost',
    title: 'another program removes the address while the kernel’s news are lost',
    nodes: overrunnable,
    text: 'at 3.15s freeze a 800ms\nat 3.3s overrun a 300ms\nat 3.45s remove 192.0.2.100 on a\nuntil 8s\nexpect holder a at 7.5s',
  },
  {
    name: 'clocks-set',
    title: 'the master’s wall clock is set an hour ahead, the backup’s a day back',
    nodes: calm,
    text: 'at 3.15s clock a +1h\nat 4.15s clock b -1d\nuntil 7s\nexpect quiet from 3s',
  },
  {
    name: 'clock-set-while-isolated',
    title: 'the wall clock of a master that is cut off is set, and set back',
    nodes: calm,
    text: 'at 3.15s cut a for 2.8s\nat 4.15s clock a -1h\nat 5.15s clock b +1d\nat 7.15s clock a +1h\nuntil 10s\nexpect holder a at 9.5s',
  },
  {
    name: 'master-killed',
    title: 'the master’s process is killed, and its parent starts another',
    nodes: { a: router({ priority: 200, interval: 1 }), b: router({ priority: 50, interval: 1 }) },
    text: 'at 5.9s crash a\nuntil 12s\nexpect holder a at 11.5s',
  },
  {
    name: 'backup-killed',
    title: 'the backup’s process is killed, and its parent starts another',
    nodes: calm,
    text: 'at 3.15s crash b\nuntil 6s\nexpect holder a at 5.5s',
  },
  {
    name: 'master-killed-nopreempt',
    title: 'a killed master finds another master under nopreempt',
    nodes: { a: router({ priority: 150, lines: ['nopreempt'] }), b: router({ priority: 240, lines: ['nopreempt'] }) },
    text: 'node b held\nat 2.15s start b\nat 5.15s crash a\nuntil 9s\nexpect holder b at 8.5s',
  },
  {
    name: 'master-stopped',
    title: 'the master is stopped and started again',
    nodes: calm,
    text: 'at 3.15s stop a for 2.5s\nuntil 9s\nexpect holder b at 5s\nexpect holder a at 8.5s',
  },
  {
    name: 'backup-stopped',
    title: 'the backup is stopped and started again',
    nodes: calm,
    text: 'at 3.15s stop b for 2s\nuntil 7s\nexpect holder a at 6.5s',
  },
  {
    name: 'both-stopped',
    title: 'both are stopped, one after the other, and started again',
    nodes: calm,
    text: 'at 3.15s stop a\nat 4.65s stop b\nat 6.15s start b\nat 9.15s start a\nuntil 13s\nexpect holder nobody at 5.8s\nexpect holder a at 12.5s',
  },
  {
    name: 'power-lost',
    title: 'the master loses its power, and boots again',
    nodes: calm,
    text: 'at 3.15s power-off a for 2s\nuntil 24s\nexpect holder b at 15s\nexpect holder a at 23.5s',
  },
  {
    name: 'reloaded-unchanged',
    title: 'both are reloaded with the same file',
    nodes: calm,
    text: 'at 3.15s reload a\nat 3.95s reload b\nuntil 6s\nexpect quiet from 3s',
  },
  {
    name: 'reloaded-while-electing',
    title: 'one is reloaded before the first master is elected',
    nodes: calm,
    text: 'at 800ms reload a\nuntil 4s\nexpect holder a at 3.5s',
    bootTogether: true,
  },
  {
    name: 'priority-lowered',
    title: 'a reload lowers the master’s priority, another raises it again',
    nodes: calm,
    files: { 'a.low': router({ priority: 20 }), 'a.high': router({ priority: 200 }) },
    text: 'at 3.15s reload a with a.low\nat 5.95s reload a with a.high\nuntil 10s\nexpect holder b at 5.8s\nexpect holder a at 9.5s',
  },
  {
    name: 'address-added',
    title: 'reloads add an address on the master, then on the backup, and take it away',
    nodes: calm,
    files: {
      'a.more': router({ priority: 200, addresses: ['192.0.2.100/24', '192.0.2.101/24'] }),
      'b.more': router({ priority: 50, addresses: ['192.0.2.100/24', '192.0.2.101/24'] }),
      'a.less': router({ priority: 200 }),
    },
    text: 'at 3.15s reload a with a.more\nat 3.95s reload b with b.more\nat 5.15s reload a with a.less\nuntil 7.5s\nexpect quiet from 3s',
  },
  {
    name: 'upgraded-to-version-3',
    title: 'one after the other is reloaded from version 2 to version 3',
    nodes: { a: versioned(200, 2), b: versioned(50, 2) },
    files: { 'b.new': versioned(50, 3), 'a.new': versioned(200, 3) },
    text: 'at 5.9s reload b with b.new\nat 11.9s reload a with a.new\nuntil 18s\nexpect holder a,b at 11s\nexpect holder a at 17s',
  },
];
