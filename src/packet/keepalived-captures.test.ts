import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Family, ipAddressFromBytes } from '../base/ip-address.ts';
import { macAddressFromBytes, parseMacAddress } from '../base/mac-address.ts';
import { gratuitousArp } from './arp.ts';
import { decodeIpv4Packet, encodeIpv4Header } from './ipv4-header.ts';
import { unsolicitedNeighbourAdvertisement } from './neighbour-advertisement.ts';
import { checksumHolds, encodeAdvertisement, readAdvertisement } from './vrrp-advertisement.ts';

const folder = new URL('../../test/fixtures/packets/', import.meta.url);

interface Frame {
  readonly capture: string;
  readonly kind: string;
  readonly bytes: Uint8Array;
}

const captures = readdirSync(folder)
  .filter(name => name.endsWith('.hex'))
  .sort();
const frames: readonly Frame[] = captures.flatMap(capture =>
  readFileSync(new URL(capture, folder), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => {
      const [kind = '', , , digits = ''] = line.split(/\s+/);
      return { capture, kind, bytes: Uint8Array.from(Buffer.from(digits, 'hex')) };
    }),
);
const ofKind = (kind: string): readonly Frame[] => frames.filter(frame => frame.kind === kind);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The packet in a frame: its family, the ends, and what follows the IP header. */
function packetIn({ bytes }: Frame) {
  const family: Family = bytes[12] === 0x86 ? 6 : 4;
  if (family === 6) {
    const [source, destination] = [bytes.subarray(22, 38), bytes.subarray(38, 54)].map(ipAddressFromBytes);
    return { family, source: source!, destination: destination!, payload: bytes.subarray(54) };
  }
  const decoded = decodeIpv4Packet(bytes.subarray(14));
  if (!decoded.ok) throw new Error(decoded.reason);
  return { family, ...decoded.value };
}

it('there are captures of every kind', () => {
  expect(ofKind('vrrp').length).toBeGreaterThan(20);
  expect(ofKind('arp').length).toBeGreaterThan(20);
  expect(ofKind('na').length).toBeGreaterThan(5);
});

describe.each(captures)('frames of keepalived 2.2.7, %s', capture => {
  const here = (kind: string): readonly Frame[] => ofKind(kind).filter(frame => frame.capture === capture);

  it('adverts read well and are encoded to the same bytes', () => {
    for (const frame of here('vrrp')) {
      const { family, source, destination, payload } = packetIn(frame);
      const read = readAdvertisement(payload, family);
      if (!read.ok) throw new Error(read.reason.type);
      const { vrid, priority, interval, addresses, authentication } = read.value;
      const version = read.value.version === 2 ? 2 : 3;
      const envelope = { family, source, destination, pseudoHeader: true };
      expect(checksumHolds(read.value, envelope)).toBe(true);
      const advertisement = { version, vrid, priority, interval, addresses, authentication } as const;
      expect(hex(encodeAdvertisement(advertisement, envelope))).toBe(hex(payload));
    }
  });

  it('IPv4 headers are encoded to the same bytes', () => {
    for (const frame of here('vrrp').filter(({ bytes }) => bytes[12] === 0x08)) {
      const decoded = decodeIpv4Packet(frame.bytes.subarray(14));
      if (!decoded.ok) throw new Error(decoded.reason);
      expect(decoded.value).toMatchObject({ typeOfService: 0xc0, ttl: 255, protocol: 112 });
      expect(hex(encodeIpv4Header(decoded.value, decoded.value.payload.length))).toBe(
        hex(frame.bytes.subarray(14, 34)),
      );
    }
  });

  it('gratuitous ARPs are the same frames', () => {
    for (const { bytes } of here('arp')) {
      const mac = macAddressFromBytes(bytes.subarray(6, 12));
      expect(hex(gratuitousArp(mac, ipAddressFromBytes(bytes.subarray(28, 32))))).toBe(hex(bytes));
    }
  });

  it('neighbour advertisements are the same frames, sent from the address itself', () => {
    for (const { bytes } of here('na')) {
      const mac = macAddressFromBytes(bytes.subarray(6, 12));
      const target = ipAddressFromBytes(bytes.subarray(62, 78));
      const flags = { router: false, override: true };
      expect(hex(unsolicitedNeighbourAdvertisement(mac, target, target, flags))).toBe(hex(bytes));
    }
  });
});

it('a neighbour advertisement says so when the sender is a router', () => {
  const mac = parseMacAddress('02:00:00:00:00:01')!;
  const target = ipAddressFromBytes(Uint8Array.from([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]));
  const flagsOf = (router: boolean) =>
    unsolicitedNeighbourAdvertisement(mac, target, target, { router, override: true })[58];
  expect([flagsOf(false), flagsOf(true)]).toEqual([0x20, 0xa0]);
});
