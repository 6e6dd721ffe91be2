// Scripts, sync groups, several virtual routers on one machine.
import { type FidelityScenario, file, instance, notifyProgram, pair, router, script } from '../scenario.testkit.ts';

const track = (line: string): string[] => ['track_script {', `  ${line}`, '}'];
/**
 * Adverts less often than the script runs: whether a script that is just being started sees a change is a matter of how
 * quickly the machine starts it.
 */
const checked = (priority: number, line = 'chk', ...more: readonly string[]): string =>
  router({ priority, interval: 1.3, lines: [...track(line), ...more] }, script('chk', 'fall 2', 'rise 2'));

const second = 'node a address eth1 198.51.100.1/24\nnode b address eth1 198.51.100.2/24\n';
/** Two virtual routers, on the outer and on the inner side, that move together. */
const grouped = (priority: number): string =>
  file([
    ['vrrp_sync_group BOTH {', '  group {', '    OUTER', '    INNER', '  }', `  notify ${notifyProgram}`, '}', ''].join(
      '\n',
    ),
    instance({ priority, name: 'OUTER' }),
    instance({ priority, name: 'INNER', vrid: 52, interface: 'eth1', addresses: ['198.51.100.100/24'] }),
  ]);
/** Two virtual routers, each of which has its master on another machine. */
const crossed = (one: number, two: number): string =>
  file([
    instance({ priority: one, name: 'ONE' }),
    instance({ priority: two, name: 'TWO', vrid: 52, addresses: ['192.0.2.110/24'] }),
  ]);

const tracksFile = (weight: number): Readonly<Record<string, string>> =>
  pair(['track_file {', `  load weight ${weight}`, '}'], 'vrrp_track_file load {\n  file /run/fidelity/load\n}\n');

export const tracking: readonly FidelityScenario[] = [
  {
    name: 'file-fault',
    title: 'a file of the master says that it must not be, and changes its mind',
    nodes: tracksFile(0),
    text: 'at 3.15s file load on a says 1 for 3s\nuntil 9s\nexpect holder b at 5s\nexpect holder a at 8.5s',
  },
  {
    name: 'file-weight',
    title: 'a number in a file takes weight away from the master, and gives it back',
    nodes: tracksFile(-2),
    text: 'at 3.15s file load on a says 90 for 3s\nuntil 9s\nexpect holder b at 5.5s\nexpect holder a at 8.5s',
  },
  {
    name: 'script-fault',
    title: 'a script of the master fails, and succeeds again',
    nodes: { a: checked(220), b: checked(30) },
    text: 'at 6.5s script chk on a fails for 5s\nuntil 20s\nexpect holder b at 11s\nexpect holder a at 18s',
  },
  {
    name: 'script-weight',
    title: 'a script takes weight away from the master, and gives it back',
    nodes: { a: checked(240, 'chk weight -180'), b: checked(100, 'chk weight -180') },
    text: 'at 6.5s script chk on a fails for 9s\nuntil 24s\nexpect holder b at 15s\nexpect holder a at 22s',
  },
  {
    name: 'script-weight-nopreempt',
    title: 'weight 2 under nopreempt: the service dies and the address stays',
    nodes: { a: checked(101, 'chk weight 2', 'nopreempt'), b: checked(100, 'chk weight 2', 'nopreempt') },
    text: 'node b held\nat 5.3s start b\nat 8.5s script chk on a fails\nuntil 14s\nexpect holder a at 13s',
  },
  {
    name: 'script-hangs',
    title: 'a script hangs until it is ended, and succeeds again',
    nodes: { a: checked(220), b: checked(30) },
    text: 'at 6.5s script chk on a hangs for 6s\nuntil 23s\nexpect holder b at 12s\nexpect holder a at 21s',
  },
  {
    name: 'script-missing',
    title: 'a script is deleted, and comes back',
    nodes: { a: checked(220), b: checked(30) },
    text: 'at 6.5s script chk on a is missing for 5s\nuntil 20s\nexpect holder b at 11s\nexpect holder a at 18s',
  },
  {
    name: 'script-of-backup',
    title: 'a script of the backup exits with 3, and succeeds again',
    nodes: { a: checked(220), b: checked(30) },
    text: 'at 6.5s script chk on b exits 3 for 3s\nuntil 15s\nexpect holder a at 13s',
  },
  {
    name: 'group-unplugged',
    title: 'a sync group: the inner interface loses its carrier, and both members move',
    nodes: { a: grouped(200), b: grouped(50) },
    text: `${second}at 3.15s unplug a eth1 for 3s\nuntil 10s\nexpect holder b at 5.5s\nexpect holder a at 9s`,
  },
  {
    name: 'group-stopped',
    title: 'a sync group: the master is stopped and started again',
    nodes: { a: grouped(200), b: grouped(50) },
    text: `${second}at 3.15s stop a for 2.5s\nuntil 10s\nexpect holder b at 5s\nexpect holder a at 9s`,
  },
  {
    name: 'crossed-isolated',
    title: 'two routers with a master on each machine are cut apart',
    nodes: { a: crossed(200, 50), b: crossed(50, 200) },
    bootTogether: true,
    text: 'at 3.15s cut a b for 2.8s\nuntil 8s\nexpect holder a of 192.0.2.100 at 7.5s\nexpect holder b of 192.0.2.110 at 7.5s',
  },
  {
    name: 'crossed-killed',
    title: 'one of two machines with a master each is stopped and started again',
    nodes: { a: crossed(200, 50), b: crossed(50, 200) },
    bootTogether: true,
    text: 'at 3.15s stop a for 2.5s\nuntil 9s\nexpect holder b at 5s\nexpect holder b of 192.0.2.110 at 8.5s',
  },
];
