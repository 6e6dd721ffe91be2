import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centiseconds, seconds } from '../base/duration.ts';
import { ip } from '../base/ip-address.testkit.ts';
import { type Family, type IpAddress, ipAddressFromBytes } from '../base/ip-address.ts';
import {
  type Advertisement,
  type AdvertisementEnvelope,
  advertisedVrid,
  checksumHolds,
  encodeAdvertisement,
  readAdvertisement,
} from './vrrp-advertisement.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

const envelope4: AdvertisementEnvelope = {
  family: 4,
  source: ip('192.0.2.1'),
  destination: ip('224.0.0.18'),
  pseudoHeader: false,
};
const pseudo4: AdvertisementEnvelope = { ...envelope4, pseudoHeader: true };
const envelope6: AdvertisementEnvelope = {
  family: 6,
  source: ip('fe80::a'),
  destination: ip('ff02::12'),
  pseudoHeader: false,
};

const v3: Advertisement = {
  version: 3,
  vrid: 1,
  priority: 100,
  interval: centiseconds(100),
  addresses: [ip('192.0.2.254')],
  authentication: undefined,
};
const v3ipv6: Advertisement = { ...v3, addresses: [ip('fe80::1'), ip('2001:db8::1')] };
const v2: Advertisement = { ...v3, version: 2, interval: seconds(1) };
const v2password: Advertisement = { ...v2, authentication: { type: 1, data: bytes('6162630000000000') } };

const vectors: readonly (readonly [string, Advertisement, AdvertisementEnvelope, string])[] = [
  ['v3 IPv4 plain', v3, envelope4, '310164010064a79ac00002fe'],
  ['v3 IPv4 with pseudo-header', v3, pseudo4, '310164010064050ac00002fe'],
  ['v3 IPv6', v3ipv6, envelope6, '3101640200644024fe80000000000000000000000000000120010db8000000000000000000000001'],
  ['v2', v2, pseudo4, '210164010001b7fdc00002fe0000000000000000'],
  ['v2 with a password', v2password, envelope4, '210164010101f29ac00002fe6162630000000000'],
];

describe('encodeAdvertisement', () => {
  it.each(vectors)('encodes %s', (_name, advertisement, envelope, expected) => {
    expect(hex(encodeAdvertisement(advertisement, envelope))).toBe(expected);
  });

  it('fills the interval field of v3 without touching the reserved bits', () => {
    const longest = encodeAdvertisement({ ...v3, interval: centiseconds(4095) }, envelope4);
    expect([longest[4], longest[5]]).toEqual([0x0f, 0xff]);
    const shortest = encodeAdvertisement({ ...v3, interval: centiseconds(1) }, envelope4);
    expect([shortest[4], shortest[5]]).toEqual([0x00, 0x01]);
  });

  it.each([
    ['an interval of 4096 cs', { ...v3, interval: centiseconds(4096) }],
    ['an interval of 0', { ...v3, interval: centiseconds(0) }],
    ['half a second in v2', { ...v2, interval: centiseconds(50) }],
    ['256 s in v2', { ...v2, interval: seconds(256) }],
    ['VRID 0', { ...v3, vrid: 0 }],
    ['VRID 256', { ...v3, vrid: 256 }],
    ['priority 256', { ...v3, priority: 256 }],
    ['256 addresses', { ...v3, addresses: new Array<IpAddress>(256).fill(ip('192.0.2.254')) }],
    ['an address of the other family', { ...v3, addresses: [ip('fe80::1')] }],
    ['authentication in v3', { ...v3, authentication: { type: 1, data: new Uint8Array(8) } }],
    ['a password that is not 8 bytes', { ...v2, authentication: { type: 1, data: new Uint8Array(7) } }],
  ] satisfies [string, Advertisement][])('never encodes %s', (_name, advertisement) => {
    expect(() => encodeAdvertisement(advertisement, envelope4)).toThrow();
  });

  it('counts 0, 1, 2 and 255 addresses', () => {
    for (const count of [0, 1, 2, 255]) {
      const addresses = Array.from({ length: count }, (_, index) => ip(`198.51.100.${index}`));
      const encoded = encodeAdvertisement({ ...v3, addresses }, envelope4);
      expect(encoded[3]).toBe(count);
      expect(encoded.length).toBe(8 + 4 * count);
    }
  });
});

