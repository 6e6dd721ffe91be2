import { type IpAddress, ipAddressBytes } from '../base/ip-address.ts';
import { broadcastMac, type MacAddress, macAddressBytes } from '../base/mac-address.ts';

/**
 * A gratuitous ARP as a whole Ethernet frame: a broadcast request whose sender and target are the address (RFC 5227
 * section 3 prefers requests to replies). The target hardware address is broadcast, as keepalived sends it; receivers
 * ignore that field in a request.
 */
export function gratuitousArp(mac: MacAddress, address: IpAddress): Uint8Array {
  const frame = new Uint8Array(42);
  const sender = macAddressBytes(mac);
  const broadcast = macAddressBytes(broadcastMac);
  const ip = ipAddressBytes(address);
  frame.set(broadcast, 0);
  frame.set(sender, 6);
  // EtherType ARP, hardware Ethernet, protocol IPv4, their lengths, operation request.
  frame.set([0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 6, 4, 0x00, 0x01], 12);
  frame.set(sender, 22);
  frame.set(ip, 28);
  frame.set(broadcast, 32);
  frame.set(ip, 38);
  return frame;
}
