import { type IpAddress, ipAddressBytes, ipAddressFromBytes } from '../base/ip-address.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { internetChecksum } from './checksum.ts';

/** Length of a header without options, in bytes. */
export const ipv4HeaderLength = 20;

export interface Ipv4Header {
  /** The former TOS byte; VRRP uses 0xc0, internetwork control. */
  readonly typeOfService: number;
  /** 0 .. 65535. */
  readonly identification: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
}

/** A header without options and with its checksum, for a payload of `payloadLength` bytes. Not a fragment, DF clear. */
export function encodeIpv4Header(header: Ipv4Header, payloadLength: number): Uint8Array {
  const bytes = new Uint8Array(ipv4HeaderLength);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x45;
  bytes[1] = header.typeOfService;
  view.setUint16(2, ipv4HeaderLength + payloadLength);
  view.setUint16(4, header.identification);
  bytes[8] = header.ttl;
  bytes[9] = header.protocol;
  bytes.set(ipAddressBytes(header.source), 12);
  bytes.set(ipAddressBytes(header.destination), 16);
  view.setUint16(10, internetChecksum([bytes]));
  return bytes;
}

export interface Ipv4Packet extends Ipv4Header {
  /** As many bytes as the total length says: Ethernet padding is cut off. */
  readonly payload: Uint8Array;
}

export type Ipv4Malformation = 'ip-header-too-short' | 'ip-version' | 'ip-header-length' | 'ip-total-length';

/**
 * Takes a packet apart as a raw socket delivers it, options skipped. The header checksum is the kernel's to verify: it
 * drops wrong ones before any raw socket sees them.
 */
export function decodeIpv4Packet(bytes: Uint8Array): Result<Ipv4Packet, Ipv4Malformation> {
  if (bytes.length < ipv4HeaderLength) return failed('ip-header-too-short');
  if (bytes[0]! >> 4 !== 4) return failed('ip-version');
  const headerLength = (bytes[0]! & 0x0f) * 4;
  if (headerLength < ipv4HeaderLength || headerLength > bytes.length) return failed('ip-header-length');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const totalLength = view.getUint16(2);
  if (totalLength < headerLength || totalLength > bytes.length) return failed('ip-total-length');
  return ok({
    typeOfService: bytes[1]!,
    identification: view.getUint16(4),
    ttl: bytes[8]!,
    protocol: bytes[9]!,
    source: ipAddressFromBytes(bytes.subarray(12, 16)),
    destination: ipAddressFromBytes(bytes.subarray(16, 20)),
    payload: bytes.subarray(headerLength, totalLength),
  });
}
