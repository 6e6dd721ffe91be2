import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../base/ip-address.ts';
import { advised, router } from './advice.testkit.ts';
import { mistypedFor } from './mistyped-address.ts';

describe('an address outside every subnet of its interface', () => {
  const at = (addresses: string, ...own: string[]) =>
    advised(router('V', 5, '', addresses), { addresses: { eth0: own, eth1: ['10.1.0.1/16'] } });

  it('is told with the subnets', () => {
    const { told, messages } = at('10.0.1.5/24', '10.0.0.2/24', '192.0.2.9/28');
    expect(told).toEqual(['6 address-outside-subnets']);
    expect(messages).toEqual(['10.0.1.5 is outside every subnet of eth0 (10.0.0.2/24, 192.0.2.9/28)']);
  });

  it('may serve a network of its own', () => {
    expect(at('10.0.1.5/24', '10.0.0.2/24').hints[0]).toContain('its own network, 10.0.1.5/24');
    expect(at('10.0.1.5', '10.0.0.2/24').hints[0]).toContain('only a route');
  });

  it('is told once for all of them', () => {
    const { told, messages } = at('10.0.0.1/24\n10.0.1.5/24\n10.0.1.6/24\n10.0.1.7/24', '10.0.0.2/24');
    expect(told).toEqual(['7 address-outside-subnets']);
    expect(messages).toEqual(['10.0.1.5 and 2 more are outside every subnet of eth0 (10.0.0.2/24)']);
  });

  it.each([
    ['inside', '10.0.0.200', ['10.0.0.2/24']],
    ['inside the second', '192.0.2.5', ['10.0.0.2/24', '192.0.2.9/28']],
    ['nothing known', '10.9.9.9', []],
    ['on another interface, inside', '10.1.2.3 dev eth1', ['10.0.0.2/24']],
    ['of another family than is known', '2001:db8::1', ['10.0.0.2/24']],
  ])('%s: nothing to say', (_name, addresses, own) => {
    const told = at(addresses, ...own).told.filter(code => code.includes('outside'));
    expect(told).toEqual([]);
  });

  it('does not take itself, held while we look, for its subnet', () => {
    expect(at('10.0.1.5/24', '10.0.0.2/24', '10.0.1.5/24').told).toEqual(['6 address-outside-subnets']);
  });

  it('is suspected where only unicast peers are known, if it looks mistyped', () => {
    const peers = 'unicast_peer {\n172.18.117.30\n}';
    const { told, hints } = advised(router('V', 5, peers, '17.18.117.33/24'));
    expect(told).toEqual(['8 address-outside-subnets']);
    expect(hints).toEqual(['did you mean 172.18.117.33?']);
    // A network for the adverts alone is no mistake.
    expect(advised(router('V', 5, peers, '198.51.100.7/24')).told).toEqual([]);
  });
});

describe('mistypedFor', () => {
  const guess = (address: string, neighbour: string, length = 24) =>
    mistypedFor(parseIpAddress(address)!, [parseIpAddress(neighbour)!], length);

  it.each([
    ['17.18.117.33', '172.18.117.30', '172.18.117.33'],
    ['127.18.117.33', '172.18.117.30', '172.18.117.33'],
    ['193.168.1.5', '192.168.1.1', '192.168.1.5'],
    ['192.186.1.5', '192.168.1.1', '192.168.1.5'],
    ['192.68.1.5', '192.168.1.1', '192.168.1.5'],
  ])('%s beside %s', (address, neighbour, expected) => {
    expect(guess(address, neighbour)).toBe(expected);
  });

  it.each([
    ['192.168.1.5', '192.168.10.1'],
    ['10.0.1.5', '10.1.1.1'],
    ['10.0.1.5', '10.0.1.9'],
    ['198.51.100.1', '10.0.0.1'],
    ['17.18.99.33', '172.18.117.30'],
    ['10.16.1.5', '10.168.1.1'],
  ])('%s beside %s is as it should be', (address, neighbour) => {
    expect(guess(address, neighbour)).toBeUndefined();
  });
});

