import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centiseconds, seconds } from '../base/duration.ts';
import { ip } from '../base/ip-address.testkit.ts';
import { internetChecksum, pseudoHeader4 } from '../packet/checksum.ts';
import { type Advertisement, encodeAdvertisement } from '../packet/vrrp-advertisement.ts';
import {
  checkAdvertisement,
  type Expectation,
  type Observation,
  type ReceivedPacket,
  type RejectReason,
  rejectReasons,
} from './receive-checks.ts';

const group = ip('224.0.0.18');
const group6 = ip('ff02::12');
const peer = ip('192.0.2.2');
const own = ip('192.0.2.1');

const advert3: Advertisement = {
  version: 3,
  vrid: 7,
  priority: 100,
  interval: centiseconds(100),
  addresses: [ip('192.0.2.254'), ip('192.0.2.253')],
  authentication: undefined,
};
const advert2: Advertisement = { ...advert3, version: 2, interval: seconds(1) };
const advert6: Advertisement = { ...advert3, addresses: [ip('fe80::7'), ip('2001:db8::7')] };

const expected3: Expectation = {
  version: 3,
  vrid: 7,
  priority: 100,
  interval: centiseconds(100),
  authentication: { type: 'none' },
  addresses: advert3.addresses,
  destination: { type: 'multicast', group },
  checksumWithoutPseudoHeader: false,
  skipAddressCheck: false,
  ownerIgnoreAdverts: false,
  ownSource: own,
};
const expected2: Expectation = { ...expected3, version: 2, interval: seconds(1) };
const expected6: Expectation = {
  ...expected3,
  addresses: advert6.addresses,
  destination: { type: 'multicast', group: group6 },
  ownSource: ip('fe80::1'),
};
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const password = { type: 'password', bytes: bytesOf('secret\0\0') } as const;
const signed2: Advertisement = { ...advert2, authentication: { type: 1, data: password.bytes } };
const expectedSigned2: Expectation = { ...expected2, authentication: password };

const packet = (advertisement: Advertisement, changes: Partial<ReceivedPacket> = {}, pseudoHeader = true) => {
  const family = changes.family ?? 4;
  const source = changes.source ?? (family === 4 ? peer : ip('fe80::2'));
  const destination = changes.destination ?? (family === 4 ? group : group6);
  const payload = encodeAdvertisement(advertisement, { family, source, destination, pseudoHeader });
  return { family, source, destination, ttl: 255, payload, ...changes } satisfies ReceivedPacket;
};

/** The packet with bytes of its message replaced and the checksum made right again. */
const edited = (received: ReceivedPacket, edits: Readonly<Record<number, number>>): ReceivedPacket => {
  const payload = Uint8Array.from(received.payload);
  for (const [place, value] of Object.entries(edits)) payload[Number(place)] = value;
  payload.fill(0, 6, 8);
  const { source, destination } = received;
  const version = payload[0]! >> 4;
  const header = version === 3 ? [pseudoHeader4(source, destination, 112, payload.length)] : [];
  const checksum = internetChecksum([...header, payload]);
  payload[6] = checksum >> 8;
  payload[7] = checksum & 0xff;
  return { ...received, payload };
};

const unicast = (checkSource: boolean): Expectation => ({
  ...expected3,
  destination: {
    type: 'unicast',
    peers: [{ address: peer, minimumTtl: 250, maximumTtl: 254 }],
    ttl: undefined,
    checkSource,
  },
});
const toUs = { destination: own };

