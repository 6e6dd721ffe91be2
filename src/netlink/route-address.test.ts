import { describe, expect, it } from 'vitest';
import { ip } from '../base/ip-address.testkit.ts';
import { plainAddress } from '../ports/network.testkit.ts';
import type { AddressRequest } from '../ports/network.ts';
import { decodeAttributes } from './attribute.ts';
import { decodeMessages } from './message.ts';
import { MessageWriter } from './message-writer.ts';
import { messagesIn, recordedAddresses, recordedEvent } from './recorded.testkit.ts';
import {
  addressFlag,
  addressMessage,
  decodeAddress,
  encodeAddAddress,
  encodeAddressDump,
  encodeRemoveAddress,
} from './route-address.ts';

const plain: AddressRequest = { ...plainAddress, linkIndex: 7, address: ip('10.0.0.9'), prefixLength: 24 };

function encoded(encode: typeof encodeAddAddress, request: AddressRequest, acknowledge = false) {
  const writer = new MessageWriter();
  encode(writer, request, 3, acknowledge);
  const { messages, problem } = decodeMessages(writer.bytes());
  expect(problem).toBeUndefined();
  expect(messages).toHaveLength(1);
  const message = messages[0]!;
  const attributes = Object.fromEntries(
    [...decodeAttributes(message.body, 8).byType].map(([type, bytes]) => [type, [...bytes]]),
  );
  return { message, fixed: [...message.body.subarray(0, 8)], attributes };
}

const local = [10, 0, 0, 9];

