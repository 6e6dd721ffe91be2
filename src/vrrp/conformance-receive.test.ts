import { describe, expect, it } from 'vitest';
import { centiseconds, seconds } from '../base/duration.ts';
import { ip } from '../base/ip-address.testkit.ts';
import { internetChecksum, pseudoHeader4, pseudoHeader6 } from '../packet/checksum.ts';
import type { VirtualRouterConfiguration } from './configuration.ts';
import { alone, groupOf, master, type Node, type PeerAdvert, router, World } from './conformance.testkit.ts';
import type { Observation, RejectReason } from './receive-checks.ts';
import { configuration } from './router.testkit.ts';

type Settings = Partial<VirtualRouterConfiguration>;

const secret = Uint8Array.from(Buffer.from('secret\0\0'));
const signed: Settings = { version: 2, authentication: { type: 'password', bytes: secret } };
const v2: Settings = { version: 2 };
const v6: Settings = { family: 6 };
const unicast = (checkSource: boolean): Settings => ({
  source: ip('192.0.2.1'),
  destination: {
    type: 'unicast',
    peers: [{ address: ip('192.0.2.9'), minimumTtl: 200, maximumTtl: 255 }],
    ttl: undefined,
    checkSource,
  },
});

/** Sets bytes and makes the checksum right again, for a packet from 192.0.2.9 or fe80::9 to the group. */
const set =
  (edits: Readonly<Record<number, number>>, family: 4 | 6 = 4) =>
  (payload: Uint8Array): Uint8Array => {
    const changed = Uint8Array.from(payload);
    for (const [at, value] of Object.entries(edits)) changed[Number(at)] = value;
    changed.fill(0, 6, 8);
    const [source, group] = [ip(family === 4 ? '192.0.2.9' : 'fe80::9'), groupOf(family)];
    const pseudoHeader = family === 4 ? pseudoHeader4 : pseudoHeader6;
    const header = changed[0]! >> 4 === 2 ? [] : [pseudoHeader(source, group, 112, changed.length)];
    const checksum = internetChecksum([...header, changed]);
    changed[6] = checksum >> 8;
    changed[7] = checksum & 0xff;
    return changed;
  };
const flip = (bit: number) => (payload: Uint8Array) =>
  payload.map((byte, at) => (at === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte));
const cut = (length: number) => (payload: Uint8Array) => payload.slice(0, length);

/** Requirements, what the packet is, the settings of the receiver, the packet, the reason counted. */
type Case = readonly [ids: string, what: string, settings: Settings, advert: PeerAdvert, reason: RejectReason];