const rejected: readonly (readonly [RejectReason, string, ReceivedPacket, Expectation])[] = [
  ['too-short', 'an empty message', packet(advert3, { payload: new Uint8Array(0) }), expected3],
  ['too-short', '7 bytes', packet(advert3, { payload: packet(advert3).payload.subarray(0, 7) }), expected3],
  ['too-short', 'an address cut off', packet(advert3, { payload: packet(advert3).payload.subarray(0, 15) }), expected3],
  [
    'too-short',
    'v2 without its last 8 bytes',
    packet(advert2, { payload: packet(advert2).payload.subarray(0, 16) }),
    expected2,
  ],
  ['too-short', 'a count of 255', edited(packet(advert3), { 3: 255 }), expected3],
  ['ttl', 'TTL 254', packet(advert3, { ttl: 254 }), expected3],
  ['ttl', 'TTL 1', packet(advert3, { ttl: 1 }), expected3],
  ['ttl', 'TTL 0', packet(advert3, { ttl: 0 }), expected3],
  ['ttl', 'TTL 254 in v2', packet(advert2, { ttl: 254 }), expected2],
  ['ttl', 'hop limit 254', packet(advert6, { family: 6, ttl: 254 }), expected6],
  ['version', 'v2 at v3', packet(advert2), expected3],
  ['version', 'v3 at v2', packet(advert3), expected2],
  ['version', 'version 0', edited(packet(advert3), { 0: 0x01 }), expected3],
  ['version', 'version 4', edited(packet(advert3), { 0: 0x41 }), expected3],
  [
    'checksum',
    'a flipped bit',
    { ...packet(advert3), payload: packet(advert3).payload.map((byte, at) => (at === 2 ? byte ^ 1 : byte)) },
    expected3,
  ],
  ['checksum', 'v2 with a pseudo-header', packet(advert2, { payload: withPseudoHeader(packet(advert2)) }), expected2],
  [
    'checksum',
    'v2 summed without the authentication data',
    packet(signed2, { payload: withoutTail(packet(signed2)) }),
    expectedSigned2,
  ],
  ['checksum', 'IPv6 from another source', { ...packet(advert6, { family: 6 }), source: ip('fe80::3') }, expected6],
  ['checksum', 'a unicast advert summed for the group', { ...packet(advert3), ...toUs }, unicast(false)],
  ['type', 'type 0', edited(packet(advert3), { 0: 0x30 }), expected3],
  ['type', 'type 2', edited(packet(advert3), { 0: 0x32 }), expected3],
  ['type', 'type 15', edited(packet(advert3), { 0: 0x3f }), expected3],
  ['type', 'type 2 in v2', edited(packet(advert2), { 0: 0x22 }), expected2],
  ['vrid', 'another VRID', packet({ ...advert3, vrid: 8 }), expected3],
  ['vrid', 'VRID 0', edited(packet(advert3), { 1: 0 }), expected3],
  ['auth-type-unknown', 'type 3', edited(packet(advert2), { 4: 3 }), expected2],
  ['auth-type-unknown', 'type 255 where a password is wanted', edited(packet(signed2), { 4: 255 }), expectedSigned2],
  ['auth-type-mismatch', 'a password where none is wanted', packet(signed2), expected2],
  ['auth-type-mismatch', 'AH where nothing is wanted', edited(packet(advert2), { 4: 2 }), expected2],
  ['auth-type-mismatch', 'no password where one is wanted', packet(advert2), expectedSigned2],
  ['auth-type-mismatch', 'AH where a password is wanted', edited(packet(signed2), { 4: 2 }), expectedSigned2],
  ['auth-failure', 'another last byte', edited(packet(signed2), { 23: 1 }), expectedSigned2],
  ['auth-failure', 'another first byte', edited(packet(signed2), { 16: 0x53 }), expectedSigned2],
  ['interval-mismatch', '2 s at 1 s', packet({ ...advert2, interval: seconds(2) }), expected2],
  ['interval-mismatch', '0 s in v2', edited(packet(advert2), { 5: 0 }), expected2],
  ['interval-zero', '0 in v3', edited(packet(advert3), { 4: 0, 5: 0 }), expected3],
  ['interval-zero', '0 beside reserved bits', edited(packet(advert3), { 4: 0xf0, 5: 0 }), expected3],
  ['count-zero', 'no address in v3', packet({ ...advert3, addresses: [] }), expected3],
  ['unicast-expected', 'multicast at a unicast instance', packet(advert3), unicast(false)],
  ['multicast-expected', 'unicast at a multicast instance', packet(advert3, toUs), expected3],
  ['wrong-group', 'another group', packet(advert3, { destination: ip('224.0.0.19') }), expected3],
  ['unknown-peer', 'a stranger', packet(advert3, { ...toUs, source: ip('192.0.2.3'), ttl: 252 }), unicast(true)],
  ['unknown-peer', 'anybody, without peers', packet(advert3, toUs), { ...expected3, destination: { type: 'no-peer' } }],
  ['peer-ttl', 'a TTL below the bound', packet(advert3, { ...toUs, ttl: 249 }), unicast(true)],
  ['peer-ttl', 'a TTL above the bound', packet(advert3, { ...toUs, ttl: 255 }), unicast(true)],
  [
    'owner-ignores',
    'an advert for the owner',
    packet(advert3),
    { ...expected3, priority: 255, ownerIgnoreAdverts: true },
  ],
];

function withPseudoHeader({ payload, source, destination }: ReceivedPacket): Uint8Array {
  const bytes = Uint8Array.from(payload).fill(0, 6, 8);
  const checksum = internetChecksum([pseudoHeader4(source, destination, 112, bytes.length), bytes]);
  bytes[6] = checksum >> 8;
  bytes[7] = checksum & 0xff;
  return bytes;
}

function withoutTail({ payload }: ReceivedPacket): Uint8Array {
  const bytes = Uint8Array.from(payload).fill(0, 6, 8);
  const checksum = internetChecksum([bytes.subarray(0, -8)]);
  bytes[6] = checksum >> 8;
  bytes[7] = checksum & 0xff;
  return bytes;
}

describe('rejects', () => {
  it.each(rejected)('%s: %s', (reason, _name, received, expected) => {
    expect(checkAdvertisement(received, expected)).toEqual({ ok: false, reason });
  });

  it('for every reason there is', () => {
    expect(new Set(rejected.map(([reason]) => reason))).toEqual(new Set(rejectReasons));
  });

  it('every single flipped bit, as a checksum, length or version error', () => {
    const cases = [
      [packet(advert3), expected3],
      [packet(advert2), expected2],
      [packet(signed2), expectedSigned2],
      [packet(advert6, { family: 6 }), expected6],
    ] as const;
    for (const [received, expected] of cases) {
      for (let bit = 0; bit < received.payload.length * 8; bit++) {
        const payload = Uint8Array.from(received.payload);
        payload[bit >> 3] = payload[bit >> 3]! ^ (0x80 >> (bit & 7));
        const result = checkAdvertisement({ ...received, payload }, expected);
        const reasons: RejectReason[] =
          bit < 4 ? ['version'] : bit >> 3 === 3 ? ['checksum', 'too-short'] : ['checksum'];
        expect(result.ok ? undefined : result.reason, `bit ${bit}`).toSatisfy((reason: RejectReason) =>
          reasons.includes(reason),
        );
      }
    }
  });
});

