// nftables_ipvs in a kernel that has no nftables for IPv4 and IPv6, as this one: each address is a service of its own.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Director, inside, makeNetworks, Peer, removeNetworks, savedTable } from './director.testkit.ts';

const text = (last: number): string => `global_defs {
nftables_ipvs
}
virtual_server_group web {
10.1.0.110-${last} 80
}
virtual_server group web {
lvs_sched rr
lvs_method NAT
protocol TCP
real_server 10.2.0.12 80 {
}
}
`;
const refusal =
  /Cannot use nftables: this kernel has no nftables for IPv4 and IPv6, .*; each address of a group is a service/;

describe('marks where nothing can be marked', () => {
  let director: Director;
  const untilServed = (...lasts: readonly number[]) =>
    director.until(`services of ${lasts.join()}`, () => {
      const services = savedTable().filter(line => line.startsWith('-A'));
      return services.join() === lasts.map(last => `-A -t 10.1.0.${last}:80 -s rr`).join();
    });

  before(() => {
    makeNetworks();
    inside('director', 'ip', 'address', 'add', '10.1.0.111/32', 'dev', 'eth0');
    director = new Director('holdfast', text(111), { flags: ['-C'] });
  });
  after(async () => {
    await director.stop();
    removeNetworks();
  });

  it('are done without, which is said once', async () => {
    await untilServed(110, 111);
    const lines = director.lines.length;
    director.reload(text(112));
    await director.untilSaid('Reload complete', lines);
    await untilServed(110, 111, 112);
    assert.equal(director.lines.filter(line => refusal.test(line)).length, 1, director.output);
  });

  it('and connections flow', async () => {
    const [servers, client] = [new Peer('servers'), new Peer('client')];
    const page = { do: 'open', address: '10.2.0.12', port: 80, name: 'twelve', tls: false, pages: {} } as const;
    await servers.ask(page);
    const question = {
      do: 'get',
      address: '10.1.0.111',
      port: 80,
      from: '10.1.0.10',
      tls: false,
      path: '/who',
    } as const;
    assert.equal(await client.ask(question), 'twelve');
    servers.end();
    client.end();
  });
});
