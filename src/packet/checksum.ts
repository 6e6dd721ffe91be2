import { type IpAddress, ipAddressBytes } from '../base/ip-address.ts';

/**
 * The 16-bit one's complement of the one's complement sum (RFC 1071) over the chunks as if they were one byte string.
 * Over data whose checksum field is filled in and right, the result is 0.
 */
export function internetChecksum(chunks: readonly Uint8Array[]): number {
  let sum = 0;
  let high = true;
  for (const chunk of chunks) {
    for (let index = 0; index < chunk.length; index++) {
      sum += high ? chunk[index]! << 8 : chunk[index]!;
      high = !high;
    }
  }
  while (sum > 0xffff) sum = (sum % 0x1_0000) + Math.floor(sum / 0x1_0000);
  return ~sum & 0xffff;
}

/** Source, destination, zero, protocol, 16-bit length: what keepalived puts under a VRRPv3 checksum over IPv4. */
export function pseudoHeader4(
  source: IpAddress,
  destination: IpAddress,
  protocol: number,
  upperLength: number,
): Uint8Array {
  const bytes = new Uint8Array(12);
  bytes.set(ipAddressBytes(source), 0);
  bytes.set(ipAddressBytes(destination), 4);
  bytes[9] = protocol;
  bytes[10] = upperLength >> 8;
  bytes[11] = upperLength & 0xff;
  return bytes;
}

/** RFC 8200 section 8.1: source, destination, 32-bit length, three zero bytes, next header. */
export function pseudoHeader6(
  source: IpAddress,
  destination: IpAddress,
  nextHeader: number,
  upperLength: number,
): Uint8Array {
  const bytes = new Uint8Array(40);
  bytes.set(ipAddressBytes(source), 0);
  bytes.set(ipAddressBytes(destination), 16);
  new DataView(bytes.buffer).setUint32(32, upperLength);
  bytes[39] = nextHeader;
  return bytes;
}
