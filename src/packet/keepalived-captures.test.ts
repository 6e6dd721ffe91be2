import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { centiseconds, seconds } from '../base/duration.ts';
import { type IpAddress, parseIpAddress } from '../base/ip-address.ts';
import { parseMacAddress } from '../base/mac-address.ts';
import { gratuitousArp } from './arp.ts';
import { decodeIpv4Packet, encodeIpv4Header } from './ipv4-header.ts';
import { unsolicitedNeighbourAdvertisement } from './neighbour-advertisement.ts';
import { type Advertisement, checksumHolds, encodeAdvertisement, readAdvertisement } from './vrrp-advertisement.ts';

interface Captures {
  readonly frames: Readonly<Record<string, { readonly hex: string }>>;
}
const file = new URL('../../test/fixtures/packets/keepalived-2.2.7.json', import.meta.url);
const captures: Captures = JSON.parse(readFileSync(file, 'utf8'));

const frame = (name: string): Uint8Array => Uint8Array.from(Buffer.from(captures.frames[name]!.hex, 'hex'));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const address = (text: string): IpAddress => parseIpAddress(text)!;
const mac = parseMacAddress('02:00:00:00:00:01')!;

const v3: Omit<Advertisement, 'vrid' | 'addresses'> = {
  version: 3,
  priority: 200,
  interval: centiseconds(50),
  authentication: undefined,
};
const v2: typeof v3 = { ...v3, version: 2, interval: seconds(1) };
const password = { type: 1, data: Uint8Array.from(Buffer.from('abc\0\0\0\0\0')) };
const group = '224.0.0.18';

const overIpv4: readonly (readonly [string, string, Advertisement])[] = [
  [
    'v2-multicast-password',
    group,
    { ...v2, vrid: 7, authentication: password, addresses: [address('10.9.0.100'), address('10.9.0.101')] },
  ],
  [
    'v2-multicast-password-release',
    group,
    {
      ...v2,
      vrid: 7,
      priority: 0,
      authentication: password,
      addresses: [address('10.9.0.100'), address('10.9.0.101')],
    },
  ],
  ['v2-unicast', '10.9.0.2', { ...v2, vrid: 11, addresses: [address('10.9.0.130')] }],
  ['v3-ipv4-multicast', group, { ...v3, vrid: 8, addresses: [address('10.9.0.110')] }],
  ['v3-ipv4-multicast-release', group, { ...v3, vrid: 8, priority: 0, addresses: [address('10.9.0.110')] }],
  ['v3-ipv4-unicast', '10.9.0.2', { ...v3, vrid: 10, addresses: [address('10.9.0.120')] }],
];

const overIpv6: readonly (readonly [string, string, string, Advertisement])[] = [
  [
    'v3-ipv6-multicast',
    'fe80::ff:fe00:1',
    'ff02::12',
    { ...v3, vrid: 9, addresses: [address('fe80::9'), address('2001:db8::9')] },
  ],
  [
    'v3-ipv6-multicast-release',
    'fe80::ff:fe00:1',
    'ff02::12',
    { ...v3, vrid: 9, priority: 0, addresses: [address('fe80::9'), address('2001:db8::9')] },
  ],
  ['v3-ipv6-unicast', 'fd00:9::1', 'fd00:9::2', { ...v3, vrid: 12, addresses: [address('fd00:9::100')] }],
];

describe("keepalived's packets", () => {
  it.each(overIpv4)('%s: ours is the same, IP header included', (name, destination, advertisement) => {
    const captured = frame(name).subarray(14);
    const envelope = {
      family: 4,
      source: address('10.9.0.1'),
      destination: address(destination),
      pseudoHeader: true,
    } as const;
    const message = encodeAdvertisement(advertisement, envelope);
    const identification = (captured[4]! << 8) | captured[5]!;
    const header = encodeIpv4Header(
      {
        typeOfService: 0xc0,
        identification,
        ttl: 255,
        protocol: 112,
        source: envelope.source,
        destination: envelope.destination,
      },
      message.length,
    );
    expect(hex(header) + hex(message)).toBe(hex(captured));

    const packet = decodeIpv4Packet(captured);
    const read = readAdvertisement(packet.ok ? packet.value.payload : new Uint8Array(0), 4);
    expect(read.ok && checksumHolds(read.value, envelope)).toBe(true);
  });

  it.each(overIpv6)('%s: ours is the same', (name, source, destination, advertisement) => {
    const captured = frame(name);
    const envelope = {
      family: 6,
      source: address(source),
      destination: address(destination),
      pseudoHeader: true,
    } as const;
    expect(hex(encodeAdvertisement(advertisement, envelope))).toBe(hex(captured.subarray(54)));
    const read = readAdvertisement(captured.subarray(54), 6);
    expect(read.ok && checksumHolds(read.value, envelope)).toBe(true);
  });

  it('gratuitous ARP: ours is the same frame', () => {
    expect(hex(gratuitousArp(mac, address('10.9.0.110')))).toBe(hex(frame('gratuitous-arp')));
  });

  it.each([
    ['neighbour-advertisement-link-local', 'fe80::9'],
    ['neighbour-advertisement-global', '2001:db8::9'],
  ])('%s: ours is the same frame when sent from the address itself', (name, target) => {
    const ours = unsolicitedNeighbourAdvertisement(mac, address(target), address(target), {
      router: false,
      override: true,
    });
    expect(hex(ours)).toBe(hex(frame(name)));
  });
});

it('a neighbour advertisement says so when the sender is a router', () => {
  const [host, router] = [false, true].map(flag =>
    unsolicitedNeighbourAdvertisement(mac, address('fe80::9'), address('fe80::9'), { router: flag, override: true }),
  );
  expect(host![58]).toBe(0x20);
  expect(router![58]).toBe(0xa0);
});
