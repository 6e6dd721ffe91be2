// A connection-sync daemon whose interface comes later than the director.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { Director, inside, makeNetworks, removeNetworks } from './director.testkit.ts';

const configuration = (globals: string): string => `global_defs {
${globals}
}
virtual_server 192.0.2.1 80 {
lvs_sched rr
lvs_method NAT
protocol TCP
real_server 10.2.0.12 80 {
}
}
`;

/** `master sync0`, `backup sync0`, sorted. */
const running = (): string[] =>
  inside('director', 'ipvsadm', '-l', '--daemon')
    .split('\n')
    .flatMap(line => {
      const found = /^(master|backup) sync daemon \(mcast=(\w+)/.exec(line);
      return found ? [`${found[1]} ${found[2]}`] : [];
    })
    .sort();

before(makeNetworks);
after(removeNetworks);

for (const [what, group] of [
  ['the usual group', ''],
  ['an IPv6 group', ' group ff02::51'],
] as const) {
  it(`is started when its interface comes: ${what}`, async () => {
    const director = new Director('holdfast', configuration(`lvs_sync_daemon sync0 id 5${group}`), { flags: ['-C'] });
    try {
      await director.untilSaid('IPVS refused start-sync-daemon');
      assert.deepEqual(running(), []);
      inside('director', 'ip', 'link', 'add', 'sync0', 'type', 'dummy');
      inside('director', 'ip', 'address', 'add', '10.9.0.1/24', 'dev', 'sync0');
      inside('director', 'ip', 'link', 'set', 'sync0', 'up');
      await director.until('both to run', () => running().length === 2);
      assert.deepEqual(running(), ['backup sync0', 'master sync0']);
    } finally {
      await director.stop();
      inside('director', 'ip', 'link', 'delete', 'sync0');
    }
    assert.deepEqual(running(), []);
  });
}
