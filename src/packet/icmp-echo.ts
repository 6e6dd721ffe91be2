import { internetChecksum } from './checksum.ts';

/** An ICMP echo (RFC 792): what ping sends and gets back. */
export interface Echo {
  /** 0 .. 65535: tells one program's echoes from another's. */
  readonly identifier: number;
  /** 0 .. 65535. */
  readonly sequence: number;
}

const request = 8;
const reply = 0;
const headerLength = 8;

export function encodeEchoRequest({ identifier, sequence }: Echo): Uint8Array {
  const bytes = new Uint8Array(headerLength);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, request);
  view.setUint16(4, identifier);
  view.setUint16(6, sequence);
  view.setUint16(2, internetChecksum([bytes]));
  return bytes;
}

/** The echo that an ICMP message answers, or undefined if it is anything but a sound echo reply. */
export function decodeEchoReply(bytes: Uint8Array): Echo | undefined {
  if (bytes.length < headerLength || bytes[0] !== reply || bytes[1] !== 0 || internetChecksum([bytes]) !== 0) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { identifier: view.getUint16(4), sequence: view.getUint16(6) };
}
