import { describe, expect, it } from 'vitest';
import { centiseconds, seconds } from '../base/duration.ts';
import { ip } from '../base/ip-address.testkit.ts';
import { checksumHolds, encodeAdvertisement, readAdvertisement } from '../packet/vrrp-advertisement.ts';
import type { VirtualRouterConfiguration } from './configuration.ts';
import { master, type Node, router, type Sent, World } from './conformance.testkit.ts';
import { virtualAddress } from './router.testkit.ts';

const first = (changes: Partial<VirtualRouterConfiguration> = {}): Sent => {
  const { world, node } = master(changes);
  world.run(changes.advertisementInterval ?? seconds(1));
  return node.sent[0]!;
};

/** Whether the checksum of what was sent is right, with or without a pseudo-header over IPv4. */
const holds = (sent: Sent, pseudoHeader: boolean, changes: { readonly source?: string } = {}): boolean => {
  const family = sent.source.includes(':') ? 6 : 4;
  const read = readAdvertisement(sent.payload, family);
  const source = changes.source === undefined ? sent.source : ip(changes.source);
  return read.ok && checksumHolds(read.value, { family, source, destination: sent.destination, pseudoHeader });
};

const unicast: Partial<VirtualRouterConfiguration> = {
  source: ip('192.0.2.1'),
  destination: {
    type: 'unicast',
    peers: [9, 8].map(host => ({ address: ip(`192.0.2.${host}`), minimumTtl: 0, maximumTtl: 255 })),
    ttl: undefined,
    checkSource: false,
  },
};

describe('the envelope of an advert', () => {
  it('9568-5.1.1.2-dst4 + goes to 224.0.0.18', () => {
    expect(first().destination).toBe('224.0.0.18');
  });

  it('9568-5.1.1.2-dst4 - and nowhere else, unless unicast peers are configured', () => {
    const { world, node } = master();
    world.runMs(10_000);
    expect(new Set(node.sent.map(({ destination }) => destination))).toEqual(new Set(['224.0.0.18']));
    expect(node.sent.length).toBe(10);
    const peers = master(unicast);
    peers.world.runMs(1000);
    expect(peers.node.sent.map(({ destination }) => destination)).toEqual(['192.0.2.9', '192.0.2.8']);
  });

  it('9568-5.1.2.2-dst6 + goes to ff02::12', () => {
    expect(first({ family: 6 }).destination).toBe('ff02::12');
  });

  it('9568-5.1.2.2-dst6 - and nowhere else', () => {
    const { world, node } = master({ family: 6 });
    world.runMs(10_000);
    expect(new Set(node.sent.map(({ destination }) => destination))).toEqual(new Set(['ff02::12']));
  });

  it.each([
    ['9568-5.1.1.3-ttl-tx +', 'v3 over IPv4', {}],
    ['9568-5.1.2.3-hop-tx +', 'v3 over IPv6', { family: 6 }],
    ['3768-5.2.3-ttl +', 'v2', { version: 2 }],
  ] as const)('%s %s leaves with 255', (_ids, _what, changes) => {
    const { world, node } = master(changes);
    world.runMs(3000);
    node.stop();
    expect(node.sent.map(({ ttl }) => ttl)).toEqual([255, 255, 255, 255]);
  });

  it('9568-5.1.1.3-ttl-tx, 9568-5.1.2.3-hop-tx - the TTL never is the default of the host', () => {
    for (const family of [4, 6] as const) expect(first({ family }).ttl).toBeDefined();
  });
});