const refused: readonly Case[] = [
  ['9568-5.1.1.3-ttl-rx, 9568-7.1-before-state -', 'TTL 254', {}, { ttl: 254 }, 'ttl'],
  ['9568-5.1.1.3-ttl-rx -', 'TTL 1', {}, { ttl: 1 }, 'ttl'],
  ['9568-5.1.1.3-ttl-rx -', 'TTL 0', {}, { ttl: 0 }, 'ttl'],
  ['9568-5.1.2.3-hop-rx -', 'hop limit 254', v6, { ttl: 254 }, 'ttl'],
  ['3768-5.2.3-ttl -', 'TTL 254 in v2', v2, { ttl: 254 }, 'ttl'],
  ['9568-5.2.2-type-rx -', 'type 0', {}, { damage: set({ 0: 0x30 }) }, 'type'],
  ['9568-5.2.2-type-rx -', 'type 2', {}, { damage: set({ 0: 0x32 }) }, 'type'],
  ['9568-5.2.2-type-rx -', 'type 15', {}, { damage: set({ 0: 0x3f }) }, 'type'],
  ['3768-5.3.2-type -', 'type 2 in v2', v2, { damage: set({ 0: 0x22 }) }, 'type'],
  ['9568-7.1-version, 9568-8.4.2-flag -', 'v2 at v3', {}, { version: 2, interval: seconds(1) }, 'version'],
  ['9568-7.1-version -', 'version 0', {}, { damage: set({ 0: 0x01 }) }, 'version'],
  ['9568-7.1-version -', 'version 4', {}, { damage: set({ 0: 0x41 }) }, 'version'],
  ['3768-5.3.1-version -', 'v3 at v2', v2, { version: 3 }, 'version'],
  ['9568-7.1-complete -', 'half an address', {}, { damage: cut(14) }, 'too-short'],
  ['9568-7.1-complete -', 'a count of 255', {}, { damage: set({ 3: 255 }) }, 'too-short'],
  ['9568-5.2.9-family -', 'half the address of the other family', v6, { damage: cut(12) }, 'too-short'],
  ['3768-5.1-length -', 'no authentication data', v2, { damage: cut(16) }, 'too-short'],
  ['3768-5.3.3-fields -', 'a count beyond the bytes', v2, { damage: set({ 3: 3 }) }, 'too-short'],
  ['9568-5.2.8-cksum-rx, 9568-7.1-before-state -', 'a flipped bit', {}, { damage: flip(16) }, 'checksum'],
  ['3768-5.3.8-cksum -', 'a flipped bit of the authentication data', signed, { damage: flip(8 * 17) }, 'checksum'],
  ['9568-5.2.5-count-zero -', 'no address', {}, { addresses: [] }, 'count-zero'],
  ['9568-7.1-interval-nonzero -', 'interval 0', {}, { damage: set({ 4: 0, 5: 0 }) }, 'interval-zero'],
  ['9568-7.1-interval-nonzero -', 'interval 0 over IPv6', v6, { damage: set({ 4: 0, 5: 0 }, 6) }, 'interval-zero'],
  ['3768-7.1-interval -', 'another interval in v2', v2, { interval: seconds(2) }, 'interval-mismatch'],
  [
    '3768-5.3.6-auth0 -',
    'a password where none is wanted',
    v2,
    { authentication: { type: 1, data: secret } },
    'auth-type-mismatch',
  ],
  ['3768-5.3.6-auth-mismatch -', 'type 3', v2, { damage: set({ 4: 3 }) }, 'auth-type-unknown'],
  ['3768-5.3.6-auth-mismatch -', 'type 255', v2, { damage: set({ 4: 255 }) }, 'auth-type-unknown'],
  ['2338-5.3.6-types -', '1 for 0', v2, { damage: set({ 4: 1 }) }, 'auth-type-mismatch'],
  ['2338-5.3.6-types, 2338-5.3.6.3-ah -', '2 for 0', v2, { damage: set({ 4: 2 }) }, 'auth-type-mismatch'],
  ['2338-5.3.6-types -', '0 for 1', signed, { damage: set({ 4: 0 }) }, 'auth-type-mismatch'],
  ['2338-5.3.6-types -', '2 for 1', signed, { damage: set({ 4: 2 }) }, 'auth-type-mismatch'],
  ['2338-5.3.6.2-pass-rx -', 'one byte of the password', signed, { damage: set({ 23: 1 }) }, 'auth-failure'],
  ['2338-7.1-auth-order -', 'a wrong password', signed, { damage: set({ 16: 0x53 }) }, 'auth-failure'],
  ['9568-7.1-vrid -', 'unicast for a multicast router', {}, { to: '192.0.2.1' }, 'multicast-expected'],
  ['9568-7.1-discard -', 'multicast for a unicast router', unicast(false), { to: '224.0.0.18' }, 'unicast-expected'],
  ['9568-7.1-discard -', 'a stranger', unicast(true), { to: '192.0.2.1', from: '192.0.2.8' }, 'unknown-peer'],
  ['9568-7.1-discard -', 'too far a peer', unicast(true), { to: '192.0.2.1', ttl: 199 }, 'peer-ttl'],
  ['9568-5.2.8-cksum6 -', 'no pseudo-header', v6, { damage: withoutPseudoHeader }, 'checksum'],
  [
    '5798-5.2.8-cksum-unicast -',
    'the sum of the group',
    unicast(false),
    { to: '192.0.2.1', damage: set({}) },
    'checksum',
  ],
];

