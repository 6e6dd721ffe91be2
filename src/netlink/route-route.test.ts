import { describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../base/duration.ts';
import { ip } from '../base/ip-address.testkit.ts';
import type { RouteRequest } from '../ports/route.ts';
import { plainRoute, prefix } from '../ports/routing.testkit.ts';
import { decodeMessages } from './message.ts';
import { MessageWriter } from './message-writer.ts';
import { decodeRouteKey, encodeAddRoute, encodeRemoveRoute, routeKey } from './route-route.ts';

const route = (rest?: Partial<RouteRequest>): RouteRequest => plainRoute(3, rest);

/** Hexadecimal, the netlink header's length left out. */
function encoded(request: RouteRequest, encode = encodeAddRoute): string {
  const writer = new MessageWriter();
  encode(writer, request, 7, true);
  return Buffer.from(writer.bytes()).toString('hex').slice(8);
}

const header = (type: string, flags: string): string => `${type}${flags}0700000000000000`;

describe('encoding routes', () => {
  it('adds one by the flags of its place, and removes it', () => {
    const rest = '02180000fe12000100000000' + '080001000a010000' + '0800040003000000';
    expect(encoded(route())).toBe(header('1800', '0504') + rest);
    expect(encoded(route({ place: 'append' }))).toBe(header('1800', '050c') + rest);
    expect(encoded(route({ place: 'add' }))).toBe(header('1800', '0506') + rest);
    expect(encoded(route(), encodeRemoveRoute)).toBe(header('1900', '0500') + rest);
  });

  it('writes gateway, source, metric, a large table and realms', () => {
    const request = route({
      gateway: ip('10.0.0.9'),
      preferredSource: ip('10.0.0.1'),
      metric: 5,
      table: 70_000,
      realms: { source: 3, destination: 4 },
      onlink: true,
      tos: 16,
    });
    expect(encoded(request)).toBe(
      header('1800', '0504') +
        '02180010' +
        '00120001' +
        '04000000' +
        '080001000a010000' +
        '08000f0070110100' +
        '080007000a000001' +
        '0800060005000000' +
        '080005000a000009' +
        '0800040003000000' +
        '08000b0004000300',
    );
  });

  it('writes metrics in the kernel\u2019s units, with their locks', () => {
    const metrics: RouteRequest['metrics'] = {
      plain: { mtu: 1_400, hoplimit: 7 },
      times: { rtt: milliseconds(250), rttvar: milliseconds(500), rto_min: seconds(3) },
      ecn: true,
      congestionControl: 'bbr',
      locked: ['mtu', 'rto_min', 'congctl'],
    };
    expect(encoded(route({ metrics }))).toContain(
      '44000880' +
        '0800020078050000' +
        '08000a0007000000' +
        '08000400d0070000' +
        '08000500d0070000' +
        '08000d00b80b0000' +
        '08000c0001000000' +
        '0800010004200100' +
        '0800100062627200',
    );
  });

  it('writes several hops and tunnels', () => {
    const hop = {
      gateway: ip('10.0.0.9'),
      device: 3,
      weight: 2,
      onlink: true,
      realms: undefined,
      encapsulation: undefined,
    };
    expect(
      encoded(route({ device: undefined, nextHops: [hop, { ...hop, gateway: undefined, device: 4, weight: 1 }] })),
    ).toContain('1c000980' + '10000401' + '03000000' + '080005000a000009' + '08000400' + '04000000');
    const encapsulation = {
      type: 'ip',
      id: '5',
      destination: ip('10.0.0.3'),
      source: undefined,
      trafficClass: 3,
      hopLimit: 7,
      flags: undefined,
    } as const;
    expect(encoded(route({ encapsulation }))).toContain(
      '28001680' +
        '0c0001000000000000000005' +
        '080002000a000003' +
        '0500040007000000' +
        '0500050003000000' +
        '0600150002000000',
    );
    expect(encoded(route({ encapsulation: { type: 'mpls', labels: [100, 200] } }))).toContain(
      '10001680' + '0c0001000006400000' + '0c8100' + '0600150001000000',
    );
    expect(encoded(route({ encapsulation: { type: 'ila', locator: '1:2:3:4' } }))).toContain(
      '0c0001000001000200030004',
    );
  });

  it('writes what IPv6 has', () => {
    const request = route({
      family: 6,
      destination: prefix('2001:db8:1::/48'),
      from: prefix('2001:db8:9::/48'),
      expiresSeconds: 500,
      preference: 'high',
      propagateTtl: false,
    });
    expect(encoded(request)).toBe(
      header('1800', '0504') +
        '0a303000fe12000100000000' +
        '1400010020010db8000100000000000000000000' +
        '1400020020010db8000900000000000000000000' +
        '08001700f4010000' +
        '0500140001000000' +
        '05001a0000000000' +
        '0800040003000000',
    );
  });
});

describe('what the kernel tells of routes', () => {
  const told = (request: RouteRequest): string | undefined => {
    const writer = new MessageWriter();
    encodeRemoveRoute(writer, request, 1, false);
    const result = decodeRouteKey(decodeMessages(writer.bytes()).messages[0]!);
    return result.ok ? result.value : result.reason;
  };

  it('is known by what makes it ours', () => {
    for (const request of [
      route(),
      route({ gateway: ip('10.0.0.9'), metric: 7, tos: 8, table: 70_000 }),
      route({ family: 6, destination: prefix('fd00::/8'), metric: 1_024 }),
      route({ destination: prefix('0.0.0.0/0') }),
    ]) {
      expect(told(request)).toBe(routeKey(request));
      expect(told({ ...request, device: 9 })).not.toBe(routeKey(request));
    }
  });

  it('has the metric that the kernel gives IPv6', () => {
    const request = route({ family: 6, destination: prefix('fd00::/8') });
    expect(told({ ...request, metric: 1_024 })).toBe(routeKey(request));
  });

  it('is broken when it is cut', () => {
    const writer = new MessageWriter();
    encodeRemoveRoute(writer, route(), 1, false);
    const [message] = decodeMessages(writer.bytes()).messages;
    expect(decodeRouteKey({ ...message!, body: message!.body.subarray(0, 8) })).toMatchObject({ ok: false });
    expect(decodeRouteKey({ ...message!, body: message!.body.subarray(0, 18) })).toMatchObject({ ok: false });
  });
});
