import { type IpAddress, parseIpAddress } from './ip-address.ts';

/** An address that a test is sure of. */
export function ip(text: string): IpAddress {
  const address = parseIpAddress(text);
  if (!address) throw new TypeError(`not an address: ${text}`);
  return address;
}
