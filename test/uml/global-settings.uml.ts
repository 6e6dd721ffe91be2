// What global_defs says of the table, under keepalived and under Holdfast: what it does at the start, while the daemon runs
// and when it has ended, beside a service of somebody else's.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Director, inside, makeNetworks, removeNetworks, savedTable } from './director.testkit.ts';
import {
  forgetStories,
  prepareStories,
  removeStories,
  settledTable,
  stories,
  tellingServer,
} from './stories.testkit.ts';

/** What global_defs says, and what stands outside it. */
const globals: readonly { readonly name: string; readonly lines?: string; readonly more?: string }[] = [
  { name: 'nothing said' },
  {
    name: 'a flush at the start',
    lines:
      'lvs_flush\nrs_init_notifies\nlvs_timeouts tcp 100 tcpfin 20 udp 30\n' +
      'lvs_sync_daemon eth1 id 5 maxlen 1000 port 9000 ttl 3 group 224.0.0.99',
  },
  { name: 'a flush at the end', lines: 'lvs_flush_on_stop\nlvs_timeouts udp 40' },
  { name: 'its services flushed at the end', lines: 'lvs_flush_on_stop VS\nlvs_sync_daemon eth1' },
  {
    name: 'a sync daemon of a virtual router',
    more:
      'vrrp_instance VI {\ninterface eth1\nvirtual_router_id 9\nlvs_sync_daemon_interface eth0\n' +
      'virtual_ipaddress {\n10.2.0.99\n}\n}\n',
  },
];

const servers = [12, 13].map(last => tellingServer('one', last, '')).join('\n');

function state(): { readonly timeouts: string; readonly daemons: string } {
  return {
    timeouts: inside('director', 'ipvsadm', '-l', '--timeout'),
    daemons: inside('director', 'ipvsadm', '-l', '--daemon'),
  };
}

describe('the table between two other lives', () => {
  before(() => {
    makeNetworks();
    prepareStories();
  });
  after(() => {
    removeNetworks();
    removeStories();
  });

  for (const { name, lines = '', more } of globals) {
    it(`is begun and ended alike with ${name}`, async () => {
      const seen: unknown[] = [];
      for (const daemon of ['keepalived', 'holdfast'] as const) {
        forgetStories();
        inside('director', 'ipvsadm', '-A', '-t', '198.51.100.1:80', '-s', 'rr');
        inside('director', 'ipvsadm', '--set', '900', '120', '300');
        const text = `global_defs {
enable_script_security
script_user root
${lines}
}
${more ?? ''}
virtual_server 192.0.2.1 80 {
lvs_sched rr
lvs_method NAT
protocol TCP
${servers}
}
`;
        const director = new Director(daemon, text, { flags: more === undefined ? ['-C'] : [] });
        let running: unknown;
        try {
          await director.untilSaid(more === undefined ? 'Startup complete' : 'Entering MASTER STATE');
          const isThere = (): boolean => savedTable().filter(line => line.includes('192.0.2.1:80 -r')).length === 2;
          await director.until('its service to be there', isThere);
          running = { table: await settledTable(director, 3), ...state(), stories: stories() };
        } finally {
          await director.stop();
          seen.push({ running, ended: { table: savedTable(), ...state(), stories: stories() } });
          inside('director', 'ipvsadm', '-C');
        }
      }
      assert.deepEqual(seen[1], seen[0]);
    });
  }
});
