import { expect, it } from 'vitest';
import { internetChecksum } from './checksum.ts';
import { decodeEchoReply, encodeEchoRequest } from './icmp-echo.ts';

/** What a host answers: the same bytes as a reply, the checksum made anew. */
function answer(bytes: Uint8Array): Uint8Array {
  const reply = Uint8Array.from(bytes);
  reply[0] = 0;
  reply.set([0, 0], 2);
  const checksum = internetChecksum([reply]);
  reply.set([checksum >> 8, checksum & 0xff], 2);
  return reply;
}

it('recognises the answer to its own request', () => {
  const echo = { identifier: 0x1234, sequence: 65_535 };
  expect(decodeEchoReply(answer(encodeEchoRequest(echo)))).toEqual(echo);
});

it('sends a request whose checksum holds', () => {
  expect(internetChecksum([encodeEchoRequest({ identifier: 1, sequence: 2 })])).toBe(0);
});

it('takes nothing else for a reply', () => {
  const reply = answer(encodeEchoRequest({ identifier: 1, sequence: 2 }));
  expect(decodeEchoReply(encodeEchoRequest({ identifier: 1, sequence: 2 }))).toBeUndefined();
  expect(decodeEchoReply(reply.subarray(0, 7))).toBeUndefined();
  const damaged = Uint8Array.from(reply);
  damaged[7]! ^= 1;
  expect(decodeEchoReply(damaged)).toBeUndefined();
});
