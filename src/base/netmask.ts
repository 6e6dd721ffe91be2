import { familyOf, ipAddressBytes, parseIpAddress } from './ip-address.ts';

/** The prefix length that an IPv4 netmask stands for; undefined if its ones do not stand together, from the left. */
export function maskPrefixLength(text: string): number | undefined {
  const address = parseIpAddress(text);
  if (!address || familyOf(address) !== 4) return undefined;
  const bits = [...ipAddressBytes(address)].map(byte => byte.toString(2).padStart(8, '0')).join('');
  const length = bits.indexOf('0');
  if (length < 0) return 32;
  return bits.includes('1', length) ? undefined : length;
}
