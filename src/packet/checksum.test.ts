import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../base/ip-address.ts';
import { internetChecksum, pseudoHeader4, pseudoHeader6 } from './checksum.ts';

describe('internetChecksum', () => {
  it.each([
    // The example of RFC 1071 section 3: the sum is ddf2.
    ['0001f203f4f5f6f7', 0x220d],
    ['', 0xffff],
    ['0000', 0xffff],
    ['ffff', 0x0000],
    ['ffffffff', 0x0000],
    ['01', 0xfeff],
    ['8000800080008000', 0xfffd],
  ])('of %s', (hex, checksum) => {
    expect(internetChecksum([Buffer.from(hex, 'hex')])).toBe(checksum);
  });

  it('folds every carry', () => {
    expect(internetChecksum([new Uint8Array(65_534).fill(0xff)])).toBe(0);
    expect(internetChecksum([new Uint8Array(65_534).fill(0xff), Uint8Array.of(0, 1)])).toBe(0xfffe);
  });

  it('does not depend on how the bytes are cut into chunks', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(64), fc.nat(64), (bytes, first, second) => {
        const [left, right] = [Math.min(first, second), Math.max(first, second)];
        const chunks = [bytes.subarray(0, left), bytes.subarray(left, right), bytes.subarray(right)];
        expect(internetChecksum(chunks)).toBe(internetChecksum([bytes]));
      }),
    );
  });

  it('is 0 over data that carries its own checksum', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 64 }), bytes => {
        const even = bytes.length % 2 === 0 ? bytes : bytes.subarray(1);
        const checksum = internetChecksum([even]);
        expect(internetChecksum([even, Uint8Array.of(checksum >> 8, checksum & 0xff)])).toBe(0);
      }),
    );
  });
});

describe('pseudo-headers', () => {
  it('lays out that of IPv4', () => {
    const header = pseudoHeader4(parseIpAddress('192.0.2.1')!, parseIpAddress('224.0.0.18')!, 112, 0x0102);
    expect(Buffer.from(header).toString('hex')).toBe('c0000201e000001200700102');
  });

  it('lays out that of IPv6', () => {
    const header = pseudoHeader6(parseIpAddress('fe80::a')!, parseIpAddress('ff02::12')!, 112, 0x01020304);
    expect(Buffer.from(header).toString('hex')).toBe(
      'fe80000000000000000000000000000aff0200000000000000000000000000120102030400000070',
    );
  });
});
