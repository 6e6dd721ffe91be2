import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { ip } from '../base/ip-address.testkit.ts';
import { configuration, router, script, virtualAddress } from '../vrrp/router.testkit.ts';
import { rehearse } from './rehearsal.ts';

const unicast = {
  type: 'unicast',
  peers: [{ address: ip('198.51.100.2'), minimumTtl: 0, maximumTtl: 255 }],
  ttl: undefined,
  checkSource: true,
} as const;

describe('rehearse', () => {
  it.each([
    ['v2 IPv4', router()],
    ['v3 IPv4', router({ version: 3 })],
    ['v3 IPv6', router({ family: 6, version: 3, addresses: [virtualAddress('fe80::100')] })],
    ['unicast', router({ destination: unicast, source: ip('198.51.100.1') })],
    ['an address owner', router({ priority: 255 })],
    ['a delayed, tracked router', router({ preemptDelay: seconds(300), trackSource: true, preempt: false })],
    ['a router without an interface', router({ interface: undefined, destination: unicast })],
  ])('plays a takeover a round: %s', (_, instance) => {
    const { takeovers, adverts } = rehearse(configuration([instance]), 10);
    expect(takeovers).toBeGreaterThanOrEqual(10);
    expect(adverts).toBeGreaterThan(takeovers);
  });

  it('takes one router of each kind', () => {
    const one = rehearse(configuration([router()]), 5);
    const many = Array.from({ length: 50 }, (_, index) => router({ name: `VI_${index}`, vrid: index + 1 }));
    expect(rehearse(configuration(many), 5)).toEqual(one);
  });

  it('changes nothing of the configuration and ends without routers, too', () => {
    const given = configuration([router({ trackScripts: [], notify: { ...router().notify, master: script('/x') } })]);
    const before = JSON.stringify(given);
    rehearse(given, 3);
    expect(JSON.stringify(given)).toBe(before);
    expect(rehearse(configuration([]), 3)).toEqual({ takeovers: 0, adverts: 0 });
  });
});
