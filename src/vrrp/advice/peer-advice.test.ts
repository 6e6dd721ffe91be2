import { expect, it } from 'vitest';
import { advised, router } from './advice.testkit.ts';

const peers = (...addresses: string[]) => `unicast_peer {\n${addresses.join('\n')}\n}`;
const named = (routerId: string) => `global_defs {\nrouter_id ${routerId}\n}\n`;

it('a peer that is this host, by its interface', () => {
  const { told } = advised(router('V', 5, peers('10.0.0.8', '10.0.0.9')), { addresses: { eth0: ['10.0.0.9/24'] } });
  expect(told).toEqual(['6 own-address-as-peer']);
});

it('a peer that is this host, by its router_id', () => {
  const by = (id: string, lines = '') =>
    advised(router('V', 5, peers('10.0.0.8', '10.0.0.9') + lines) + named(id)).told;
  expect(by('backup_10.0.0.9')).toEqual(['6 own-address-as-peer']);
  expect(by('10.0.0.99')).toEqual([]);
  expect(by('110.0.0.9')).toEqual([]);
  expect(by('backup_10.0.0.9', '\nunicast_src_ip 10.0.0.7')).toEqual([]);
});

it('a peer that is a virtual address', () => {
  expect(advised(router('V', 5, peers('10.0.0.1'))).told).toEqual(['5 virtual-address-as-peer']);
});

it('a source that is a virtual address', () => {
  expect(advised(router('V', 5, 'mcast_src_ip 10.0.0.1')).told).toEqual(['4 virtual-address-as-source']);
  expect(advised(router('V', 5, 'mcast_src_ip 10.0.0.2')).told).toEqual([]);
});

it('a peer twice', () => {
  expect(advised(router('V', 5, peers('10.0.0.8', '10.0.0.8'))).told).toEqual(['6 peer-twice']);
});

it('a source address that is a peer of another instance is told', () => {
  const unicast = (source: string, peer: string) => `unicast_src_ip ${source}\nunicast_peer {\n${peer}\n}`;
  const two = (source: string, peer: string) =>
    advised(
      router('V', 5, unicast('10.0.0.2', '10.0.0.3'), '10.0.0.8/24') +
        router('W', 6, unicast(source, peer), '10.0.0.9/24'),
    );
  expect(two('10.0.0.3', '10.0.0.2').messages).toEqual([
    '"V" sends from 10.0.0.2, which is a peer of "W"',
    '"W" sends from 10.0.0.3, which is a peer of "V"',
  ]);
  expect(two('10.0.0.2', '10.0.0.3').messages).toEqual([]);
});