describe('encodeAddAddress', () => {
  it('says no more than it was asked, and whose address it is', () => {
    const { message, fixed, attributes } = encoded(encodeAddAddress, plain);
    // REQUEST, CREATE, EXCL
    expect(message).toMatchObject({ type: addressMessage.new, flags: 0x601, sequence: 3 });
    expect(fixed).toEqual([2, 24, 0, 0, 7, 0, 0, 0]);
    expect(attributes).toEqual({ 1: local, 2: local, 11: [18] });
  });

  it('asks for an acknowledgement when told so', () => {
    expect(encoded(encodeAddAddress, plain, true).message.flags).toBe(0x605);
  });

  it('carries label, broadcast address and scope', () => {
    const { fixed, attributes } = encoded(encodeAddAddress, {
      ...plain,
      label: 'eth0:1',
      broadcast: ip('10.0.0.255'),
      scope: 253,
    });
    expect(fixed[3]).toBe(253);
    expect(attributes[3]).toEqual([...'eth0:1'].map(character => character.charCodeAt(0)).concat(0));
    expect(attributes[4]).toEqual([10, 0, 0, 255]);
  });

  it('puts the prefix length on the peer if there is one', () => {
    const peer = { address: ip('192.0.2.2'), prefixLength: 30 };
    const { fixed, attributes } = encoded(encodeAddAddress, { ...plain, peer });
    expect(fixed[1]).toBe(30);
    expect(attributes).toMatchObject({ 1: [192, 0, 2, 2], 2: local });
  });

  it.each([
    ['noDad', 0x02],
    ['home', 0x10],
    ['manageTemporary', 0x100],
    ['noPrefixRoute', 0x200],
    ['autoJoin', 0x400],
  ] as const)('carries %s', (field, bit) => {
    const { attributes } = encoded(encodeAddAddress, { ...plain, address: ip('2001:db8::9'), [field]: true });
    expect(attributes[8]).toEqual([bit & 0xff, bit >> 8, 0, 0]);
  });

  it('carries a preferred lifetime, and validity without end beside it', () => {
    const { attributes } = encoded(encodeAddAddress, { ...plain, preferredLifetimeSeconds: 300 });
    expect(attributes[6]).toEqual([44, 1, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(encoded(encodeAddAddress, { ...plain, preferredLifetimeSeconds: 0 }).attributes[6]).toEqual([
      0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
  });
});

it('removes by what identifies an address, whatever its label', () => {
  const { message, fixed, attributes } = encoded(encodeRemoveAddress, {
    ...plain,
    label: 'eth0:1',
    broadcast: ip('10.0.0.255'),
    scope: 253,
    noPrefixRoute: true,
  });
  expect(message).toMatchObject({ type: addressMessage.delete, flags: 0x1 });
  expect(fixed).toEqual([2, 24, 0, 0, 7, 0, 0, 0]);
  expect(attributes).toEqual({ 1: local, 2: local });
});

describe('decodeAddress', () => {
  const found = messagesIn(recordedAddresses)
    .filter(message => message.type === addressMessage.new)
    .map(message => decodeAddress(message))
    .map(result => (result.ok ? result.value : undefined));

  it.each([
    ['127.0.0.1', 8, 254, 0],
    ['10.0.0.1', 24, 0, 0],
    ['10.0.0.3', 24, 0, addressFlag.secondary],
    ['192.0.2.1', 32, 0, 0],
    ['::1', 128, 254, 0],
    ['2001:db8::1', 64, 0, addressFlag.noDad],
    ['2001:db8::2', 128, 0, addressFlag.noDad | addressFlag.deprecated],
    ['2001:db8::3', 64, 0, addressFlag.noDad],
    ['fe80::ff:fe00:1', 64, 253, 0],
  ])('reads %s/%d', (address, prefixLength, scope, flags) => {
    const match = found.filter(each => each?.address === address);
    expect(match).toHaveLength(1);
    // 0x80: permanent
    expect({ ...match[0], flags: match[0]!.flags & ~0x80 }).toEqual({
      linkIndex: expect.any(Number),
      address,
      prefixLength,
      scope,
      flags,
    });
  });

  it('reads what the kernel announces', () => {
    const [added] = messagesIn(recordedEvent('address added'));
    const [removed] = messagesIn(recordedEvent('address removed'));
    expect([added?.type, removed?.type]).toEqual([addressMessage.new, addressMessage.delete]);
    expect(decodeAddress(added!)).toMatchObject({ ok: true, value: { address: '10.0.0.9', prefixLength: 24 } });
    expect(decodeAddress(removed!)).toMatchObject({ ok: true, value: { address: '10.0.0.9', prefixLength: 24 } });
  });

  it('reads back what the encoder wrote', () => {
    const { message } = encoded(encodeAddAddress, { ...plain, address: ip('fe80::9'), prefixLength: 64, scope: 253 });
    expect(decodeAddress(message)).toEqual({
      ok: true,
      value: { linkIndex: 7, address: 'fe80::9', prefixLength: 64, scope: 253, flags: 0 },
    });
  });

  const body = (...bytes: readonly number[]) => ({
    type: addressMessage.new,
    flags: 0,
    sequence: 0,
    port: 0,
    body: Uint8Array.from(bytes),
  });

  it.each([
    ['a body shorter than its header', body(2, 24, 0, 0), 'message-body-truncated'],
    ['no address', body(2, 24, 0, 0, 7, 0, 0, 0), 'attribute-missing'],
    ['an IPv4 address of five bytes', body(2, 24, 0, 0, 7, 0, 0, 0, 9, 0, 2, 0, 1, 2, 3, 4, 5), 'attribute-malformed'],
    ['a prefix length of 33', body(2, 33, 0, 0, 7, 0, 0, 0, 8, 0, 2, 0, 1, 2, 3, 4), 'attribute-malformed'],
    ['an attribute past the end', body(2, 24, 0, 0, 7, 0, 0, 0, 9, 0, 2, 0, 1, 2, 3, 4), 'attribute-length-invalid'],
  ])('refuses %s', (_, message, reason) => {
    expect(decodeAddress(message)).toEqual({ ok: false, reason });
  });

  it('passes over other families', () => {
    expect(decodeAddress(body(28, 0, 0, 0, 0, 0, 0, 0))).toEqual({ ok: true, value: undefined });
  });
});

it('asks for a dump of every address', () => {
  const writer = new MessageWriter();
  encodeAddressDump(writer, 6);
  expect(decodeMessages(writer.bytes()).messages).toMatchObject([
    { type: 22, flags: 0x301, sequence: 6, body: new Uint8Array(8) },
  ]);
});
