import { describe, expect, it } from 'vitest';
import { decodeDnsHeader, encodeDnsQuery, encodeDomainName } from './dns-message.ts';

describe('a domain name', () => {
  it('is its labels with their lengths, and a zero', () => {
    expect(encodeDomainName('example.org')).toEqual(
      Uint8Array.from([7, ...Buffer.from('example'), 3, ...Buffer.from('org'), 0]),
    );
    expect(encodeDomainName('example.org.')).toEqual(encodeDomainName('example.org'));
  });

  it('of the root is a zero', () => {
    expect(encodeDomainName('')).toEqual(Uint8Array.of(0));
    expect(encodeDomainName('.')).toEqual(Uint8Array.of(0));
  });

  it('has labels of 1 to 63 bytes and 255 bytes at most', () => {
    expect(encodeDomainName('a..b')).toBeUndefined();
    expect(encodeDomainName('a'.repeat(63))).toHaveLength(65);
    expect(encodeDomainName('a'.repeat(64))).toBeUndefined();
    expect(encodeDomainName(new Array(127).fill('a').join('.'))).toHaveLength(255);
    expect(encodeDomainName(new Array(128).fill('a').join('.'))).toBeUndefined();
    expect(encodeDomainName('snow☃')).toBeUndefined();
  });
});

it('asks one question of the Internet class, recursion desired', () => {
  const query = encodeDnsQuery(0x1234, 6, encodeDomainName('a')!);
  expect([...query]).toEqual([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0x61, 0, 0, 6, 0, 1]);
});

it('reads what a header says', () => {
  const bytes = Uint8Array.of(0x12, 0x34, 0x81, 0x83, 0, 1, 1, 2, 0, 0, 0, 0);
  expect(decodeDnsHeader(bytes)).toEqual({ id: 0x1234, response: true, rcode: 3, answers: 0x102 });
  expect(decodeDnsHeader(encodeDnsQuery(7, 1, Uint8Array.of(0)))).toMatchObject({ id: 7, response: false });
  expect(decodeDnsHeader(bytes.subarray(0, 11))).toBeUndefined();
});
