// The same services set up by keepalived and by Holdfast: for each keyword that changes what the kernel's table says.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Director, makeNetworks, removeNetworks, savedTable } from './director.testkit.ts';

const twoServers = 'real_server 10.2.0.12 80 {\n  weight 3\n}\nreal_server 10.2.0.13 81 {\n}';
const checkedServers =
  'real_server 10.2.0.12 80 {\n  TCP_CHECK {\n  }\n}\nreal_server 10.2.0.13 81 {\n  TCP_CHECK {\n  }\n}';

/** Keywords of a virtual server, beside `lvs_sched rr`, `lvs_method NAT` and `protocol TCP`. */
const ofServices: readonly string[] = [
  ...['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'sh', 'mh', 'dh', 'fo', 'ovf', 'sed', 'nq'].map(
    scheduler => `lvs_sched ${scheduler}`,
  ),
  'lvs_sched sh\nsh-port',
  'lvs_sched sh\nsh-port\nsh-fallback',
  'lvs_sched mh\nmh-port',
  'lvs_sched mh\nmh-fallback',
  'flag-1',
  'flag-2',
  'flag-3',
  'hashed',
  'lvs_method DR',
  'lvs_method TUN',
  'lvs_method TUN type gre',
  'lvs_method TUN type gre csum',
  'lvs_method TUN type gue port 6080',
  'lvs_method TUN type gue port 6080 csum',
  'lvs_method TUN type gue port 6080 remcsum',
  'persistence_timeout',
  'persistence_timeout 7',
  'persistence_timeout 7\npersistence_granularity 255.255.255.0',
  'protocol UDP\npersistence_timeout 5\npersistence_engine sip',
  'protocol UDP',
  'protocol UDP\nops',
  'protocol SCTP',
  'weight 9',
  'quorum 4',
  'quorum 4\nsorry_server 10.2.0.14 80',
  'quorum 9\nhysteresis 2\nsorry_server 10.2.0.14 81',
  'quorum 9\nsorry_server 10.2.0.14',
  'quorum 9\nsorry_server 10.2.0.14 80\nsorry_server_inhibit',
  'quorum 9\nsorry_server 10.2.0.14 80\nsorry_server_lvs_method DR',
  'inhibit_on_failure',
];

/**
 * Keywords of a virtual server whose real servers are checked. Holdfast does the very first of the checks at once, and
 * the server of an alpha service can only fail to be found well.
 */
const ofCheckedServices: readonly string[] = [
  'alpha',
  '',
  'alpha\ninhibit_on_failure',
  'alpha\nsorry_server 10.2.0.14 80',
  'alpha\nsorry_server 10.2.0.14 80\nsorry_server_inhibit',
  'alpha\nquorum 2\nsorry_server 10.2.0.14 80',
];

/** Keywords of the first of two real servers, and of a tunnel to it. */
const ofServers: readonly string[] = [
  'weight 0',
  'weight 65535',
  'uthreshold 9\nlthreshold 3',
  'inhibit_on_failure',
  'lvs_method DR',
  'lvs_method TUN type gue port 7',
];

/** Whole virtual servers; each has addresses of its own. */
const whole: readonly string[] = [
  `virtual_server 203.0.113.1 80 {\n${twoServers}\n}`,
  `virtual_server 203.0.113.2 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n${twoServers}\n}`,
  'virtual_server 203.0.113.3 80 {\nlvs_method NAT\nprotocol TCP\nreal_server 10.2.0.12 {\n}\nreal_server 10.2.0.13 0 {\n}\n}',
  ...['TCP', 'UDP'].map(
    protocol => `virtual_server 203.0.113.4 80 {\nlvs_method NAT\nprotocol ${protocol}\n${twoServers}\n}`,
  ),
  'virtual_server 203.0.113.5 80 {\nlvs_method TUN\nprotocol TCP\nreal_server 2001:db8:2::12 80 {\n}\n}',
  'virtual_server 2001:db8:9::1 80 {\nlvs_method NAT\nprotocol TCP\npersistence_timeout 9\npersistence_granularity 64\nreal_server 2001:db8:2::12 80 {\n}\n}',
  `virtual_server fwmark 7 {\nlvs_method NAT\n${twoServers}\n}`,
  `virtual_server fwmark 8 {\nlvs_method DR\n${twoServers}\n}`,
  'virtual_server fwmark 9 {\nlvs_method NAT\nip_family inet6\nreal_server 2001:db8:2::12 80 {\n}\n}',
  ...['NAT', 'DR'].map(
    (method, index) =>
      `virtual_server_group ${method} {\n203.0.113.${index + 1}1-${index + 1}3 80\n203.0.113.1${index}8/30 81\n203.0.113.${index + 1}7 82\nfwmark ${index + 20}\n}\n` +
      `virtual_server group ${method} {\nlvs_method ${method}\nprotocol TCP\n${twoServers}\n}`,
  ),
  'virtual_server_group six {\n2001:db8:9::10-1f 80\n2001:db8:a::/126 80\n}\n' +
    'virtual_server group six {\nlvs_method NAT\nprotocol TCP\nreal_server 2001:db8:2::12 80 {\n}\n}',
];

function configuration(): string {
  let last = 0;
  const service = (keywords: string, servers: string, own = '') =>
    `virtual_server 192.0.2.${++last} 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n${own}${keywords}\n${servers}\n}`;
  return [
    'global_defs {\nenable_script_security\nscript_user root\n}',
    ...ofServices.map(keywords => service(keywords, twoServers)),
    // Nobody else is asked before the test is over.
    ...ofCheckedServices.map(keywords => service(keywords, checkedServers, 'delay_loop 1000\nwarmup 1000\n')),
    ...ofServers.map(keywords => service('', twoServers.replace('  weight 3', keywords))),
    ...whole,
    '',
  ].join('\n');
}

/** The table as it is when nobody has touched it for a second. */
async function settledTable(director: Director): Promise<string[]> {
  let previous: string[] = [];
  return director.until('the table to be set up', async () => {
    const table = savedTable();
    const settled = table.length > 0 && table.join() === previous.join();
    previous = table;
    if (!settled) await pause(1000);
    return settled && table;
  });
}

describe('the table of one configuration', () => {
  before(makeNetworks);
  after(removeNetworks);

  it('is what keepalived makes of it, and nothing of it stays behind', async () => {
    const text = configuration();
    const tables: string[][] = [];
    for (const daemon of ['keepalived', 'holdfast'] as const) {
      const director = new Director(daemon, text, { flags: ['-C'] });
      tables.push(await settledTable(director));
      await director.stop();
      assert.deepEqual(savedTable(), [], `${daemon} has left something`);
    }
    const [theirs = [], ours] = tables;
    assert.ok(theirs.length > 200, `${theirs.length} lines`);
    assert.deepEqual(ours, theirs);
  });
});