const accepted: readonly (readonly [string, ReceivedPacket, Expectation, readonly Observation[]])[] = [
  ['v3', packet(advert3), expected3, []],
  ['v3 with priority 0', packet({ ...advert3, priority: 0 }), expected3, []],
  ['v2', packet(advert2), expected2, []],
  ['v2 with its password', packet(signed2), expectedSigned2, []],
  ['v2 type 0 with anything in the authentication data', edited(packet(advert2), { 16: 0xff, 23: 1 }), expected2, []],
  ['IPv6', packet(advert6, { family: 6 }), expected6, []],
  [
    'padding',
    packet(advert3, { payload: Uint8Array.from([...packet(advert3).payload, ...new Uint8Array(26)]) }),
    expected3,
    [],
  ],
  ['reserved bits', edited(packet(advert3), { 4: 0xf0 }), expected3, []],
  ['another interval in v3', packet({ ...advert3, interval: centiseconds(300) }), expected3, ['interval-differs']],
  ['the shortest interval', packet({ ...advert3, interval: centiseconds(1) }), expected3, ['interval-differs']],
  ['the plain checksum', packet(advert3, {}, false), expected3, ['checksum-form']],
  [
    'the pseudo-header where we leave it out',
    packet(advert3),
    { ...expected3, checksumWithoutPseudoHeader: true },
    ['checksum-form'],
  ],
  [
    'the plain checksum where we send it',
    packet(advert3, {}, false),
    { ...expected3, checksumWithoutPseudoHeader: true },
    [],
  ],
  [
    'the addresses in another order',
    packet({ ...advert3, addresses: [...advert3.addresses].reverse() }),
    expected3,
    [],
  ],
  ['other addresses', packet({ ...advert3, addresses: [own] }), expected3, ['address-list']],
  ['as many, but other addresses', packet({ ...advert3, addresses: [own, peer] }), expected3, ['address-list']],
  [
    'an address twice',
    packet({ ...advert3, addresses: [advert3.addresses[0]!, advert3.addresses[0]!] }),
    expected3,
    ['address-list'],
  ],
  [
    'other addresses, unchecked',
    packet({ ...advert3, addresses: [own] }),
    { ...expected3, skipAddressCheck: true },
    [],
  ],
  ['no address in v2', packet({ ...advert2, addresses: [] }), expected2, ['address-list']],
  ['no address where we advertise none', packet({ ...advert3, addresses: [] }), { ...expected3, addresses: [] }, []],
  ['our own source', packet(advert3, { source: own }), expected3, ['own-address']],
  [
    'a first address that is not link-local',
    packet({ ...advert6, addresses: [...advert6.addresses].reverse() }, { family: 6 }),
    expected6,
    ['first-address-not-link-local'],
  ],
  ['an advert at an owner', packet(advert3), { ...expected3, priority: 255 }, ['owner-hears-advert']],
  ['unicast from far away', packet(advert3, { ...toUs, ttl: 3 }), unicast(false), []],
  ['unicast from a stranger, unchecked', packet(advert3, { ...toUs, source: ip('198.51.100.1') }), unicast(false), []],
  ['unicast at the lower bound', packet(advert3, { ...toUs, ttl: 250 }), unicast(true), []],
  ['unicast at the upper bound', packet(advert3, { ...toUs, ttl: 254 }), unicast(true), []],
];

describe('accepts', () => {
  it.each(accepted)('%s', (_name, received, expected, observations) => {
    const result = checkAdvertisement(received, expected);
    expect(result.ok ? result.value.observations : result.reason).toEqual(observations);
  });

  it('and takes the interval from the low 12 bits', () => {
    const result = checkAdvertisement(edited(packet(advert3), { 4: 0xff, 5: 0xff }), expected3);
    expect(result.ok && result.value.advertisement.interval).toBe(centiseconds(4095));
  });
});

it('judges any bytes without an exception, and changes none of them', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      fc.constantFrom(expected2, expectedSigned2, expected3, expected6),
      fc.boolean(),
      (bytes, expected, plausible) => {
        const payload = Uint8Array.from(bytes, (byte, at) =>
          plausible && at === 0 ? (expected.version << 4) | 1 : plausible && at === 1 ? 7 : byte,
        );
        const before = Uint8Array.from(payload);
        const family = expected === expected6 ? 6 : 4;
        checkAdvertisement(packet(family === 6 ? advert6 : advert3, { family, payload }), expected);
        expect(payload).toEqual(before);
      },
    ),
  );
});
