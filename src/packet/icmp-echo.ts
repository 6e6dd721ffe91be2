import type { Family } from '../base/ip-address.ts';
import { internetChecksum } from './checksum.ts';

/** An echo of ICMP (RFC 792) or ICMPv6 (RFC 4443 section 4): what ping sends and gets back. */
export interface Echo {
  /** 0 .. 65535: tells one program's echoes from another's. */
  readonly identifier: number;
  /** 0 .. 65535. */
  readonly sequence: number;
}

const request = { 4: 8, 6: 128 } as const;
const reply = { 4: 0, 6: 129 } as const;
const headerLength = 8;

/** ICMPv6's checksum covers the addresses, too: the kernel fills it in. */
export function encodeEchoRequest({ identifier, sequence }: Echo, family: Family = 4): Uint8Array {
  const bytes = new Uint8Array(headerLength);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, request[family]);
  view.setUint16(4, identifier);
  view.setUint16(6, sequence);
  if (family === 4) view.setUint16(2, internetChecksum([bytes]));
  return bytes;
}

/**
 * The echo that an ICMP message answers, or undefined if it is anything but a sound echo reply. Of ICMPv6 the kernel lets
 * no message through whose checksum is wrong.
 */
export function decodeEchoReply(bytes: Uint8Array, family: Family = 4): Echo | undefined {
  if (bytes.length < headerLength || bytes[0] !== reply[family] || bytes[1] !== 0) return undefined;
  if (family === 4 && internetChecksum([bytes]) !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { identifier: view.getUint16(4), sequence: view.getUint16(6) };
}