describe('the fields of an advert', () => {
  it('9568-5.2.5-count-tx + the count is the number of addresses', () => {
    for (const count of [1, 2, 255]) {
      const addresses = Array.from({ length: count }, (_, index) => virtualAddress(`198.51.100.${index}`));
      const sent = first({ addresses });
      expect([sent.payload[3], sent.addresses.length, sent.payload.length]).toEqual([count, count, 8 + 4 * count]);
    }
  });

  it('9568-5.2.5-count-tx - excluded addresses are not counted', () => {
    const sent = first({ excludedAddresses: [virtualAddress('198.51.100.1')] });
    expect([sent.payload[3], sent.addresses]).toEqual([2, ['192.0.2.254', '192.0.2.253']]);
  });

  it('9568-5.2.6-reserve, 9568-5.2.7-interval-units + 40.95 s fill the field and leave the reserved bits 0', () => {
    const sent = first({ advertisementInterval: centiseconds(4095) });
    expect([sent.payload[4], sent.payload[5]]).toEqual([0x0f, 0xff]);
  });

  it('9568-5.2.6-reserve - an interval that would spill into them is never sent', () => {
    const { version, vrid } = router();
    const envelope = {
      family: 4,
      source: ip('192.0.2.1'),
      destination: ip('224.0.0.18'),
      pseudoHeader: true,
    } as const;
    const advertisement = { version, vrid, priority: 1, addresses: [], authentication: undefined };
    expect(() => encodeAdvertisement({ ...advertisement, interval: centiseconds(4096) }, envelope)).toThrow();
  });

  it('9568-5.2.9-family + IPv4 carries 4 bytes for each address, IPv6 carries 16', () => {
    expect(first().payload.length).toBe(8 + 2 * 4);
    expect(first({ family: 6 }).payload.length).toBe(8 + 2 * 16);
  });

  it('9568-5.2.9-first-ll-tx + a link-local address configured first is sent first', () => {
    expect(first({ family: 6 }).addresses).toEqual(['fe80::7', '2001:db8::7']);
  });

  it('9568-5.2.9-first-ll-tx - the configured order is kept even if it is not', () => {
    const addresses = ['2001:db8::7', 'fe80::7'].map(text => virtualAddress(text));
    expect(first({ family: 6, addresses }).addresses).toEqual(['2001:db8::7', 'fe80::7']);
  });

  it('9568-5.2.9-order + two nodes with one configuration send equal lists, before and after a reload', () => {
    const addresses = ['198.51.100.9', '192.0.2.254', '198.51.100.10'].map(text => virtualAddress(text));
    const lists = [1, 2].map(host => {
      const world = new World();
      const node = world.add(router({ addresses }), host);
      world.runMs(4000);
      node.reload(router({ addresses, priority: 90 }));
      world.runMs(4000);
      return node.sent.map(sent => sent.addresses.join());
    });
    expect(new Set(lists.flat())).toEqual(new Set(['198.51.100.9,192.0.2.254,198.51.100.10']));
  });

  it('9568-5.2.9-order - the order never is that of the addresses in the kernel', () => {
    const addresses = ['198.51.100.9', '192.0.2.254', '198.51.100.10'].map(text => virtualAddress(text));
    const { world, node } = master({ addresses });
    node.setLink('eth0', { running: false });
    node.setLink('eth0', {});
    world.runMs(8000);
    expect(node.sent.at(-1)!.addresses).toEqual(['198.51.100.9', '192.0.2.254', '198.51.100.10']);
  });

  it('9568-7.2-fields + every field is that of the instance now', () => {
    const sent = first({ vrid: 9, priority: 120, advertisementInterval: centiseconds(250) });
    const { version, vrid, priority, interval, addresses } = sent;
    expect({ version, vrid, priority, interval, addresses }).toEqual({
      version: 3,
      vrid: 9,
      priority: 120,
      interval: centiseconds(250),
      addresses: ['192.0.2.254', '192.0.2.253'],
    });
  });

  it('9568-7.2-fields - nothing is stale after a change of priority or a reload', () => {
    const changes = { trackInterfaces: [{ interface: 'eth1', weight: -30, reverse: false }] };
    const { world, node } = master(changes);
    node.setLink('eth1', { running: false });
    world.runMs(1000);
    expect(node.sent.at(-1)!.priority).toBe(70);
    node.reload(
      router({ ...changes, advertisementInterval: centiseconds(50), addresses: [virtualAddress('192.0.2.1')] }),
    );
    world.runMs(1000);
    const { priority, interval, addresses } = node.sent.at(-1)!;
    expect([priority, interval, addresses]).toEqual([70, centiseconds(50), ['192.0.2.1']]);
  });

  it('9568-9-noauth + v3 ends with its last address', () => {
    expect(first().payload.length).toBe(8 + 2 * 4);
  });

  it('9568-9-noauth - bytes behind it are never read as a password', () => {
    const { node } = master();
    const trailer = Buffer.from('password');
    node.receive({ priority: 200, damage: payload => Uint8Array.from([...payload, ...trailer]) });
    expect(node.instance().counters.rejected['auth-failure']).toBe(0);
    expect(node.state).toBe('backup');
  });
});

describe('the checksum of an advert', () => {
  it('9568-5.2.8-cksum-alg + it verifies, also when every carry has to be folded', () => {
    const addresses = Array.from({ length: 200 }, () => virtualAddress('255.255.255.255'));
    expect(holds(first({ addresses }), true)).toBe(true);
  });

  it('9568-5.2.8-cksum4, 5798-5.2.8-cksum + over IPv4 it covers the pseudo-header, or none with v3_checksum_as_v2', () => {
    expect([holds(first(), true), holds(first(), false)]).toEqual([true, false]);
    const plain = first({ checksumWithoutPseudoHeader: true });
    expect([holds(plain, true), holds(plain, false)]).toEqual([false, true]);
  });

  it('9568-5.2.8-cksum6 + over IPv6 it covers the pseudo-header with the real source', () => {
    const sent = first({ family: 6 });
    expect([holds(sent, true), holds(sent, true, { source: 'fe80::2' })]).toEqual([true, false]);
  });

  it('5798-5.2.8-cksum-unicast + to a unicast peer it covers the address of that peer', () => {
    const { world, node } = master(unicast);
    world.runMs(1000);
    for (const sent of node.sent) expect(holds(sent, true)).toBe(true);
    expect(node.sent[0]!.payload.subarray(6, 8)).not.toEqual(node.sent[1]!.payload.subarray(6, 8));
  });

  it('3768-5.3.8-cksum + in v2 it covers the authentication data and no pseudo-header', () => {
    const sent = first({ version: 2, authentication: { type: 'password', bytes: Buffer.from('abcdefgh') } });
    expect([holds(sent, true), holds(sent, false)]).toEqual([true, true]);
  });
});

