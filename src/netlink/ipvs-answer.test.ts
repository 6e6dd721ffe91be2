import { describe, expect, it } from 'vitest';
import { ip } from '../base/ip-address.testkit.ts';
import { seededPrng } from '../base/prng.ts';
import { decodeFamily } from './generic.ts';
import {
  everyRecordedIpvsDatagram,
  plainDestination,
  plainService,
  recordedDestinations,
  recordedServices,
  recordedSyncDaemons,
  recordedTimeouts,
} from './ipvs.testkit.ts';
import { decodeDestination, decodeLoad, decodeService, decodeSyncDaemon, decodeTimeouts } from './ipvs-answer.ts';
import { decodeMessages, type NetlinkMessage } from './message.ts';
import { MessageWriter } from './message-writer.ts';

function unwrapped<Value>(result: { readonly ok: true; readonly value: Value } | { readonly ok: false }): Value {
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.value;
}

describe('a recorded table', () => {
  const services = recordedServices.map(message => unwrapped(decodeService(message)));
  const named = (scheduler: string, port?: number) =>
    services.findIndex(
      service =>
        service.scheduler === scheduler &&
        (port === undefined || (service.key.type === 'address' && service.key.port === port)),
    );
  const destinationsOf = (place: number, version: 4 | 6) =>
    recordedDestinations[place]!.map(message => unwrapped(decodeDestination(message, version)));

  it('has its services', () => {
    expect(services).toHaveLength(5);
    expect(services[named('wrr')]).toEqual(plainService);
    expect(services[named('sh')]).toEqual({
      ...plainService,
      key: { type: 'address', protocol: 'udp', address: ip('2001:db8::1'), port: 53 },
      scheduler: 'sh',
      persistenceSeconds: 300,
      persistencePrefix: 64,
      schedulerFlags: [false, true, false],
    });
    expect(services.find(service => service.key.type === 'fwmark')).toEqual({
      ...plainService,
      key: { type: 'fwmark', mark: 7, family: 6 },
      scheduler: 'rr',
      persistencePrefix: 128,
      onePacket: true,
    });
    expect(services[named('rr', 5060)]).toMatchObject({
      persistenceSeconds: 60,
      persistencePrefix: 20,
      persistenceEngine: 'sip',
    });
    expect(services[named('nq')]!.key).toEqual({
      type: 'address',
      protocol: 'sctp',
      address: ip('192.0.2.6'),
      port: 9,
    });
  });

  it('has their destinations', () => {
    const tunnel = { type: 'tunnel' } as const;
    const expected = [
      { ...plainDestination, weight: 5, upperThreshold: 300, lowerThreshold: 200 },
      { ...plainDestination, address: ip('198.51.100.2'), port: 80, forwarding: { type: 'dr' }, weight: 0 },
      {
        ...plainDestination,
        address: ip('198.51.100.3'),
        port: 80,
        forwarding: { ...tunnel, encapsulation: 'gue', port: 6080, checksum: 'remote' },
      },
      {
        ...plainDestination,
        address: ip('198.51.100.4'),
        port: 80,
        forwarding: { ...tunnel, encapsulation: 'gre', port: 0, checksum: 'checksum' },
      },
    ];
    const found = destinationsOf(named('wrr'), 4);
    expect([...found].sort((left, right) => (left.address < right.address ? -1 : 1))).toEqual(expected);
    expect(destinationsOf(named('sh'), 6)).toEqual([
      { ...plainDestination, address: ip('2001:db8::53'), port: 5353, weight: 0x7fff_ffff },
    ]);
    expect(destinationsOf(named('nq'), 4)).toEqual([]);
  });

  it('has the connections of each destination', () => {
    const loads = recordedDestinations[named('wrr')]!.map(message => unwrapped(decodeLoad(message, 4)));
    expect(loads).toHaveLength(4);
    expect(loads[0]).toEqual({ address: expect.any(String), port: expect.any(Number), active: 0, inactive: 0 });
    const counting = [...destinationParts, [7, [5, 1, 0, 0]], [8, [2, 0, 0, 0]]] as const;
    expect(unwrapped(decodeLoad(answer(5, 2, counting), 4))).toMatchObject({ port: 8_080, active: 261, inactive: 2 });
    expect(decodeLoad(answer(5, 2, destinationParts), 4)).toEqual({ ok: false, reason: 'attribute-missing' });
    expect(decodeLoad(answer(5, 2, without(destinationParts, 1)), 4).ok).toBe(false);
  });

  it('has its timeouts and its sync daemon', () => {
    expect(recordedTimeouts.map(decodeTimeouts)).toEqual([{ ok: true, value: { tcp: 900, tcpFin: 120, udp: 300 } }]);
    expect(recordedSyncDaemons.map(decodeSyncDaemon)).toEqual([
      {
        ok: true,
        value: {
          state: 'master',
          interface: 'lo',
          syncId: 9,
          maximumLength: 1_400,
          port: 9_000,
          ttl: 3,
          group: '224.0.0.99',
        },
      },
    ]);
  });
});

