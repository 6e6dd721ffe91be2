import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ip } from '../base/ip-address.testkit.ts';
import { type Family, ipAddressFromBytes } from '../base/ip-address.ts';
import type {
  IpvsCommand,
  IpvsDestination,
  IpvsForwarding,
  IpvsService,
  IpvsServiceKey,
  IpvsSyncDaemon,
} from '../ports/ipvs.ts';
import { decodeAttributes } from './attribute.ts';
import { plainDestination, plainService } from './ipvs.testkit.ts';
import { decodeDestination, decodeService, decodeSyncDaemon, decodeTimeouts } from './ipvs-answer.ts';
import { serviceFamily } from './ipvs-format.ts';
import {
  encodeDaemonDump,
  encodeDestinationDump,
  encodeIpvsCommand,
  encodeServiceDump,
  encodeTimeoutsRequest,
} from './ipvs-request.ts';
import { decodeMessages, type NetlinkMessage } from './message.ts';
import { MessageWriter } from './message-writer.ts';

const family = 0x1c;

function encoded(command: IpvsCommand, acknowledge = false): NetlinkMessage {
  const writer = new MessageWriter(64);
  encodeIpvsCommand(family, writer, command, 5, acknowledge);
  const { messages, problem } = decodeMessages(writer.bytes().slice());
  expect(problem).toBeUndefined();
  expect(messages).toHaveLength(1);
  return messages[0]!;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const addresses = (version: Family) =>
  fc.uint8Array({ minLength: version === 4 ? 4 : 16, maxLength: version === 4 ? 4 : 16 }).map(ipAddressFromBytes);
const address = fc.oneof(addresses(4), addresses(6));
const port = fc.nat(0xffff);
const key: fc.Arbitrary<IpvsServiceKey> = fc.oneof(
  fc.record({
    type: fc.constant('address' as const),
    protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'sctp' as const),
    address,
    port,
  }),
  fc.record({
    type: fc.constant('fwmark' as const),
    mark: fc.nat(0xffff_ffff),
    family: fc.constantFrom(4 as const, 6 as const),
  }),
);
const service: fc.Arbitrary<IpvsService> = key.chain(each =>
  fc.record({
    key: fc.constant(each),
    scheduler: fc.constantFrom('rr', 'wrr', 'mh'),
    persistenceSeconds: fc.nat(2_678_400),
    persistencePrefix: serviceFamily(each) === 4 ? fc.nat(32) : fc.nat(128),
    persistenceEngine: fc.constantFrom(undefined, 'sip'),
    onePacket: fc.boolean(),
    hashed: fc.boolean(),
    schedulerFlags: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
  }),
);
const encapsulation = fc.constantFrom('ipip' as const, 'gue' as const, 'gre' as const);
const forwarding: fc.Arbitrary<IpvsForwarding> = fc.oneof(
  fc.constantFrom({ type: 'nat' as const }, { type: 'dr' as const }, { type: 'local' as const }),
  fc
    .record({
      type: fc.constant('tunnel' as const),
      encapsulation,
      port,
      checksum: fc.constantFrom('none' as const, 'checksum' as const, 'remote' as const),
    })
    .map(tunnel => (tunnel.encapsulation === 'gue' ? tunnel : { ...tunnel, port: 0 })),
);
const destination: fc.Arbitrary<IpvsDestination> = fc.record({
  address,
  port,
  forwarding,
  weight: fc.nat(0x7fff_ffff),
  upperThreshold: fc.nat(0xffff_ffff),
  lowerThreshold: fc.nat(0xffff_ffff),
});
const daemon: fc.Arbitrary<IpvsSyncDaemon> = fc.record({
  state: fc.constantFrom('master' as const, 'backup' as const),
  interface: fc.constantFrom('lo', 'eth0.100'),
  syncId: fc.nat(255),
  maximumLength: port,
  port,
  ttl: fc.nat(255),
  group: fc.option(address, { nil: undefined }),
});

