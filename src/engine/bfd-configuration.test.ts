import { describe, expect, it } from 'vitest';
import { microseconds, milliseconds, seconds } from '../base/duration.ts';
import { ip } from '../base/ip-address.testkit.ts';
import type { BfdInstanceConfiguration } from '../bfd/configuration.ts';
import { instance } from '../bfd/session.testkit.ts';
import { instanceText, load } from './configuration.testkit.ts';

const bfd = (lines: string, name = 'b', peer = 'neighbor_ip 10.0.0.7'): string =>
  `bfd_instance ${name} {\n${peer}\n${lines}\n}\n`;

function bfdOf(lines: string, peer?: string): BfdInstanceConfiguration | undefined {
  return load(bfd(lines, 'b', peer) + instanceText()).configuration?.bfd.instances[0];
}

describe('bfd_instance', () => {
  it('has keepalived’s defaults', () => {
    expect(bfdOf('')).toEqual(instance({ name: 'b', neighbor: ip('10.0.0.7') }));
  });

  it.each([
    ['min_rx 50', { minRx: milliseconds(50) }],
    ['min_tx 10.5', { minTx: microseconds(10_500) }],
    ['idle_tx 2000', { idleTx: seconds(2) }],
    ['multihop', { multihop: true }],
    ['weight -20 reverse', { weight: -20, reverse: true }],
    ['vrrp', { toVrrp: true, toChecker: false }],
    ['checker', { toVrrp: false, toChecker: true }],
    ['vrrp\nchecker', { toVrrp: true, toChecker: true }],
    ['max_hops 3', { ttl: 255, minimumTtl: 252 }],
    ['max_hops -1', { minimumTtl: 0 }],
    ['ttl 64\nmax_hops 4', { ttl: 64, minimumTtl: 60 }],
    ['source_ip 10.0.0.2', { source: '10.0.0.2' }],
  ])('%s', (lines, expected) => {
    expect(bfdOf(lines)).toMatchObject(expected);
    expect(load(bfd(lines) + instanceText()).codes).toEqual([]);
  });

  it.each([
    ['5880-6.8.1-mult-nonzero +', 'multiplier 1', { multiplier: 1 }, []],
    ['5880-6.8.1-mult-nonzero +', 'multiplier 255', { multiplier: 255 }, ['bfd-slow']],
    ['5880-6.8.1-mult-nonzero -', 'multiplier 0', { multiplier: 5 }, ['bad-value']],
    ['5880-6.8.1-mult-nonzero -', 'multiplier 256', { multiplier: 5 }, ['bad-value']],
    ['5881-3-active +', 'min_rx 10', { passive: false }, []],
    ['5881-3-active -', 'passive', { passive: true }, ['bfd-passive']],
    ['', 'idle_tx 999', { idleTx: seconds(1) }, ['bad-value']],
    ['', 'min_rx 0', { minRx: milliseconds(10) }, ['bad-value']],
    ['', 'min_rx 20000', { minRx: seconds(20) }, ['bfd-slow']],
    ['', 'ttl 5\nmax_hops 6', { minimumTtl: 0 }, ['bfd-hops']],
    ['', 'weight 300', { weight: 0 }, ['bad-value']],
    ['', 'weight 10 foo', { weight: 10, reverse: false }, ['bad-tracker-option']],
  ] as [string, string, object, string[]][])('%s %s', (_id, lines, expected, codes) => {
    expect(bfdOf(lines)).toMatchObject(expected);
    expect(load(bfd(lines) + instanceText()).codes).toEqual(codes);
  });

  it('5881-6-onehop + takes an IPv6 neighbor that is 64 hops from nowhere, as keepalived sends', () => {
    expect(bfdOf('', 'neighbor_ip fd00::7')).toMatchObject({ ttl: 255, minimumTtl: 64 });
    expect(bfdOf('ttl 255', 'neighbor_ip fd00::7')).toMatchObject({ ttl: 255, minimumTtl: 255 });
  });

  it('5881-3-one-session + an IPv4 and an IPv6 neighbor are two sessions', () => {
    const text = bfd('') + bfd('', 'six', 'neighbor_ip fd00::7') + instanceText();
    expect(load(text).configuration?.bfd.instances).toHaveLength(2);
  });

  it.each([
    ['5881-3-one-session - the same neighbor twice', bfd('') + bfd('', 'c'), 'bfd-unusable', 1],
    ['the same name twice', bfd('') + bfd('', 'b', 'neighbor_ip 10.0.0.8'), 'duplicate-name', 1],
    ['no neighbor', bfd('', 'b', 'source_ip 10.0.0.2'), 'bfd-unusable', 0],
    ['a neighbor that is no address', bfd('', 'b', 'neighbor_ip x'), 'bad-value', 0],
    ['two families', bfd('source_ip fd00::1'), 'bfd-unusable', 0],
    ['a group for a neighbor', bfd('', 'b', 'neighbor_ip 224.0.0.7'), 'bfd-unusable', 0],
    ['a long name', bfd('', 'a'.repeat(32)), 'bad-value', 0],
  ])('%s: is left out', (_name, text, code, count) => {
    const { codes, configuration } = load(text + instanceText());
    expect(codes).toEqual([code]);
    expect(configuration?.bfd.instances).toHaveLength(count);
  });
});

describe('track_bfd', () => {
  const tracking = (lines: string, session = ''): ReturnType<typeof load> =>
    load(bfd(session) + instanceText(`track_bfd {\n${lines}\n}`));

  it.each([
    ['b', '', { weight: 0, reverse: false }],
    ['b', 'weight 10 reverse', { weight: 10, reverse: true }],
    ['b weight 5', 'weight 10 reverse', { weight: 5, reverse: false }],
    ['b weight 5 reverse', '', { weight: 5, reverse: true }],
    ['b weight 5 noreverse', 'weight 10 reverse', { weight: 5, reverse: false }],
  ])('%s of a session with "%s"', (line, session, expected) => {
    const { configuration, codes } = tracking(line, session);
    expect(configuration?.vrrp.instances[0]?.trackBfd).toEqual([{ session: 'b', ...expected }]);
    expect(codes).toEqual([]);
  });

  it('of a session that is for checkers only, or that nobody defines, tracks nothing', () => {
    expect(tracking('b', 'checker').codes).toEqual(['unknown-bfd-instance']);
    expect(tracking('x').configuration?.vrrp.instances[0]?.trackBfd).toEqual([]);
  });

  it('of one that is defined further down works, and is said', () => {
    const { configuration, codes } = load(instanceText('track_bfd {\nb\n}') + bfd(''));
    expect(configuration?.vrrp.instances[0]?.trackBfd).toHaveLength(1);
    expect(codes).toEqual(['unknown-bfd-instance']);
  });

  it('of a sync group counts for its members, without weights', () => {
    const group = (lines: string): string =>
      `vrrp_sync_group G {\ngroup {\nV\nW\n}\ntrack_bfd {\n${lines}\n}\n}\n${instanceText()}${instanceText(
        '',
        '10.0.0.2',
      )
        .replace('instance V', 'instance W')
        .replace('_id 5', '_id 6')}`;
    const plain = load(bfd('') + group('b'));
    expect(plain.codes).toEqual([]);
    expect(plain.configuration?.vrrp.syncGroups[0]?.trackBfd).toEqual([{ session: 'b', weight: 0, reverse: false }]);
    const weighted = load(bfd('') + group('b weight 5'));
    expect(weighted.codes).toEqual(['weight-in-sync-group']);
    expect(weighted.configuration?.vrrp.syncGroups[0]?.trackBfd).toEqual([]);
  });
});
