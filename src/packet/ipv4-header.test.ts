import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipAddressFromBytes, parseIpAddress } from '../base/ip-address.ts';
import { internetChecksum } from './checksum.ts';
import { decodeIpv4Packet, encodeIpv4Header, type Ipv4Header } from './ipv4-header.ts';

const header: Ipv4Header = {
  typeOfService: 0xc0,
  identification: 0xabcd,
  ttl: 255,
  protocol: 112,
  source: parseIpAddress('192.0.2.1')!,
  destination: parseIpAddress('224.0.0.18')!,
};

const packet = (payload: Uint8Array, options: Uint8Array = new Uint8Array(0)): Uint8Array => {
  const encoded = encodeIpv4Header(header, payload.length + options.length);
  encoded[0] = 0x45 + options.length / 4;
  return Uint8Array.from([...encoded, ...options, ...payload]);
};

it('encodes what it says, with a checksum that holds', () => {
  const bytes = encodeIpv4Header(header, 12);
  expect(Buffer.from(bytes).toString('hex')).toMatch(/^45c00020abcd0000ff70....c0000201e0000012$/);
  expect(internetChecksum([bytes])).toBe(0);
});

describe('decodeIpv4Packet', () => {
  const payload = Uint8Array.of(1, 2, 3, 4);

  it('cuts Ethernet padding off', () => {
    const padded = new Uint8Array(46);
    padded.set(packet(payload));
    const decoded = decodeIpv4Packet(padded);
    expect(decoded.ok && decoded.value).toEqual({ ...header, payload });
  });

  it('skips options', () => {
    const decoded = decodeIpv4Packet(packet(payload, Uint8Array.of(0x94, 4, 0, 0)));
    expect(decoded.ok && decoded.value.payload).toEqual(payload);
  });

  it.each([
    ['an empty packet', new Uint8Array(0), 'ip-header-too-short'],
    ['19 bytes', packet(payload).subarray(0, 19), 'ip-header-too-short'],
    ['IPv6', Uint8Array.from(packet(payload), (byte, at) => (at === 0 ? 0x65 : byte)), 'ip-version'],
    [
      'a header length of 16',
      Uint8Array.from(packet(payload), (byte, at) => (at === 0 ? 0x44 : byte)),
      'ip-header-length',
    ],
    [
      'a header longer than the packet',
      Uint8Array.from(packet(payload), (byte, at) => (at === 0 ? 0x4f : byte)),
      'ip-header-length',
    ],
    ['a total length beyond the packet', packet(payload).subarray(0, 23), 'ip-total-length'],
    [
      'a total length inside the header',
      Uint8Array.from(packet(payload), (byte, at) => (at === 3 ? 19 : byte)),
      'ip-total-length',
    ],
  ])('refuses %s', (_name, bytes, reason) => {
    expect(decodeIpv4Packet(bytes)).toEqual({ ok: false, reason });
  });

  it('reads back whatever was encoded', () => {
    const anyAddress = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(ipAddressFromBytes);
    const anyHeader = fc.record({
      typeOfService: fc.nat(255),
      identification: fc.nat(65_535),
      ttl: fc.nat(255),
      protocol: fc.nat(255),
      source: anyAddress,
      destination: anyAddress,
    });
    fc.assert(
      fc.property(anyHeader, fc.uint8Array({ maxLength: 100 }), (anything, body) => {
        const bytes = Uint8Array.from([...encodeIpv4Header(anything, body.length), ...body]);
        expect(decodeIpv4Packet(bytes)).toEqual({ ok: true, value: { ...anything, payload: body } });
      }),
    );
  });

  it('reads any bytes without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), bytes => {
        decodeIpv4Packet(bytes);
        decodeIpv4Packet(Uint8Array.from(bytes, (byte, at) => (at === 0 ? 0x40 | (byte & 0x0f) : byte)));
      }),
    );
  });
});