function withoutPseudoHeader(payload: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(payload).fill(0, 6, 8);
  const checksum = internetChecksum([changed]);
  changed[6] = checksum >> 8;
  changed[7] = checksum & 0xff;
  return changed;
}

/** Priorities that would matter to a backup and to a master, if the packet counted. */
const urgent = { backup: [0, 255], master: [0, 101, 255] } as const;

describe.each(['backup', 'master'] as const)('a packet that fails a check changes nothing of a %s', state => {
  it.each(refused)('%s %s', (_ids, _what, settings, advert, reason) => {
    for (const priority of urgent[state]) {
      const { world, node } = state === 'master' ? master(settings) : alone(settings);
      world.runMs(300);
      const before = node.snapshot();
      node.receive({ priority, ...advert });
      expect(node.snapshot()).toEqual(before);
      expect(node.instance().counters.rejected[reason]).toBe(1);
      expect(node.instance().counters.advertisementsReceived).toBe(0);
    }
  });
});

describe('what passes', () => {
  const taken = (settings: Settings, advert: PeerAdvert): Node => {
    const { world, node } = alone(settings);
    world.runMs(1000);
    node.receive({ priority: 200, ...advert });
    return node;
  };
  const accepted: readonly (readonly [ids: string, what: string, settings: Settings, advert: PeerAdvert])[] = [
    [
      '9568-7.1-discard, 9568-7.1-before-state, 9568-5.1.1.3-ttl-rx, 9568-7.1-version, 9568-7.1-complete, 9568-5.2.2-type-rx, 9568-7.1-vrid, 9568-5.2.5-count-zero +',
      'v3 over IPv4',
      {},
      {},
    ],
    ['9568-5.1.2.3-hop-rx, 9568-5.2.8-cksum6, 9568-5.2.9-family, 9568-5.2.9-first-ll-rx +', 'v3 over IPv6', v6, {}],
    [
      '3768-5.1-length, 3768-5.2.3-ttl, 3768-5.3.1-version, 3768-5.3.2-type, 3768-5.3.6-auth-mismatch, 3768-5.3.8-cksum, 3768-7.1-interval +',
      'v2',
      v2,
      {},
    ],
    ['2338-5.3.6.2-pass-rx, 2338-5.3.6-types +', 'v2 with its password', signed, {}],
    ['3768-5.3.6-auth0 +', 'type 0 with random authentication data', v2, { damage: set({ 16: 0x5a, 23: 0xa5 }) }],
    ['9568-7.1-interval-nonzero +', 'the shortest interval', {}, { interval: centiseconds(1) }],
    [
      '9568-7.1-trailing +',
      'padding to the minimum of Ethernet',
      {},
      { damage: payload => Uint8Array.from([...payload, ...new Uint8Array(26).fill(0xee)]) },
    ],
    ['9568-5.2.6-reserve +', 'reserved bits', {}, { damage: set({ 4: 0xf0 }) }],
    ['9568-5.2.8-cksum-rx, 5798-5.2.8-cksum +', 'the checksum with pseudo-header', {}, { pseudoHeader: true }],
    ['9568-5.2.8-cksum4 +', 'the checksum without pseudo-header', {}, { pseudoHeader: false }],
    [
      '5798-5.2.8-cksum-unicast +',
      'a unicast advert summed for its own destination',
      unicast(false),
      { to: '192.0.2.1' },
    ],
  ];

  it.each(accepted)('%s %s', (_ids, _what, settings, advert) => {
    const node = taken(settings, advert);
    expect(node.instance().counters.advertisementsReceived).toBe(1);
    expect(node.instance().machine.state).toMatchObject({ type: 'backup', master: { priority: 200 } });
    expect(node.instance().machine.state).toMatchObject({ timerStartedAt: seconds(1) });
  });

  const noted: readonly (readonly [ids: string, what: string, settings: Settings, advert: PeerAdvert, Observation])[] =
    [
      ['9568-7.1-list-match -', 'another list', {}, { addresses: [ip('192.0.2.77')] }, 'address-list'],
      ['3768-7.1-list -', 'another list in v2', v2, { addresses: [ip('192.0.2.77')] }, 'address-list'],
      ['9568-7.1-interval-match -', 'another interval', {}, { interval: centiseconds(200) }, 'interval-differs'],
      [
        '9568-5.2.9-first-ll-rx -',
        'a first address that is not link-local',
        v6,
        { addresses: ['2001:db8::7', 'fe80::7'].map(ip) },
        'first-address-not-link-local',
      ],
      ['5798-5.2.8-cksum -', 'the form of the checksum that is not ours', {}, { pseudoHeader: false }, 'checksum-form'],
      [
        '9568-5.2.8-cksum4 -',
        'the form that is not ours, when ours is the plain one',
        { checksumWithoutPseudoHeader: true },
        { pseudoHeader: true },
        'checksum-form',
      ],
    ];

  it.each(noted)('%s %s: counted and processed all the same', (_ids, _what, settings, advert, observation) => {
    const node = taken(settings, advert);
    expect(node.instance().counters.observed[observation]).toBe(1);
    expect(node.instance().machine.state).toMatchObject({ master: { priority: 200 } });
  });

  it('9568-7.1-list-match, 9568-5.2.9-order + another order is no mismatch', () => {
    const node = taken({}, { addresses: ['192.0.2.253', '192.0.2.254'].map(ip) });
    expect(node.instance().counters.observed['address-list']).toBe(0);
  });

  it('3768-7.1-list + the same list from anybody is processed and not counted', () => {
    const node = taken(v2, {});
    expect(node.instance().counters.observed['address-list']).toBe(0);
  });

  it('9568-7.1-interval-match + it is logged, a hundred adverts no more than one, and learned', () => {
    const said = (count: number): number => {
      const node = taken({}, { interval: centiseconds(200) });
      for (let more = 1; more < count; more++) node.receive({ priority: 200, interval: centiseconds(200) });
      expect(node.instance().machine.state).toMatchObject({ masterInterval: centiseconds(200) });
      return node.lines.filter(text => text.includes('advertisement interval')).length;
    };
    expect(said(1)).toBeGreaterThan(0);
    expect(said(100)).toBe(said(1));
  });

  it('9568-5.2.6-reserve - reserved bits do not enter the interval', () => {
    const node = taken({}, { damage: set({ 4: 0xf0 }) });
    expect(node.instance().machine.state).toMatchObject({ masterInterval: centiseconds(100) });
  });

  it('9568-5.2.7-interval-units + 100 is one second, 4095 is 40.95 s', () => {
    for (const count of [100, 4095]) {
      const node = taken({}, { damage: set({ 4: count >> 8, 5: count & 0xff }) });
      expect(node.instance().machine.state).toMatchObject({ masterInterval: seconds(count / 100) });
    }
  });

  it('9568-5.2.7-interval-units - 100 is neither 100 s nor 100 ms', () => {
    const node = taken({ advertisementInterval: centiseconds(1) }, { damage: set({ 4: 0, 5: 100 }) });
    expect(node.instance().machine.nextDeadline()).toBe(seconds(1 + 3.609375));
  });

  it('9568-7.1-trailing - padding enters neither checksum nor list', () => {
    const virtual = [...ip('192.0.2.77')].map(digit => digit.charCodeAt(0));
    const node = taken({}, { damage: payload => Uint8Array.from([...payload, ...virtual]) });
    expect(node.instance().counters.observed).toMatchObject({ 'address-list': 0, 'checksum-form': 0 });
  });
});

