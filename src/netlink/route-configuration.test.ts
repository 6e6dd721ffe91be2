import { expect, it } from 'vitest';
import type { NetlinkMessage } from './message.ts';
import { decodeIpv6Forwarding } from './route-configuration.ts';

const message = (...body: readonly number[]): NetlinkMessage => ({
  type: 80,
  flags: 0,
  sequence: 0,
  port: 0,
  body: Uint8Array.from(body),
});
const index = [8, 0, 1, 0, 7, 0, 0, 0];
const on = [8, 0, 2, 0, 1, 0, 0, 0];
const off = [8, 0, 2, 0, 0, 0, 0, 0];

it.each([
  ['on', message(10, 0, 0, 0, ...index, ...on), { linkIndex: 7, forwarding: true }],
  ['off', message(10, 0, 0, 0, ...index, ...off), { linkIndex: 7, forwarding: false }],
  ['of IPv4', message(2, 0, 0, 0, ...index, ...on), undefined],
  ['of another setting', message(10, 0, 0, 0, ...index, 8, 0, 3, 0, 1, 0, 0, 0), undefined],
  ['of all interfaces', message(10, 0, 0, 0, 8, 0, 1, 0, 255, 255, 255, 255, ...on), undefined],
])('reads IPv6 forwarding: %s', (_, bytes, value) => {
  expect(decodeIpv6Forwarding(bytes)).toEqual({ ok: true, value });
});

it.each([
  ['no header', message(10), 'message-body-truncated'],
  ['no interface', message(10, 0, 0, 0, ...on), 'attribute-missing'],
  ['an attribute past the end', message(10, 0, 0, 0, 9, 0, 1, 0, 7, 0, 0, 0), 'attribute-length-invalid'],
])('refuses %s', (_, bytes, reason) => {
  expect(decodeIpv6Forwarding(bytes)).toEqual({ ok: false, reason });
});
