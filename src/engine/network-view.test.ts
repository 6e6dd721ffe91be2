import { expect, it } from 'vitest';
import { ip } from '../base/ip-address.testkit.ts';
import { interfaceAddress, link } from '../ports/network.testkit.ts';
import type { AddressFlags, InterfaceAddress } from '../ports/network.ts';
import { NetworkView } from './network-view.ts';

const address = (text: string, flags?: Partial<AddressFlags>): InterfaceAddress =>
  interfaceAddress(2, text.includes('/') ? text : `${text}/24`, flags);
const noVirtual = (): boolean => false;

function view(...addresses: InterfaceAddress[]): NetworkView {
  const network = new NetworkView();
  network.resynchronise([link(2, 'eth0')], addresses, []);
  return network;
}

it('takes the first IPv4 address that is not a virtual one of ours as primary', () => {
  const network = view(address('10.0.0.100'), address('10.0.0.1'), address('10.0.0.2'));
  const isVirtual = (found: InterfaceAddress): boolean => found.address === '10.0.0.100';
  expect(network.primaryAddress(2, 4, isVirtual)).toBe('10.0.0.1');
});

it('prefers a primary to a secondary IPv4 address and takes a secondary for want of another', () => {
  expect(view(address('10.0.0.1', { secondary: true }), address('10.0.1.1')).primaryAddress(2, 4, noVirtual)).toBe(
    '10.0.1.1',
  );
  expect(view(address('10.0.0.1', { secondary: true })).primaryAddress(2, 4, noVirtual)).toBe('10.0.0.1');
});

it('sends IPv6 adverts from a link-local address that has passed duplicate detection', () => {
  const network = view(address('2001:db8::1'), address('fe80::1', { tentative: true }));
  expect(network.primaryAddress(2, 6, noVirtual)).toBeUndefined();
  network.addAddress(address('fe80::1'));
  expect(network.primaryAddress(2, 6, noVirtual)).toBe('fe80::1');
});

it('keeps an address while one of two prefix lengths remains', () => {
  const network = view(address('10.0.0.1/24'), address('10.0.0.1/32'));
  network.removeAddress(address('10.0.0.1/24'));
  expect(network.hasAddressAnywhere(ip('10.0.0.1'))).toBe(true);
  expect(network.hasExactly(address('10.0.0.1/24'))).toBe(false);
  network.removeAddress(address('10.0.0.1/32'));
  expect(network.hasAddressAnywhere(ip('10.0.0.1'))).toBe(false);
});

it('follows a rename', () => {
  const network = view();
  network.setLink(link(2, 'lan0'));
  expect(network.linkNamed('eth0')).toBeUndefined();
  expect(network.isUp('lan0')).toBe(true);
  network.removeLink(2);
  expect(network.isUp('lan0')).toBe(false);
});
