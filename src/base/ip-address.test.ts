import { describe, expect, it } from 'vitest';
import {
  compareIpAddresses,
  type IpAddress,
  ipAddressBytes,
  ipAddressFromBytes,
  isLinkLocal,
  isMulticast,
  parseIpAddress,
  sameNetwork,
} from './ip-address.ts';

const address = (text: string): IpAddress => parseIpAddress(text)!;

describe('parseIpAddress', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['fe80::', 'fe80::'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
  ])('reads %s as %s', (text, canonical) => {
    expect(parseIpAddress(text)).toBe(canonical);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4.5',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7:8:9',
    '1.2.3.4:1',
    '1..2.3',
    '.1.2.3',
    '1.2.3.',
    '1.2.3.4.',
    '1.2.3.00',
    '1.2.3.4 ',
    '1.2.3.-4',
    '1.2.3.4e0',
    '1.2.3.\uff14',
  ])('refuses "%s"', text => {
    expect(parseIpAddress(text)).toBeUndefined();
  });
});

describe('compareIpAddresses', () => {
  it('compares as unsigned integers in network byte order', () => {
    expect(compareIpAddresses(address('10.0.0.200'), address('10.0.0.3'))).toBeGreaterThan(0);
    expect(compareIpAddresses(address('9.255.255.255'), address('10.0.0.0'))).toBeLessThan(0);
    expect(compareIpAddresses(address('fe80::ffff'), address('fe80::1:0'))).toBeLessThan(0);
    expect(compareIpAddresses(address('::1'), address('::1'))).toBe(0);
  });
});

it('turns bytes into the same address again', () => {
  for (const text of ['255.0.128.1', 'ff02::12', '2001:db8::8:800:200c:417a']) {
    expect(ipAddressFromBytes(ipAddressBytes(address(text)))).toBe(text);
  }
});

it('knows multicast and link-local addresses', () => {
  expect(isMulticast(address('224.0.0.18'))).toBe(true);
  expect(isMulticast(address('240.0.0.1'))).toBe(false);
  expect(isMulticast(address('ff02::12'))).toBe(true);
  expect(isLinkLocal(address('fe80::1'))).toBe(true);
  expect(isLinkLocal(address('fec0::1'))).toBe(false);
});

it('compares prefixes bit by bit', () => {
  expect(sameNetwork(address('172.18.117.31'), address('17.18.117.33'), 24)).toBe(false);
  expect(sameNetwork(address('10.101.1.185'), address('10.101.0.101'), 22)).toBe(true);
  expect(sameNetwork(address('10.0.0.1'), address('10.0.0.129'), 25)).toBe(false);
  expect(sameNetwork(address('10.0.0.1'), address('::1'), 0)).toBe(false);
});
