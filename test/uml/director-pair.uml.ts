// Two directors, one address, and a sync daemon that tells the other one of every connection.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Director, inside, must, Peer, savedTable } from './director.testkit.ts';

type Name = 'left' | 'right';

const configuration = (name: Name, priority: number): string => `
instance ${name}
global_defs {
  lvs_sync_daemon eth1 OUTER id 9
  vrrp_version 3
}
vrrp_sync_group G {
  group {
    OUTER
    INNER
  }
}
${[
  ['OUTER', 'eth0', 51, '10.1.0.100/24'],
  ['INNER', 'eth1', 52, '10.2.0.1/24'],
]
  .map(
    ([instance, device, vrid, address]) => `vrrp_instance ${instance} {
  interface ${device}
  virtual_router_id ${vrid}
  priority ${priority}
  advert_int 0.5
  virtual_ipaddress {
    ${address}
  }
}`,
  )
  .join('\n')}
virtual_server 10.1.0.100 1358 {
  delay_loop 1
  lb_algo rr
  lb_kind NAT
  protocol TCP
${[14, 15]
  .map(
    last => `  real_server 10.2.0.${last} 1358 {
    TCP_CHECK {
      connect_timeout 2
    }
  }`,
  )
  .join('\n')}
}
`;

/** Two bridges with a cable for everybody who is on them. */
function makeNetworks(): void {
  for (const bridge of ['outer', 'inner']) {
    must('ip', 'link', 'add', bridge, 'type', 'bridge');
    must('ip', 'link', 'set', bridge, 'up');
  }
  const attach = (name: string, device: string, bridge: string, ...addresses: readonly string[]): void => {
    const port = `${name}-${bridge}`;
    must('ip', 'link', 'add', port, 'type', 'veth', 'peer', 'name', device, 'netns', name);
    must('ip', 'link', 'set', port, 'master', bridge, 'up');
    for (const address of addresses) inside(name, 'ip', 'address', 'add', `${address}/24`, 'dev', device);
    inside(name, 'ip', 'link', 'set', device, 'up');
  };
  for (const name of ['left', 'right', 'client', 'servers']) {
    must('ip', 'netns', 'add', name);
    inside(name, 'ip', 'link', 'set', 'lo', 'up');
  }
  for (const [index, name] of ['left', 'right'].entries()) {
    attach(name, 'eth0', 'outer', `10.1.0.${index + 2}`);
    attach(name, 'eth1', 'inner', `10.2.0.${index + 2}`);
    inside(name, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  }
  attach('client', 'eth0', 'outer', '10.1.0.10');
  attach('servers', 'eth0', 'inner', '10.2.0.14', '10.2.0.15');
  inside('servers', 'ip', 'route', 'add', 'default', 'via', '10.2.0.1');
}

function removeNetworks(): void {
  for (const name of ['left', 'right', 'client', 'servers']) must('ip', 'netns', 'delete', name);
  for (const bridge of ['outer', 'inner']) must('ip', 'link', 'delete', bridge);
}

describe('a pair of directors with a sync daemon', () => {
  const directors = new Map<Name, Director>();
  let servers: Peer;
  let client: Peer;

  const start = (name: Name, priority: number): Director => {
    const options = { network: name, instance: name, flags: [] };
    const director = new Director('holdfast', configuration(name, priority), options);
    directors.set(name, director);
    return director;
  };
  /** `master`, or `master+backup` where both run. */
  const syncDaemon = (name: Name): string =>
    Array.from(inside(name, 'ipvsadm', '-l', '--daemon').matchAll(/^(\w+) sync daemon/gm), ([, state]) => state).join(
      '+',
    );
  const untilSyncDaemon = (name: Name, state: string) =>
    directors.get(name)!.until(`the sync daemon of ${name} to be ${state}`, () => syncDaemon(name) === state);
  const again = (): Promise<string> => client.ask({ do: 'again' });
  /** The other one knows of the connection once some packets have passed. */
  const untilKnown = (name: Name) =>
    directors.get(name)!.until(`${name} to know of the connection`, async () => {
      await again();
      return / ESTABLISHED .*10\.1\.0\.100:1358/.test(inside(name, 'ipvsadm', '-lnc'));
    });

  before(async () => {
    makeNetworks();
    servers = new Peer('servers');
    client = new Peer('client');
    for (const last of [14, 15]) {
      const place = { address: `10.2.0.${last}`, port: 1358 };
      await servers.ask({ do: 'open', ...place, name: `server ${last}`, tls: false, pages: {} });
    }
    await start('left', 150).untilSaid('(OUTER) Entering MASTER STATE');
    await start('right', 100).untilSaid('(OUTER) Entering BACKUP STATE');
  });

  after(async () => {
    for (const director of directors.values()) await director.stop();
    servers.end();
    client.end();
    removeNetworks();
  });

  it('balances on both, and each sync daemon does what its virtual router does', async () => {
    await untilSyncDaemon('left', 'master');
    await untilSyncDaemon('right', 'backup');
    assert.deepEqual(savedTable('left'), savedTable('right'));
    assert.equal(savedTable('left').length, 3);
  });

  it('keeps a connection when the master loses its cables, and when it comes back', async () => {
    const place = { address: '10.1.0.100', port: 1358, from: '10.1.0.10' } as const;
    const server = await client.ask({ do: 'hold', ...place });
    assert.match(server, /^server 1[45]$/);
    await untilKnown('right');
    for (const bridge of ['outer', 'inner']) must('ip', 'link', 'set', `left-${bridge}`, 'down');
    await directors.get('right')!.untilSaid('(OUTER) Entering MASTER STATE');
    await untilSyncDaemon('right', 'master');
    await untilSyncDaemon('left', 'backup');
    assert.equal(await again(), server);

    const right = directors.get('right')!;
    const at = right.lines.length;
    for (const bridge of ['outer', 'inner']) must('ip', 'link', 'set', `left-${bridge}`, 'up');
    await right.untilSaid('(OUTER) Entering BACKUP STATE', at);
    await untilSyncDaemon('left', 'master');
    await untilSyncDaemon('right', 'backup');
    assert.equal(await again(), server);
  });

  it('stops the sync daemon of a checker process that was killed while its virtual router changed', async () => {
    const left = directors.get('left')!;
    for (const [state, carrier] of [
      ['backup', 'down'],
      ['master', 'up'],
    ] as const) {
      const at = left.lines.length;
      left.killChecker();
      for (const bridge of ['outer', 'inner']) must('ip', 'link', 'set', `left-${bridge}`, carrier);
      await left.untilSaid('Starting Healthcheck child process', at);
      await untilSyncDaemon('left', state);
      await untilSyncDaemon('right', state === 'master' ? 'backup' : 'master');
      assert.deepEqual(
        left.lines.slice(at).filter(line => line.includes('IPVS refused')),
        [],
      );
    }
    await left.until('its services to be there', () => savedTable('left').length === 3);
  });

  it('keeps it when the master is stopped', async () => {
    const server = await again();
    await untilKnown('right');
    const right = directors.get('right')!;
    const at = right.lines.length;
    await directors.get('left')!.stop();
    directors.delete('left');
    await right.untilSaid('(OUTER) Entering MASTER STATE', at);
    assert.equal(await again(), server);
    assert.deepEqual(savedTable('left'), []);
    await untilSyncDaemon('right', 'master');
  });
});
