import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { microseconds, milliseconds, seconds, zero } from '../base/duration.ts';
import { type ControlPacket, encodeControl, readControl, sessionStates } from './bfd-control.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** State Down, multiplier 3, discriminator 1, 1 s and 10 ms, no echo. */
const down: ControlPacket = {
  diagnostic: 0,
  state: 'Down',
  poll: false,
  final: false,
  controlPlaneIndependent: false,
  demand: false,
  detectMultiplier: 3,
  myDiscriminator: 1,
  yourDiscriminator: 0,
  desiredMinTx: seconds(1),
  requiredMinRx: milliseconds(10),
  requiredMinEchoRx: zero,
};
const downHex = '204003180000000100000000000f42400000271000000000';

const interval = fc.integer({ min: 0, max: 0xffff_ffff }).map(microseconds);
const packets: fc.Arbitrary<ControlPacket> = fc.record({
  diagnostic: fc.integer({ min: 0, max: 31 }),
  state: fc.constantFrom(...sessionStates),
  poll: fc.boolean(),
  final: fc.constant(false),
  controlPlaneIndependent: fc.boolean(),
  demand: fc.boolean(),
  detectMultiplier: fc.integer({ min: 1, max: 255 }),
  myDiscriminator: fc.integer({ min: 1, max: 0xffff_ffff }),
  yourDiscriminator: fc.integer({ min: 0, max: 0xffff_ffff }),
  desiredMinTx: interval,
  requiredMinRx: interval,
  requiredMinEchoRx: interval,
});

describe('BFD control packets', () => {
  it('5880-4.1-layout + encode and decode to the vector', () => {
    expect(hex(encodeControl(down))).toBe(downHex);
    expect(readControl(Buffer.from(downHex, 'hex'))).toEqual({
      ok: true,
      value: { ...down, version: 1, length: 24, payloadLength: 24, authenticationPresent: false, multipoint: false },
    });
  });

  it('5880-4.1-layout - never count milliseconds, bytes backwards or discriminators in the other order', () => {
    const bytes = encodeControl({ ...down, myDiscriminator: 0x01020304, yourDiscriminator: 0x05060708 });
    expect(hex(bytes.subarray(4, 12))).toBe('0102030405060708');
    expect(hex(encodeControl({ ...down, desiredMinTx: milliseconds(1) }).subarray(12, 16))).toBe('000003e8');
  });

  it('say after decoding what was said before encoding', () => {
    fc.assert(
      fc.property(packets, packet => {
        const read = readControl(encodeControl(packet));
        expect(read.ok && read.value).toMatchObject(packet);
      }),
    );
  });

  it('are read from any 24 bytes, and from no fewer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
        expect(readControl(bytes).ok).toBe(bytes.length >= 24);
      }),
    );
  });

  it.each([
    ['P and F together', { ...down, poll: true, final: true }],
    ['multiplier 0', { ...down, detectMultiplier: 0 }],
    ['multiplier 256', { ...down, detectMultiplier: 256 }],
    ['a discriminator of 0', { ...down, myDiscriminator: 0 }],
    ['a fraction of a microsecond', { ...down, desiredMinTx: microseconds(0.5) }],
  ] satisfies [string, ControlPacket][])('are never encoded with %s', (_name, packet) => {
    expect(() => encodeControl(packet)).toThrow();
  });
});