describe('addresses', () => {
  it('belong to one instance, once', () => {
    const two = advised(router('V', 5) + router('W', 6));
    expect(two.told).toEqual(['14 address-twice']);
    expect(two.messages).toEqual(['10.0.0.1 belongs to "V" and to "W"']);
    const one = advised(router('V', 5, '', '10.0.0.1/24\n10.0.0.2/24\n10.0.0.1/24'));
    expect(one.told).toEqual(['8 address-twice']);
    expect(advised(router('V', 5) + router('W', 6, '', '10.0.0.1/24 dev eth1')).told).toEqual([
      '14 interface-not-tracked',
    ]);
  });

  it.each([
    ['10.0.0.0/24', ['6 address-not-a-host']],
    ['10.0.0.255/24', ['6 address-not-a-host']],
    ['10.0.0.255/23', []],
    ['10.0.0.0/31', []],
    ['10.0.0.0', []],
  ])('%s', (address, expected) => {
    expect(advised(router('V', 5, '', address)).told).toEqual(expected);
  });

  it('of IPv6 begin with a link-local one', () => {
    expect(advised(router('V', 5, '', '2001:db8::1/64\nfe80::1')).told).toEqual(['6 first-address-not-link-local']);
    expect(advised(router('V', 5, '', 'fe80::1\n2001:db8::1/64')).told).toEqual([]);
  });

  it('on another interface need that interface watched', () => {
    const elsewhere = '10.0.0.1/24\n10.1.0.1/24 dev eth1\n10.1.0.2/24 dev eth1';
    expect(advised(router('V', 5, '', elsewhere)).told).toEqual(['7 interface-not-tracked']);
    expect(advised(router('V', 5, 'track_interface {\neth1\n}', elsewhere)).told).toEqual([]);
    const dummy = { interfaces: ['eth0', 'dummy0'], addresses: { dummy0: ['198.51.100.1/32'] } };
    expect(advised(router('V', 5, '', '10.0.0.1/24 dev dummy0'), dummy).told).toEqual([]);
    const other = router('W', 6, '', '10.0.0.2/24').replace('eth0', 'eth1');
    const group = 'vrrp_sync_group G {\ngroup {\nV\nW\n}\n}\n';
    expect(advised(router('V', 5, '', elsewhere) + other + group).told).toEqual([]);
  });
});

describe('an owner', () => {
  const owner = router('V', 5, 'priority 255');

  it('has the address on its interface', () => {
    const { told, messages } = advised(owner, { addresses: { eth0: ['10.0.0.7/24'] } });
    expect(told).toEqual(['4 not-the-owner']);
    expect(messages).toEqual(['priority 255 says that eth0 has 10.0.0.1 as an address of its own, which it has not']);
    expect(advised(owner, { addresses: { eth0: ['10.0.0.7/24', '10.0.0.1/24'] } }).told).toEqual([]);
  });

  it('is not told where nobody knows, or where 255 was not written', () => {
    expect(advised(owner).told).toEqual([]);
    const byDefault = advised(router('V', 5, 'state MASTER'), { addresses: { eth0: ['10.0.0.7/24'] } });
    expect(byDefault.told).toEqual(['4 owner-by-default']);
  });
});

it.each([
  ['224.0.0.18', 'a multicast address'],
  ['127.0.0.5', 'the loopback address of every host'],
  ['0.0.0.0', 'the address that stands for any'],
  ['255.255.255.255', 'the broadcast address'],
  ['ff02::12', 'a multicast address'],
])('no virtual router can hold %s', (address, kind) => {
  const { messages } = advised(router('V', 5, '', address), { addresses: { eth0: ['10.0.0.7/24', 'fd00::7/64'] } });
  expect(messages.filter(message => message.startsWith(address))).toEqual([`${address} is ${kind}`]);
});
