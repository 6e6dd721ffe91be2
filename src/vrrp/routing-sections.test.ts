import { describe, expect, it } from 'vitest';
import { instanceText, load } from '../engine/configuration.testkit.ts';
import type { VirtualRoute, VirtualRule } from './configuration.ts';

function vrrp(text: string) {
  const { configuration } = load(text);
  return configuration?.vrrp;
}

function routeOf(line: string): VirtualRoute | undefined {
  return vrrp(instanceText(`virtual_routes {\n${line}\n}`))?.instances[0]?.routes?.[0];
}

function rulesOf(...lines: readonly string[]): readonly VirtualRule[] {
  return vrrp(instanceText(`virtual_rules {\n${lines.join('\n')}\n}`))?.instances[0]?.rules ?? [];
}

describe('a line of virtual_routes', () => {
  it('has defaults', () => {
    expect(routeOf('10.9.0.0/24 dev eth1')).toMatchObject({
      family: 4,
      type: 1,
      place: 'prepend',
      destination: { address: '10.9.0.0', prefixLength: 24 },
      device: 'eth1',
      table: 254,
      protocol: 18,
      scope: 0,
      metric: undefined,
      noTrack: false,
    });
  });

  it('takes what goes without an interface for untracked', () => {
    expect(routeOf('blackhole 10.9.0.0/24')).toMatchObject({ type: 6, place: 'add', noTrack: true });
  });

  it('gives metrics their units and locks', () => {
    const line = '10.9.0.0/24 dev eth1 mtu lock 1400 rtt 2000 rttvar 5ms rto_min lock 3s features ecn congctl lock bbr';
    expect(routeOf(line)?.metrics).toEqual({
      plain: { mtu: 1_400 },
      times: { rtt: 250_000, rttvar: 200_000, rto_min: 3_000_000 },
      ecn: true,
      congestionControl: 'bbr',
      locked: ['mtu', 'rto_min', 'congctl'],
    });
  });

  it('takes hops, tunnels and realms', () => {
    expect(routeOf('10.9.0.0/24 dev eth0 encap ip id 5 dst 10.0.0.3 ttl 4 realms cosmos/7')).toMatchObject({
      encapsulation: { type: 'ip', id: '5', destination: '10.0.0.3', hopLimit: 4, trafficClass: undefined },
      realms: { source: 0, destination: 7 },
    });
    expect(routeOf('10.9.0.0/24 nexthop via 10.0.0.1 dev eth0 weight 5 nexthop dev eth1 onlink')?.nextHops).toEqual([
      { gateway: '10.0.0.1', device: 'eth0', weight: 5, onlink: false, realms: undefined, encapsulation: undefined },
      { gateway: undefined, device: 'eth1', weight: 1, onlink: true, realms: undefined, encapsulation: undefined },
    ]);
    const second = routeOf('10.9.0.0/24 via 10.0.0.1 dev eth0 or 10.0.0.2');
    expect(second?.gateway).toBeUndefined();
    expect(second?.nextHops.map(({ gateway }) => gateway)).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it('is of the family of its addresses', () => {
    expect(routeOf('default6 via fe80::9 dev eth0')).toMatchObject({
      family: 6,
      destination: { address: '::', prefixLength: 0 },
      gateway: 'fe80::9',
    });
    expect(routeOf('default via fe80::9 dev eth0 pref high expires 7')).toMatchObject({
      destination: { address: '::', prefixLength: 0 },
      preference: 'high',
      expiresSeconds: 7,
    });
  });

  it('that is tracked has our protocol, another one keeps its own', () => {
    expect(routeOf('10.9.0.0/24 dev eth0 protocol 40')?.protocol).toBe(18);
    expect(routeOf('10.9.0.0/24 dev eth0 protocol 40 no_track')?.protocol).toBe(40);
  });

  it('gives local and broadcast routes the scope that the kernel wants', () => {
    expect(routeOf('local 10.9.0.1 dev eth0')?.scope).toBe(254);
    expect(routeOf('broadcast 10.9.0.255 dev eth0')?.scope).toBe(253);
    expect(routeOf('broadcast 10.9.0.255 dev eth0 scope 7')?.scope).toBe(7);
  });

  it('is left out if it makes no sense', () => {
    expect(routeOf('10.9.0.0/24 dev eth0 bogus')).toBeUndefined();
    expect(routeOf('10.9.0.0/24 dev eth0 mtu many')).toBeUndefined();
  });
});

describe('a line of virtual_rules', () => {
  it('has defaults, and a preference below those of the lines before', () => {
    const [first, second, third] = rulesOf(
      'from 10.9.0.0/24 table 7',
      'iif eth0 lookup main order 5',
      'nop to fe80::/64',
    );
    expect(first).toMatchObject({ family: 4, preference: 16_384, protocol: 18, tos: 0, inverted: false });
    expect(first?.action).toEqual({ type: 'table', table: 7 });
    expect(second).toMatchObject({ preference: 5, inputInterface: 'eth0', action: { type: 'table', table: 254 } });
    expect(third).toMatchObject({ family: 6, preference: 16_383, action: { type: 'nop' } });
  });

  it('takes every selector', () => {
    const [rule] = rulesOf(
      'not from 10.9.3.0/24 to 10.9.4.0/24 fwmark 0x5/0x7 oif eth0 suppress_prefixlength 5 suppress_ifgroup 3 tos AF11 ' +
        'tunnel-id 18446744073709551615 uidrange 5-6 ipproto tcp sport 5-6 dport 7-8 realms 3/4 goto 50 preference 4 no_track',
    );
    expect(rule).toMatchObject({
      inverted: true,
      mark: { value: 5, mask: 7 },
      suppressPrefixLength: 5,
      suppressInterfaceGroup: 3,
      tos: 0x28,
      tunnelId: '18446744073709551615',
      userIds: { first: 5, last: 6 },
      ipProtocol: 6,
      sourcePorts: { first: 5, last: 6 },
      destinationPorts: { first: 7, last: 8 },
      realms: { source: 3, destination: 4 },
      action: { type: 'goto', preference: 50 },
      protocol: undefined,
      noTrack: true,
    });
  });
});

describe('static lines', () => {
  it('are read, rules of the whole file sharing their preferences', () => {
    const text = `track_group g {\ngroup {\nV\n}\n}
static_ipaddress {\n10.0.0.9/24\n10.0.1.9/24 dev eth1 track_group g\n}
static_routes {\n10.9.0.0/24 dev eth1 track_group g\n}
static_rules {\nfrom 10.9.0.0/24 table 7\n}
${instanceText('virtual_rules {\nfrom 10.9.1.0/24 table 7\n}')}`;
    const read = vrrp(text);
    expect(read?.statics?.addresses).toMatchObject([
      { address: '10.0.0.9', interface: 'eth0', trackGroup: undefined },
      { address: '10.0.1.9', interface: 'eth1', trackGroup: 'g' },
    ]);
    expect(read?.statics?.routes).toMatchObject([{ device: 'eth1', trackGroup: 'g' }]);
    expect(read?.statics?.rules).toMatchObject([{ preference: 16_384 }]);
    expect(read?.instances[0]?.rules).toMatchObject([{ preference: 16_383 }]);
  });
});