describe('every damage', () => {
  it('9568-5.2.8-cksum-rx, 9568-5.2.8-cksum-alg, 3768-5.3.8-cksum - any single flipped bit is refused', () => {
    for (const settings of [{}, v2, signed, v6] satisfies Settings[]) {
      const { node } = alone(settings);
      const before = node.snapshot();
      const length = 8 + (settings.family === 6 ? 32 : 8) + (settings.version === 2 ? 8 : 0);
      for (let bit = 0; bit < length * 8; bit++) node.receive({ priority: 200, damage: flip(bit) });
      expect(node.snapshot()).toEqual(before);
      expect(node.instance().counters.advertisementsReceived).toBe(0);
    }
  });

  it('9568-7.1-complete, 3768-5.1-length - any truncation is refused', () => {
    for (const settings of [{}, v2, signed, v6] satisfies Settings[]) {
      const { node } = alone(settings);
      const before = node.snapshot();
      const whole = 8 + (settings.family === 6 ? 32 : 8) + (settings.version === 2 ? 8 : 0);
      for (let length = 0; length < whole; length++) node.receive({ priority: 200, damage: cut(length) });
      expect(node.snapshot()).toEqual(before);
    }
  });

  it.each(refused)('9568-7.1-discard - a steady stream delays no advert: %s %s', (_ids, _what, settings, advert) => {
    const { world, node } = master(settings);
    const begin = world.time;
    for (let count = 0; count < 20; count++) {
      world.runMs(300);
      node.receive({ priority: 0, ...advert });
    }
    const perAdvert = settings.destination?.type === 'unicast' ? 1 : 1;
    expect(node.sentAt.map(at => at - begin)).toEqual([1, 2, 3, 4, 5, 6].map(at => at * 1000 * perAdvert));
  });
});

