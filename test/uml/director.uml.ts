// Balancing from end to end: a configuration from the field, real connections through the kernel's IPVS.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Director, inside, makeNetworks, Peer, removeNetworks, root, savedTable } from './director.testkit.ts';

const pages = { '/testurl/test.jsp': 'page one', '/testurl2/test.jsp': 'page one', '/testurl3/test.jsp': 'page one' };
const otherPages = { '/testurl/test.jsp': 'page two', '/testurl2/test.jsp': 'page two' };
const webPages = { '/': 'welcome', '/mrtg/': 'graphs' };
const digestOf = (text: string): string => createHash('md5').update(text).digest('hex');

/** field-notes 002 with our addresses and pages, and spans that a test can wait for. */
function fieldConfiguration(): string {
  const addresses: readonly (readonly [string, string])[] = [
    ['192.168.200.100', '10.1.0.100'],
    ['192.168.201.100', '10.2.0.2'],
    ['10.10.10.2', '10.1.0.102'],
    ['10.10.10.3', '10.1.0.103'],
    ['192.168.100.41', '10.1.0.100'],
    ['192.168.200.17', '10.1.0.102'],
    ['192.168.200.18', '10.1.0.103'],
    ['192.168.200.200', '10.2.0.200'],
    ['192.168.200.2', '10.2.0.12'],
    ['192.168.200.3', '10.2.0.13'],
    ['192.168.200.4', '10.2.0.14'],
    ['192.168.200.5', '10.2.0.15'],
  ];
  const digests: readonly (readonly [string, string])[] = [
    ['640205b7b0fc66c1ea91c463fac6334d', digestOf('page one')],
    ['640205b7b0fc66c1ea91c463fac6334c', digestOf('page two')],
    ['9b3a0c85a887a256d6939da88aabd8cd', digestOf('graphs')],
  ];
  let text = readFileSync(`${root}test/fixtures/configurations/002-lvs-nat-three-services.conf`, 'utf8');
  for (const [theirs, ours] of addresses) text = text.replaceAll(new RegExp(`\\b${theirs}(?![\\d.])`, 'g'), ours);
  for (const [theirs, ours] of digests) text = text.replaceAll(theirs, ours);
  return text
    .replaceAll(/delay_loop \d+/g, 'delay_loop 1')
    .replaceAll('delay_before_retry 3', 'delay_before_retry 1')
    .replaceAll('state MASTER', 'state MASTER\nadvert_int 1');
}

const expectedTable = [
  '-A -t 10.1.0.100:443 -s rr -p 50',
  '-A -t 10.1.0.102:1358 -s rr -p 50',
  '-A -t 10.1.0.103:1358 -s rr -p 50',
  '-a -t 10.1.0.100:443 -r 10.2.0.2:443 -m -w 1',
  '-a -t 10.1.0.102:1358 -r 10.2.0.12:1358 -m -w 1',
  '-a -t 10.1.0.102:1358 -r 10.2.0.13:1358 -m -w 1',
  '-a -t 10.1.0.103:1358 -r 10.2.0.14:1358 -m -w 1',
  '-a -t 10.1.0.103:1358 -r 10.2.0.15:1358 -m -w 1',
];

