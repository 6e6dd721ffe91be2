import { familyOf, ipAddressBytes, parseIpAddress } from '../base/ip-address.ts';

/** The prefix length that an IPv4 netmask stands for; undefined if its ones do not stand together, from the left. */
export function maskPrefixLength(text: string): number | undefined {
  const address = parseIpAddress(text);
  if (!address || familyOf(address) !== 4) return undefined;
  const bits = [...ipAddressBytes(address)].map(byte => byte.toString(2).padStart(8, '0')).join('');
  const length = bits.indexOf('0');
  if (length < 0) return 32;
  return bits.includes('1', length) ? undefined : length;
}

/** What C's inet_aton takes: one to four numbers, the last of which fills what is left. */
export function isLooseAddress(text: string): boolean {
  if (!/^[0-9]+(\.[0-9]+){0,3}$/.test(text)) return false;
  const parts = text.split('.').map(Number);
  const last = parts.pop()!;
  return parts.every(part => part <= 255) && last < 256 ** (4 - parts.length);
}
