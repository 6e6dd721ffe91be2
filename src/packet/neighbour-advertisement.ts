import { type IpAddress, ipAddressBytes, parseIpAddress } from '../base/ip-address.ts';
import { type MacAddress, macAddressBytes } from '../base/mac-address.ts';
import { internetChecksum, pseudoHeader6 } from './checksum.ts';

const allNodes = parseIpAddress('ff02::1')!;
const icmpv6 = 58;
const messageLength = 32;

export interface NeighbourAdvertisementFlags {
  /** The sender forwards packets. */
  readonly router: boolean;
  /** Receivers replace a cached link-layer address. */
  readonly override: boolean;
}

/**
 * An unsolicited neighbour advertisement (RFC 4861 section 7.2.6) as a whole Ethernet frame to all nodes: hop limit 255,
 * target link-layer address option, solicited flag clear.
 */
export function unsolicitedNeighbourAdvertisement(
  mac: MacAddress,
  source: IpAddress,
  target: IpAddress,
  flags: NeighbourAdvertisementFlags,
): Uint8Array {
  const frame = new Uint8Array(14 + 40 + messageLength);
  const sender = macAddressBytes(mac);
  frame.set([0x33, 0x33, 0, 0, 0, 1], 0);
  frame.set(sender, 6);
  frame.set([0x86, 0xdd], 12);

  const ip = frame.subarray(14, 54);
  ip[0] = 0x60;
  ip[5] = messageLength;
  ip[6] = icmpv6;
  ip[7] = 255;
  ip.set(ipAddressBytes(source), 8);
  ip.set(ipAddressBytes(allNodes), 24);

  const message = frame.subarray(54);
  message[0] = 136;
  message[4] = (flags.router ? 0x80 : 0) | (flags.override ? 0x20 : 0);
  message.set(ipAddressBytes(target), 8);
  message.set([2, 1], 24);
  message.set(sender, 26);
  const checksum = internetChecksum([pseudoHeader6(source, allNodes, icmpv6, messageLength), message]);
  message[2] = checksum >> 8;
  message[3] = checksum & 0xff;
  return frame;
}