describe('checksum', () => {
  it.each(vectors)('holds for %s and for no message one bit away', (_name, _advertisement, envelope, text) => {
    const message = bytes(text);
    for (let bit = -1; bit < message.length * 8; bit++) {
      const changed = Uint8Array.from(message);
      if (bit >= 0) changed[bit >> 3] = changed[bit >> 3]! ^ (0x80 >> (bit & 7));
      const read = readAdvertisement(changed, envelope.family);
      const sameLayout = changed[0]! >> 4 === message[0]! >> 4;
      if (read.ok && sameLayout) expect(checksumHolds(read.value, envelope), `bit ${bit}`).toBe(bit < 0);
    }
  });

  it('covers the IPv6 source and no IPv4 source', () => {
    const six = readAdvertisement(encodeAdvertisement(v3ipv6, envelope6), 6);
    expect(six.ok && checksumHolds(six.value, { ...envelope6, source: ip('fe80::b') })).toBe(false);
    const four = readAdvertisement(encodeAdvertisement(v3, envelope4), 4);
    expect(four.ok && checksumHolds(four.value, { ...envelope4, source: ip('192.0.2.2') })).toBe(true);
  });

  it('takes the real destination, not the group, into a unicast pseudo-header', () => {
    const unicast = { ...pseudo4, destination: ip('192.0.2.9') };
    const read = readAdvertisement(encodeAdvertisement(v3, unicast), 4);
    expect(read.ok && checksumHolds(read.value, unicast)).toBe(true);
    expect(read.ok && checksumHolds(read.value, pseudo4)).toBe(false);
  });

  it('leaves padding out', () => {
    const padded = new Uint8Array(46).fill(0xa5);
    padded.set(encodeAdvertisement(v3, pseudo4));
    const read = readAdvertisement(padded, 4);
    expect(read.ok && checksumHolds(read.value, pseudo4)).toBe(true);
    expect(read.ok && read.value.addresses).toEqual(v3.addresses);
  });
});

describe('readAdvertisement', () => {
  it.each(vectors)('refuses every truncation of %s', (_name, _advertisement, { family }, text) => {
    const message = bytes(text);
    for (let length = 0; length < message.length; length++) {
      const read = readAdvertisement(message.subarray(0, length), family);
      expect(read).toEqual({
        ok: false,
        reason: { type: 'too-short', length, needed: length < 8 ? 8 : message.length },
      });
    }
  });

  it('does not believe a count beyond the bytes', () => {
    const message = bytes('310164ff0064050ac00002fe');
    expect(readAdvertisement(message, 4)).toMatchObject({ ok: false, reason: { needed: 8 + 255 * 4 } });
  });

  it('does not take a 16-byte address for four of four bytes', () => {
    const read = readAdvertisement(bytes('310164010064050ac00002fe'), 6);
    expect(read.ok).toBe(false);
  });

  it('masks the reserved bits', () => {
    const read = readAdvertisement(bytes('31016401f064050ac00002fe'), 4);
    expect(read.ok && read.value.interval).toBe(centiseconds(100));
  });

  it('reads only the fixed fields of an unknown version', () => {
    const read = readAdvertisement(bytes('41016401f064050a'), 4);
    expect(read.ok && [read.value.version, read.value.count, read.value.addresses]).toEqual([4, 1, []]);
  });
});

it('finds the VRID without reading more', () => {
  expect(advertisedVrid(bytes('2107'))).toBe(7);
  expect(advertisedVrid(bytes('21'))).toBeUndefined();
});

const anyAddress = (family: Family): fc.Arbitrary<IpAddress> => {
  const length = family === 4 ? 4 : 16;
  return fc.uint8Array({ minLength: length, maxLength: length }).map(ipAddressFromBytes);
};

const anyAdvertisement = fc.constantFrom([2, 4] as const, [3, 4] as const, [3, 6] as const).chain(([version, family]) =>
  fc.record({
    advertisement: fc.record({
      version: fc.constant(version),
      vrid: fc.integer({ min: 1, max: 255 }),
      priority: fc.integer({ min: 0, max: 255 }),
      interval:
        version === 2
          ? fc.integer({ min: 1, max: 255 }).map(seconds)
          : fc.integer({ min: 1, max: 4095 }).map(centiseconds),
      addresses: fc.array(anyAddress(family), { maxLength: 20 }),
      authentication:
        version === 2
          ? fc.option(fc.record({ type: fc.constantFrom(1, 2), data: fc.uint8Array({ minLength: 8, maxLength: 8 }) }), {
              nil: undefined,
            })
          : fc.constant(undefined),
    }),
    envelope: fc.record({
      family: fc.constant(family),
      source: anyAddress(family),
      destination: anyAddress(family),
      pseudoHeader: fc.boolean(),
    }),
  }),
);

it('reads back whatever it can encode', () => {
  fc.assert(
    fc.property(anyAdvertisement, ({ advertisement, envelope }) => {
      const encoded = encodeAdvertisement(advertisement, envelope);
      const read = readAdvertisement(encoded, envelope.family);
      expect(read.ok).toBe(true);
      if (!read.ok) return;
      expect(checksumHolds(read.value, envelope)).toBe(true);
      const { version, vrid, priority, interval, addresses } = advertisement;
      expect(read.value).toMatchObject({ version, type: 1, vrid, priority, interval, addresses });
      expect(read.value.count).toBe(addresses.length);
      const sent = advertisement.authentication ?? { type: 0, data: new Uint8Array(8) };
      expect(read.value.authentication).toEqual(version === 2 ? sent : undefined);
    }),
  );
});

it('reads any bytes without an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom<Family>(4, 6), (input, family) => {
      const read = readAdvertisement(input, family);
      if (read.ok) expect(read.value.message.length).toBeLessThanOrEqual(input.length);
    }),
  );
});