// The kernel describes things by the very commands that make them.
describe('what is encoded is decoded', () => {
  it('for services', () => {
    fc.assert(
      fc.property(service, value => {
        expect(decodeService(encoded({ type: 'add-service', service: value }))).toEqual({ ok: true, value });
      }),
    );
  });

  it('for destinations', () => {
    fc.assert(
      fc.property(key, destination, (each, value) => {
        const message = encoded({ type: 'add-destination', key: each, destination: value });
        expect(decodeDestination(message, serviceFamily(each))).toEqual({ ok: true, value });
      }),
    );
  });

  it('for sync daemons', () => {
    fc.assert(
      fc.property(daemon, value => {
        expect(decodeSyncDaemon(encoded({ type: 'start-sync-daemon', daemon: value }))).toEqual({ ok: true, value });
      }),
    );
  });

  it('for timeouts, of which 0 is left out', () => {
    const timeouts = { tcp: 7_200, tcpFin: 0, udp: 9 };
    const message = encoded({ type: 'set-timeouts', timeouts });
    expect([...decodeAttributes(message.body, 4).byType.keys()]).toEqual([4, 6]);
    expect(decodeTimeouts(message)).toEqual({ ok: true, value: timeouts });
  });
});

describe('an IPVS command', () => {
  it('is one message with its sequence, acknowledged if that is asked', () => {
    const flush = { type: 'flush' } as const;
    expect(encoded(flush)).toMatchObject({ type: family, flags: 1, sequence: 5 });
    expect(encoded(flush, true)).toMatchObject({ type: family, flags: 5, sequence: 5 });
    expect(hex(encoded(flush).body)).toBe('11010000');
  });

  it('has the layout of linux/ip_vs.h', () => {
    const body = encoded({ type: 'add-service', service: { ...plainService, persistenceSeconds: 0x0102 } }).body;
    expect(hex(body)).toBe(
      [
        '01010000', // IPVS_CMD_NEW_SERVICE, version 1
        '54000180', // IPVS_CMD_ATTR_SERVICE
        '0600010002000000', // AF_INET
        '0600020006000000', // TCP
        '14000300c0000201000000000000000000000000',
        '0600040000500000', // port 80, network order
        '0800060077727200', // "wrr"
        '0c00070003000000ffffffff', // persistent, hashed
        '0800080002010000',
        '08000900ffffffff',
      ].join(''),
    );
  });

  it.each([
    ['add-service', { type: 'add-service', service: plainService }, 1, [1]],
    ['edit-service', { type: 'edit-service', service: plainService }, 2, [1]],
    ['remove-service', { type: 'remove-service', key: plainService.key }, 3, [1]],
    ['add-destination', { type: 'add-destination', key: plainService.key, destination: plainDestination }, 5, [1, 2]],
    ['edit-destination', { type: 'edit-destination', key: plainService.key, destination: plainDestination }, 6, [1, 2]],
    [
      'remove-destination',
      { type: 'remove-destination', key: plainService.key, address: ip('198.51.100.1'), port: 8080 },
      7,
      [1, 2],
    ],
    ['stop-sync-daemon', { type: 'stop-sync-daemon', state: 'backup' }, 10, [3]],
    ['set-timeouts', { type: 'set-timeouts', timeouts: { tcp: 1, tcpFin: 2, udp: 3 } }, 12, [4, 5, 6]],
  ] as const)('%s has its number and its parts', (_, command, number, parts) => {
    const { body } = encoded(command);
    expect(body[0]).toBe(number);
    expect([...decodeAttributes(body, 4).byType.keys()]).toEqual(parts);
  });

  it('names a destination by no more than its address', () => {
    const { body } = encoded({
      type: 'remove-destination',
      key: plainService.key,
      address: ip('2001:db8::1'),
      port: 443,
    });
    const parts = decodeAttributes(decodeAttributes(body, 4).byType.get(2)!).byType;
    expect([...parts.keys()]).toEqual([11, 1, 2]);
    expect([hex(parts.get(11)!), hex(parts.get(1)!), hex(parts.get(2)!)]).toEqual([
      '0a00',
      '20010db8000000000000000000000001',
      '01bb',
    ]);
  });
});

it('questions ask for everything there is', () => {
  const asked = (encode: (writer: MessageWriter) => void): string => {
    const writer = new MessageWriter();
    encode(writer);
    const [{ flags, body } = { flags: 0, body: new Uint8Array() }] = decodeMessages(writer.bytes()).messages;
    return `${flags.toString(16)} ${hex(body.subarray(0, 8))}`;
  };
  expect(asked(writer => encodeServiceDump(family, writer, 1))).toBe('301 04010000');
  expect(asked(writer => encodeDestinationDump(family, writer, plainService.key, 1))).toBe('301 0801000030000180');
  expect(asked(writer => encodeDaemonDump(family, writer, 1))).toBe('301 0b010000');
  expect(asked(writer => encodeTimeoutsRequest(family, writer, 1))).toBe('5 0d010000');
});