type Part = readonly [type: number, bytes: readonly number[]];

/** A message of the given command with one nested attribute. */
function answer(command: number, attribute: number, parts: readonly Part[]): NetlinkMessage {
  const writer = new MessageWriter();
  writer.begin(0x1c, 0, 1);
  writer.append([command, 1, 0, 0]);
  const at = writer.beginNested(attribute);
  for (const [type, bytes] of parts) writer.attribute(type, bytes);
  writer.endNested(at);
  writer.end();
  return decodeMessages(writer.bytes().slice()).messages[0]!;
}

const serviceParts: readonly Part[] = [
  [1, [2, 0]],
  [2, [6, 0]],
  [3, [192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  [4, [0, 80]],
  [6, [119, 114, 114, 0]],
  [7, [2, 0, 0, 0, 255, 255, 255, 255]],
  [8, [0, 0, 0, 0]],
  [9, [255, 255, 255, 255]],
];
const destinationParts: readonly Part[] = [
  [1, [198, 51, 100, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  [2, [31, 144]],
  [3, [0, 1, 0, 0]],
  [4, [1, 0, 0, 0]],
  [5, [0, 0, 0, 0]],
  [6, [0, 0, 0, 0]],
];
const without = (parts: readonly Part[], type: number): readonly Part[] => parts.filter(part => part[0] !== type);
const changed = (parts: readonly Part[], type: number, ...bytes: readonly number[]): readonly Part[] => [
  ...without(parts, type),
  [type, bytes],
];

describe('a service that is not what it should be', () => {
  const decoded = (parts: readonly Part[]) => decodeService(answer(1, 1, parts));
  it('is none', () => {
    expect(decoded(serviceParts)).toEqual({ ok: true, value: plainService });
  });
  it.each([1, 2, 3, 4, 6, 7, 8, 9])('lacks attribute %d', type => {
    expect(decoded(without(serviceParts, type))).toEqual({ ok: false, reason: 'attribute-missing' });
  });
  it.each([
    ['another family', changed(serviceParts, 1, 7, 0), 'not-ours'],
    ['another protocol', changed(serviceParts, 2, 50, 0), 'not-ours'],
    ['a short address', changed(serviceParts, 3, 1, 2, 3), 'attribute-malformed'],
    ['a short IPv6 address', [...changed(serviceParts, 1, 10, 0), [3, [1, 2, 3, 4]]], 'attribute-malformed'],
    ['a long port', changed(serviceParts, 4, 0, 0, 80), 'attribute-malformed'],
    ['short flags', changed(serviceParts, 7, 2, 0, 0, 0), 'attribute-malformed'],
    [
      'a prefix beyond an address',
      changed([...changed(serviceParts, 1, 10, 0)], 9, 129, 0, 0, 0),
      'attribute-malformed',
    ],
    ['a short mask', changed(serviceParts, 9, 255), 'attribute-malformed'],
  ] as const)('has %s', (_, parts, reason) => {
    expect(decoded(parts as readonly Part[])).toEqual({ ok: false, reason });
  });
  it('has forgotten its persistence, not the time', () => {
    expect(unwrapped(decoded(changed(serviceParts, 8, 60, 0, 0, 0))).persistenceSeconds).toBe(0);
    const persistent = changed(changed(serviceParts, 8, 60, 0, 0, 0), 7, 3, 0, 0, 0, 255, 255, 255, 255);
    expect(unwrapped(decoded(persistent)).persistenceSeconds).toBe(60);
  });
  it('is another message', () => {
    expect(decodeService(answer(5, 1, serviceParts))).toEqual({ ok: false, reason: 'not-ours' });
    expect(decodeService(answer(1, 2, serviceParts))).toEqual({ ok: false, reason: 'attribute-missing' });
  });
  it('has every length of mask', () => {
    const prefixes = [0, 1, 8, 31, 32].map(length => {
      const bits = length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
      const bytes = [bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255];
      return unwrapped(decoded(changed(serviceParts, 9, ...bytes))).persistencePrefix;
    });
    expect(prefixes).toEqual([0, 1, 8, 31, 32]);
    // What keepalived makes of `persistence_granularity 24`.
    expect(unwrapped(decoded(changed(serviceParts, 9, 0, 0, 0, 24))).persistencePrefix).toBe(-1);
  });
});

describe('a destination that is not what it should be', () => {
  const decoded = (parts: readonly Part[]) => decodeDestination(answer(5, 2, parts), 4);
  it('is none, of a kernel that names neither family nor kind of tunnel', () => {
    expect(decoded(destinationParts)).toEqual({ ok: true, value: plainDestination });
    expect(unwrapped(decoded(changed(destinationParts, 3, 2, 1, 0, 0))).forwarding).toEqual({
      type: 'tunnel',
      encapsulation: 'ipip',
      port: 0,
      checksum: 'none',
    });
  });
  it('has a port that its kind of tunnel does not use', () => {
    const parts: readonly Part[] = [...changed(destinationParts, 3, 2, 0, 0, 0), [13, [2]], [14, [1, 2]]];
    expect(unwrapped(decoded(parts)).forwarding).toMatchObject({ encapsulation: 'gre', port: 0 });
  });
  it.each([1, 2, 3, 4, 5, 6])('lacks attribute %d', type => {
    expect(decoded(without(destinationParts, type))).toEqual({ ok: false, reason: 'attribute-missing' });
  });
  it.each([
    ['another family', changed(destinationParts, 11, 7, 0), 'not-ours'],
    ['another way', changed(destinationParts, 3, 4, 0, 0, 0), 'not-ours'],
    ['another tunnel', [...changed(destinationParts, 3, 2, 0, 0, 0), [13, [9]]], 'not-ours'],
    ['another checksum', [...changed(destinationParts, 3, 2, 0, 0, 0), [15, [9, 0]]], 'not-ours'],
    ['a short port', changed(destinationParts, 2, 80), 'attribute-malformed'],
  ] as const)('has %s', (_, parts, reason) => {
    expect(decoded(parts as readonly Part[])).toEqual({ ok: false, reason });
  });
});

it('survives 20,000 damaged answers', () => {
  const prng = seededPrng(112);
  const outcomes = new Set<string>();
  for (let round = 0; round < 20_000; round++) {
    const original = everyRecordedIpvsDatagram[prng.below(everyRecordedIpvsDatagram.length)]!;
    const bytes = original.slice(0, prng.below(4) === 0 ? prng.below(original.length + 1) : original.length);
    for (let change = prng.below(6); change >= 0 && bytes.length > 0; change--) {
      const place = prng.below(2) === 0 ? prng.below(Math.min(96, bytes.length)) : prng.below(bytes.length);
      bytes[place] = prng.below(2) === 0 ? prng.below(16) : prng.below(256);
    }
    for (const message of decodeMessages(bytes).messages) {
      for (const result of [
        decodeFamily(message),
        decodeService(message),
        decodeDestination(message, 4),
        decodeDestination(message, 6),
        decodeLoad(message, 4),
        decodeSyncDaemon(message),
        decodeTimeouts(message),
      ]) {
        outcomes.add(result.ok ? 'good' : result.reason);
      }
    }
  }
  expect([...outcomes].sort()).toEqual([
    'attribute-length-invalid',
    'attribute-malformed',
    'attribute-missing',
    'good',
    'message-body-truncated',
    'not-ours',
  ]);
});