describe('VRRPv2', () => {
  const authenticationData = (sent: Sent): string => Buffer.from(sent.payload.subarray(-8)).toString('latin1');
  const withPassword = (text: string): Partial<VirtualRouterConfiguration> => {
    const bytes = new Uint8Array(8);
    bytes.set(Buffer.from(text));
    return { version: 2, authentication: { type: 'password', bytes } };
  };

  it('3768-5.1-length, 3768-5.3.1-version + 8 bytes, 4 for each address, 8 of authentication data; first byte 0x21', () => {
    const sent = first({ version: 2 });
    expect([sent.payload.length, sent.payload[0]]).toEqual([8 + 2 * 4 + 8, 0x21]);
  });

  it('3768-5.3.3-fields + VRID, priority and count at their limits', () => {
    for (const [vrid, priority] of [
      [1, 1],
      [255, 254],
      [255, 255],
    ] as const) {
      const sent = first({ version: 2, vrid, priority });
      expect([sent.vrid, sent.priority, sent.payload[3]]).toEqual([vrid, priority, 2]);
    }
  });

  it('3768-5.3.6-auth0, 3768-5.3.10-authdata + without authentication type 0 and zeros are sent', () => {
    const sent = first({ version: 2 });
    expect([sent.payload[4], authenticationData(sent)]).toEqual([0, '\0'.repeat(8)]);
  });

  it('3768-5.3.10-authdata - bytes received there do not matter', () => {
    const { node } = master({ version: 2 });
    // Their sum is 0xffff, so the checksum stays right.
    node.receive({ priority: 200, damage: payload => payload.fill(0xff, -2) });
    expect(node.state).toBe('backup');
  });

  it('3768-5.3.7-seconds + the interval is sent in whole seconds', () => {
    for (const count of [1, 2, 255]) {
      const sent = first({ version: 2, advertisementInterval: seconds(count) });
      expect(sent.payload[5]).toBe(count);
    }
  });

  it('3768-6.1-skew + the skew is the same at every interval', () => {
    for (const count of [1, 10]) {
      const { world, node } = master({ version: 2, advertisementInterval: seconds(count) });
      const begin = world.time;
      node.receive({ priority: 200 });
      node.receive({ priority: 0 });
      world.runMs(5000);
      expect(node.sentAt.map(at => at - begin)[0]).toBe(609.375);
    }
  });

  it('3768-6.1-skew - it does not scale with the interval', () => {
    const { world, node } = master({ version: 2, advertisementInterval: seconds(10) });
    node.receive({ priority: 200 });
    node.receive({ priority: 0 });
    world.runMs(609.375);
    expect(node.state).toBe('master');
  });

  it('3768-6.1-down + three own intervals and the skew', () => {
    const world = new World();
    const node = world.add(router({ version: 2, advertisementInterval: seconds(2) }));
    world.runMs(7000);
    expect(node.sentAt).toEqual([6609.375]);
  });

  it('3768-6.1-down - nothing is learned from an advert', () => {
    const world = new World();
    const node = world.add(router({ version: 2, advertisementInterval: seconds(2) }));
    node.receive({ priority: 200, interval: seconds(5) });
    world.runMs(7000);
    expect(node.sentAt).toEqual([6609.375]);
  });

  it('2338-5.3.6.2-pass-tx + the password follows the last address, type 1', () => {
    const sent = first(withPassword('abcdefgh'));
    expect([sent.payload[4], authenticationData(sent)]).toEqual([1, 'abcdefgh']);
  });

  it('2338-5.3.10-pad + a short one is filled with zeros on the right', () => {
    expect(authenticationData(first(withPassword('abc')))).toBe('abc\0\0\0\0\0');
  });

  it('2338-5.3.10-pad - nothing of an earlier password is left', () => {
    const { world, node } = master(withPassword('abcdefgh'));
    node.reload(router(withPassword('xy')));
    world.runMs(1000);
    expect(authenticationData(node.sent.at(-1)!)).toBe('xy\0\0\0\0\0\0');
  });

  it('3768-7.2-tx + fields, checksum, primary source, group', () => {
    const sent = first({ version: 2 });
    expect([sent.source, sent.destination, sent.ttl, holds(sent, false)]).toEqual([
      '192.0.2.1',
      '224.0.0.18',
      255,
      true,
    ]);
  });

  it('3768-7.2-tx - never from a secondary or virtual address', () => {
    const world = new World();
    const node: Node = world.add(router({ version: 2 }), 1, ['192.0.2.254/32', '192.0.2.1/24', '192.0.2.77/24']);
    world.runMs(10_000);
    expect(new Set(node.sent.map(({ source }) => source))).toEqual(new Set(['192.0.2.1']));
  });
});
