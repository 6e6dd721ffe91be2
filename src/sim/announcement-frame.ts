import { type IpAddress, ipAddressFromBytes } from '../base/ip-address.ts';
import { type MacAddress, macAddressFromBytes } from '../base/mac-address.ts';
import { internetChecksum, pseudoHeader6 } from '../packet/checksum.ts';

/** What a neighbour learns from a frame. */
export interface NeighbourNews {
  readonly address: IpAddress;
  readonly mac: MacAddress;
  /** ARP always; a neighbour advertisement by its override flag (RFC 4861 section 7.2.5). */
  readonly overrides: boolean;
}

/** The sender's MAC address by the Ethernet header: what a switch learns. */
export function sourceMacOf(frame: Uint8Array): MacAddress {
  return macAddressFromBytes(frame.subarray(6, 12));
}

/** Reads a frame as a client's kernel does; undefined if it would teach the client nothing. */
export function readAnnouncement(frame: Uint8Array): NeighbourNews | undefined {
  const etherType = frame.length >= 14 ? frame[12]! * 256 + frame[13]! : 0;
  if (etherType === 0x0806) return readArp(frame);
  if (etherType === 0x86dd) return readNeighbourAdvertisement(frame);
  return undefined;
}

/** Hardware Ethernet, protocol IPv4, their lengths, the upper half of the operation. */
const arpHeader = [0x00, 0x01, 0x08, 0x00, 6, 4, 0x00];

function readArp(frame: Uint8Array): NeighbourNews | undefined {
  if (frame.length < 42) return undefined;
  if (!arpHeader.every((byte, index) => frame[14 + index] === byte)) return undefined;
  const operation = frame[21]!;
  const sender = frame.subarray(28, 32);
  const target = frame.subarray(38, 42);
  // Gratuitous: request or reply about the sender itself.
  if ((operation !== 1 && operation !== 2) || !sender.every((byte, index) => byte === target[index])) return undefined;
  const mac = macAddressFromBytes(frame.subarray(22, 28));
  return { address: ipAddressFromBytes(sender), mac, overrides: true };
}

function readNeighbourAdvertisement(frame: Uint8Array): NeighbourNews | undefined {
  if (frame.length < 14 + 40 + 32) return undefined;
  const ip = frame.subarray(14, 54);
  const message = frame.subarray(54);
  const isAdvertisement = ip[0]! >> 4 === 6 && ip[6] === 58 && ip[7] === 255 && message[0] === 136 && message[1] === 0;
  if (!isAdvertisement || ip[4]! * 256 + ip[5]! !== message.length) return undefined;
  const source = ipAddressFromBytes(ip.subarray(8, 24));
  const destination = ipAddressFromBytes(ip.subarray(24, 40));
  if (internetChecksum([pseudoHeader6(source, destination, 58, message.length), message]) !== 0) return undefined;
  // Type 2, one unit of 8 bytes: target link-layer address.
  if (message[24] !== 2 || message[25] !== 1) return undefined;
  return {
    address: ipAddressFromBytes(message.subarray(8, 24)),
    mac: macAddressFromBytes(message.subarray(26, 32)),
    overrides: (message[4]! & 0x20) !== 0,
  };
}
