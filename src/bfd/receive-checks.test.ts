import { describe, expect, it } from 'vitest';
import { milliseconds, seconds, zero } from '../base/duration.ts';
import { encodeControl } from '../packet/bfd-control.ts';
import { checkControl } from './receive-checks.ts';

const good = encodeControl({
  diagnostic: 0,
  state: 'Down',
  poll: false,
  final: false,
  controlPlaneIndependent: false,
  demand: false,
  detectMultiplier: 3,
  myDiscriminator: 9,
  yourDiscriminator: 0,
  desiredMinTx: seconds(1),
  requiredMinRx: milliseconds(10),
  requiredMinEchoRx: zero,
});

/** The good packet with some bytes changed, and so many bytes after it. */
function verdict(changes: Readonly<Record<number, number>>, more = 0): string {
  const bytes = new Uint8Array(good.length + more);
  bytes.set(good);
  for (const [place, value] of Object.entries(changes)) bytes[Number(place)] = value;
  const checked = checkControl(bytes);
  return checked.ok ? 'accepted' : checked.reason;
}

const flags = { down: 0x40, init: 0x80, up: 0xc0, adminDown: 0x00, authentication: 0x04, multipoint: 0x01 };

describe('what is checked of a control packet by itself', () => {
  it.each([
    ['5880-6.8.6-version +', 'version 1', { 0: 0x20 }, 0, 'accepted'],
    ['5880-6.8.6-version -', 'version 0', { 0: 0x00 }, 0, 'version'],
    ['5880-6.8.6-version -', 'version 2', { 0: 0x40 }, 0, 'version'],
    ['5880-6.8.6-version -', 'version 7', { 0: 0xe0 }, 0, 'version'],
    ['5880-6.8.6-length-min +', 'length 24', { 3: 24 }, 0, 'accepted'],
    ['5880-6.8.6-length-min -', 'length 0', { 3: 0 }, 0, 'length'],
    ['5880-6.8.6-length-min -', 'length 23', { 3: 23 }, 0, 'length'],
    ['5880-6.8.6-length-min -', 'length 25 with authentication', { 1: 0x44, 3: 25 }, 1, 'length'],
    ['5880-6.8.6-length-max +', 'a tail after the length', {}, 9, 'accepted'],
    ['5880-6.8.6-length-max -', 'a length beyond the payload', { 3: 25 }, 0, 'length'],
    ['5880-6.8.6-mult +', 'multiplier 1', { 2: 1 }, 0, 'accepted'],
    ['5880-6.8.6-mult -', 'multiplier 0', { 2: 0 }, 0, 'multiplier-zero'],
    ['5880-6.8.6-mbit +', 'no multipoint bit', { 1: flags.down }, 0, 'accepted'],
    ['5880-6.8.6-mbit -', 'the multipoint bit', { 1: flags.down | flags.multipoint }, 0, 'multipoint'],
    ['5880-6.8.6-mydisc +', 'a discriminator', { 4: 1 }, 0, 'accepted'],
    ['5880-6.8.6-mydisc -', 'no discriminator', { 7: 0 }, 0, 'my-discriminator-zero'],
    ['5880-6.8.6-yourdisc-zero +', 'no discriminator of ours, and Down', { 1: flags.down }, 0, 'accepted'],
    ['5880-6.8.6-yourdisc-zero +', 'no discriminator of ours, and AdminDown', { 1: flags.adminDown }, 0, 'accepted'],
    ['5880-6.8.6-yourdisc-zero -', 'no discriminator of ours, and Init', { 1: 0x80 }, 0, 'your-discriminator-zero'],
    ['5880-6.8.6-yourdisc-zero -', 'no discriminator of ours, and Up', { 1: 0xc0 }, 0, 'your-discriminator-zero'],
    ['5880-6.8.6-auth +', 'no authentication', {}, 0, 'accepted'],
    ['5880-6.8.6-auth -', 'an authentication section', { 1: 0x44, 3: 26 }, 2, 'authentication'],
    ['5880-4.1-diag-reserved +', 'diagnostic 9', { 0: 0x29 }, 0, 'accepted'],
    ['5880-4.1-diag-reserved -', 'diagnostic 31', { 0: 0x3f }, 0, 'accepted'],
  ] as [string, string, Record<number, number>, number, string][])('%s %s', (_id, _what, changes, more, expected) => {
    expect(verdict(changes, more)).toBe(expected);
  });

  it('fewer bytes than the fields need are counted, too', () => {
    expect(checkControl(good.subarray(0, 23))).toEqual({ ok: false, reason: 'too-short' });
  });
});