describe('the VRID', () => {
  it('9568-7.1-vrid, 9568-5.2.3-vrid-range - an unknown one changes nothing', () => {
    const { node } = alone();
    const before = node.snapshot();
    node.receive({ vrid: 8, priority: 255 });
    node.receive({ priority: 255, damage: set({ 1: 0 }) });
    expect(node.snapshot()).toEqual(before);
  });

  it('9568-7.1-vrid - one known on the other interface only changes nothing', () => {
    const world = new World();
    const node = world.add(configuration([router(), router({ name: 'other', vrid: 8, interface: 'eth1' })]));
    const before = [node.snapshot('R'), node.snapshot('other')];
    node.receive({ vrid: 8, priority: 255 });
    expect([node.snapshot('R'), node.snapshot('other')]).toEqual(before);
  });

  it('3768-7.1-vrid-owner - an unknown one is discarded, by an owner too', () => {
    const { node } = master({ version: 2, priority: 255 });
    const before = node.snapshot();
    node.receive({ vrid: 8, priority: 255 });
    expect(node.snapshot()).toEqual(before);
  });
});

describe('what is told about a failed check', () => {
  it('9568-7.1-log + one line names the check and the sender', () => {
    const { node } = alone();
    node.receive({ ttl: 254 });
    const lines = node.lines.filter(text => text.includes('192.0.2.9'));
    expect(lines.length).toBe(1);
    expect(lines[0]).toContain('TTL');
  });

  it('9568-7.1-log - a flood fills no log, and the counter is exact', () => {
    const { node } = alone();
    for (let count = 0; count < 10_000; count++) node.receive({ ttl: 254 });
    expect(node.lines.filter(text => text.includes('192.0.2.9')).length).toBe(1);
    expect(node.instance().counters.rejected.ttl).toBe(10_000);
  });

  it('9568-7.1-mgmt + each check has a counter of its own', () => {
    const { node } = alone();
    node.receive({ ttl: 254 });
    node.receive({ damage: flip(16) });
    expect(node.instance().counters.rejected).toMatchObject({ ttl: 1, checksum: 1, version: 0 });
  });

  it('9568-7.1-mgmt - a valid advert moves none of them', () => {
    const { node } = alone();
    node.receive({ priority: 200 });
    expect(new Set(Object.values(node.instance().counters.rejected))).toEqual(new Set([0]));
  });
});

describe('a password', () => {
  it.each([0, 101, 255])('2338-7.1-auth-order + priority %i with the right one counts', priority => {
    const { node } = master(signed);
    const before = node.snapshot();
    node.receive({ priority });
    expect(node.snapshot()).not.toEqual(before);
  });
});