describe('a director with a configuration from the field', () => {
  let servers: Peer;
  let client: Peer;
  let director: Director;
  /** Persistence remembers a client; each request that shall be balanced comes from a new one. */
  let nextClient = 10;

  const open = (last: number, port: number, name: string, of: Readonly<Record<string, string>>, tls = false) =>
    servers.ask({ do: 'open', address: `10.2.0.${last}`, port, name, tls, pages: of });
  const close = (last: number) => servers.ask({ do: 'close', address: `10.2.0.${last}`, port: 1358 });
  const who = (service: number, from = `10.1.0.${nextClient++}`) =>
    client.ask({ do: 'get', address: `10.1.0.${service}`, port: 1358, from, tls: false, path: '/who' });
  const untilTable = (what: string, expected: readonly string[]) =>
    director.until(what, () => JSON.stringify(savedTable()) === JSON.stringify([...expected].sort()));
  const without = (...servers: readonly number[]): string[] =>
    expectedTable.filter(line => !servers.some(last => line.includes(`-r 10.2.0.${last}:`)));

  before(async () => {
    makeNetworks();
    servers = new Peer('servers');
    client = new Peer('client');
    await open(2, 443, 'web', webPages, true);
    await open(12, 1358, 'twelve', pages);
    await open(13, 1358, 'thirteen', otherPages);
    await open(14, 1358, 'fourteen', pages);
    await open(15, 1358, 'fifteen', pages);
    await open(200, 1358, 'sorry', {});
    director = new Director('holdfast', fieldConfiguration());
    await director.untilSaid('Entering MASTER STATE');
    await director.untilSaid('Startup complete');
  });

  after(async () => {
    await director.stop();
    servers.end();
    client.end();
    removeNetworks();
  });

  it('sets up its services as written', async () => {
    await untilTable('the table to be set up', expectedTable);
  });

  it('balances connections, and a client stays with its server', async () => {
    await director.until('the address to be there', async () => (await who(103)) !== 'error: EHOSTUNREACH');
    const answers = [await who(103), await who(103), await who(103), await who(103)];
    assert.deepEqual([...answers].sort(), ['fifteen', 'fifteen', 'fourteen', 'fourteen']);
    const first = await who(103, '10.1.0.59');
    for (let times = 0; times < 4; times++) assert.equal(await who(103, '10.1.0.59'), first);
    const secure = {
      do: 'get',
      address: '10.1.0.100',
      port: 443,
      from: '10.1.0.58',
      tls: true,
      path: '/mrtg/',
    } as const;
    assert.equal(await client.ask(secure), 'graphs');
  });

  it('finds all of them well', async () => {
    const { ipvsError, virtualServers } = await director.until('all to be checked', () => {
      const health = director.health();
      const checks = health?.virtualServers.flatMap(each => each.servers).flatMap(each => each.checks);
      return checks?.every(({ last }) => last !== undefined) && health;
    });
    assert.equal(ipvsError, undefined);
    const servers = virtualServers.flatMap(each => each.servers);
    assert.deepEqual(
      servers.flatMap(each => each.checks.map(({ last, state }) => `${each.address} ${state} ${last?.outcome}`)),
      ['10.2.0.2', '10.2.0.12', '10.2.0.13', '10.2.0.14', '10.2.0.15'].map(address => `${address} up ok`),
    );
  });

  it('sends nobody to a server that fails, until it is back', async () => {
    const at = director.lines.length;
    await close(14);
    await untilTable('the table to lose a server', without(14));
    await director.untilSaid('Removing service [10.2.0.14]:tcp:1358 from VS [10.1.0.103]:tcp:1358', at);
    assert.deepEqual([await who(103), await who(103)], ['fifteen', 'fifteen']);
    await open(14, 1358, 'fourteen', pages);
    await untilTable('the server to come back', expectedTable);
    assert.deepEqual([await who(103), await who(103)].sort(), ['fifteen', 'fourteen']);
  });

  it('says sorry when all are gone', async () => {
    await close(12);
    await close(13);
    await untilTable('the sorry server to serve', [
      ...without(12, 13),
      '-a -t 10.1.0.102:1358 -r 10.2.0.200:1358 -m -w 1',
    ]);
    assert.equal(await who(102), 'sorry');
    await open(13, 1358, 'thirteen', otherPages);
    await untilTable('one to come back', without(12));
    assert.equal(await who(102), 'thirteen');
    await open(12, 1358, 'twelve', pages);
    await untilTable('both to come back', expectedTable);
  });

  it('touches nothing but what a reload changes', async () => {
    const place = { address: '10.1.0.102', port: 1358, from: '10.1.0.57' } as const;
    const server = await client.ask({ do: 'hold', ...place });
    const at = director.lines.length;
    const changed = fieldConfiguration().replace(/(real_server 10\.2\.0\.15 1358 \{\s+weight) 1/, '$1 3');
    director.reload(changed);
    await director.untilSaid('Reload complete', at);
    await untilTable('the new weight', [...without(15), '-a -t 10.1.0.103:1358 -r 10.2.0.15:1358 -m -w 3']);
    assert.equal(await client.ask({ do: 'again' }), server);
    const health = director.health();
    assert.ok(health?.virtualServers.flatMap(each => each.servers).every(each => each.checks[0]?.last !== undefined));
    director.reload(fieldConfiguration());
    await untilTable('the old weight', expectedTable);
  });

  it("keeps its connections and an operator's word when the checker process is killed", async () => {
    director.command('server', 'drain', '10.1.0.103', '10.2.0.15');
    const drained = [...without(15), '-a -t 10.1.0.103:1358 -r 10.2.0.15:1358 -m -w 0'];
    await untilTable('the server to be drained', drained);
    assert.deepEqual([await who(103), await who(103)], ['fourteen', 'fourteen']);
    const at = director.lines.length;
    director.killChecker();
    await director.untilSaid('Healthcheck child process', at);
    await director.until('the new process to answer', () => director.health()?.virtualServers.length === 3);
    assert.deepEqual(savedTable(), [...drained].sort());
    assert.match(await client.ask({ do: 'again' }), /^(twelve|thirteen)$/);
    assert.ok(!director.lines.slice(at).some(line => /\(VI_1\) .*(STATE|priority|VIPs)/.test(line)));
    director.command('server', 'auto', '10.1.0.103', '10.2.0.15');
    await untilTable('the server to be back', expectedTable);
  });

  it('repairs what somebody else does to its table', async () => {
    inside('director', 'ipvsadm', '-D', '-t', '10.1.0.100:443');
    await untilTable('the service to be repaired', expectedTable);
    await director.untilSaid('The IPVS table of VS [10.1.0.100]:tcp:443 was not as it should be: repaired');
  });

  it('drains a server: its connections go on and are counted, and no new ones come', async () => {
    const place = { address: '10.1.0.103', port: 1358, from: '10.1.0.55' } as const;
    const server = await client.ask({ do: 'hold', ...place });
    const [last, other] = server === 'fourteen' ? [14, 'fifteen'] : [15, 'fourteen'];
    const connections = (): number | undefined =>
      director.health('10.1.0.103')?.virtualServers[0]?.servers.find(({ address }) => address === `10.2.0.${last}`)
        ?.connections?.active;
    director.command('server', 'drain', '10.1.0.103', `10.2.0.${last}`);
    await untilTable('the server to be drained', [
      ...without(last),
      `-a -t 10.1.0.103:1358 -r 10.2.0.${last}:1358 -m -w 0`,
    ]);
    assert.equal(connections(), 1);
    assert.deepEqual([await who(103), await who(103), await who(103)], [other, other, other]);
    assert.equal(await client.ask({ do: 'again' }), server);
    await client.ask({ do: 'let go' });
    await director.until('the connection to be gone', () => connections() === 0);
    director.command('server', 'auto', '10.1.0.103', `10.2.0.${last}`);
    await untilTable('the server to be back', expectedTable);
  });

  it('has a sync daemon that follows its virtual router, also through the death of the process', async () => {
    const daemons = (): string => inside('director', 'ipvsadm', '-l', '--daemon');
    const withDaemon = fieldConfiguration().replace('global_defs {', 'global_defs {\nlvs_sync_daemon eth1 VI_1 id 7');
    director.reload(withDaemon);
    await director.until('the daemon to be master', () => /master sync daemon \(mcast=eth1, syncid=7/.test(daemons()));
    assert.ok(!daemons().includes('backup sync daemon'));
    const at = director.lines.length;
    director.killChecker();
    await director.untilSaid('Starting Healthcheck child process', at);
    await director.until('the new process to answer', () => director.health()?.virtualServers.length === 3);
    assert.match(daemons(), /master sync daemon/);
    director.reload(fieldConfiguration());
    await director.until('the daemon to go', () => daemons().trim() === '');
  });

  it('with -I and -V leaves what it found right to the next one: no connection notices', async () => {
    await director.stop();
    director = new Director('holdfast', fieldConfiguration(), { flags: ['-I', '-V'] });
    await director.untilSaid('Entering MASTER STATE');
    await untilTable('the table of the first', expectedTable);
    const place = { address: '10.1.0.102', port: 1358, from: '10.1.0.56' } as const;
    const server = await client.ask({ do: 'hold', ...place });
    await director.stop();
    assert.deepEqual(savedTable(), expectedTable);
    assert.equal(await client.ask({ do: 'again' }), server);
    director = new Director('holdfast', fieldConfiguration());
    await director.untilSaid('Entering MASTER STATE');
    assert.deepEqual(savedTable(), expectedTable);
    assert.equal(await client.ask({ do: 'again' }), server);
  });

  it('leaves nothing behind, and keepalived makes the same of the configuration', async () => {
    await director.stop();
    assert.deepEqual(savedTable(), []);
    const keepalived = new Director('keepalived', fieldConfiguration());
    try {
      await keepalived.untilSaid('Entering MASTER STATE');
      await keepalived.until('its table', () => JSON.stringify(savedTable()) === JSON.stringify(expectedTable));
    } finally {
      await keepalived.stop();
    }
    director = new Director('holdfast', fieldConfiguration());
    await director.untilSaid('Entering MASTER STATE');
    await untilTable('our table again', expectedTable);
  });
});
