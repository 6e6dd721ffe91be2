declare const ipAddress: unique symbol;

/** 4 or 6, as in the IP header's version field. */
export type Family = 4 | 6;

/**
 * An IPv4 or IPv6 address as canonical text (dotted quad; RFC 5952 for IPv6), so that equal addresses are equal
 * strings and recorded inputs stay readable.
 */
export type IpAddress = string & { readonly [ipAddress]: true };

export function familyOf(address: IpAddress): Family {
  return address.includes(':') ? 6 : 4;
}

/** The address in canonical text, or undefined if the text is not an address. No zone, no prefix length. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(':')) return readIpv4(text, unread) ? ipv4Of(text) : undefined;
  const bytes = parseIpv6(text);
  return bytes && ipAddressFromBytes(bytes);
}

/** Nobody looks at these. */
const unread = new Uint8Array(4);

/** What is read is canonical. The engine makes a longer text a view of the whole that it was cut from: that must not stay. */
function ipv4Of(text: string): IpAddress {
  if (text.length < 13) return text as IpAddress;
  const place = text.lastIndexOf('.');
  return (text.slice(0, place) + text.slice(place)) as IpAddress;
}

/** 4 or 16 bytes in network order. */
export function ipAddressFromBytes(bytes: Uint8Array): IpAddress {
  return (bytes.length === 4 ? bytes.join('.') : formatIpv6(bytes)) as IpAddress;
}

/** 4 or 16 bytes in network order. */
export function ipAddressBytes(address: IpAddress): Uint8Array {
  const bytes = address.includes(':') ? parseIpv6(address) : parseIpv4(address);
  if (!bytes) throw new TypeError(`not an IP address: "${address}"`);
  return bytes;
}

/** As an unsigned integer in network byte order. */
export function ipAddressNumber(address: IpAddress): bigint {
  let number = 0n;
  for (const byte of ipAddressBytes(address)) number = number * 256n + BigInt(byte);
  return number;
}

/** `number` is 0 .. 2^32 - 1 or 0 .. 2^128 - 1. */
export function ipAddressFromNumber(number: bigint, family: Family): IpAddress {
  const bytes = new Uint8Array(family === 4 ? 4 : 16);
  let rest = number;
  for (let place = bytes.length - 1; place >= 0; place--) {
    bytes[place] = Number(rest % 256n);
    rest /= 256n;
  }
  return ipAddressFromBytes(bytes);
}

/** Negative, zero or positive; as unsigned integers in network byte order (RFC 9568 section 6.4.3). */
export function compareIpAddresses(left: IpAddress, right: IpAddress): number {
  const leftBytes = ipAddressBytes(left);
  const rightBytes = ipAddressBytes(right);
  if (leftBytes.length !== rightBytes.length) return leftBytes.length - rightBytes.length;
  for (let index = 0; index < leftBytes.length; index++) {
    const difference = leftBytes[index]! - rightBytes[index]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

export function isMulticast(address: IpAddress): boolean {
  // Asked for every packet: canonical text shows it without being taken apart.
  if (familyOf(address) === 6) return /^ff[0-9a-f]{2}:/.test(address);
  // 224 .. 239: no other first part has three digits of which the first two are 22 (and a 4 or more) or 23.
  if (address.charCodeAt(3) !== fullStop || address.charCodeAt(0) !== 0x32) return false;
  const second = address.charCodeAt(1);
  return second === 0x33 || (second === 0x32 && address.charCodeAt(2) >= 0x34);
}

/** fe80::/10 or 169.254.0.0/16. */
export function isLinkLocal(address: IpAddress): boolean {
  // Canonical text shows it; asked for every address of a configuration.
  return familyOf(address) === 4 ? address.startsWith('169.254.') : /^fe[89ab][0-9a-f]:/.test(address);
}

export function isUnspecified(address: IpAddress): boolean {
  return ipAddressBytes(address).every(byte => byte === 0);
}

/** Whether the first `prefixLength` bits of both addresses agree; false for different families. */
export function sameNetwork(left: IpAddress, right: IpAddress, prefixLength: number): boolean {
  const leftBytes = ipAddressBytes(left);
  const rightBytes = ipAddressBytes(right);
  if (leftBytes.length !== rightBytes.length) return false;
  for (let bit = 0; bit < prefixLength; bit += 8) {
    const mask = prefixLength - bit >= 8 ? 0xff : (0xff << (8 - (prefixLength - bit))) & 0xff;
    if ((leftBytes[bit >> 3]! & mask) !== (rightBytes[bit >> 3]! & mask)) return false;
  }
  return true;
}

/** The longest prefix length of the family: 32 or 128. */
export function maximumPrefixLength(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

function parseIpv4(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  return readIpv4(text, bytes) ? bytes : undefined;
}

/** Whether it is an address, whose bytes are then there. By hand, because it runs for every address of every advert. */
function readIpv4(text: string, bytes: Uint8Array): boolean {
  let part = 0;
  let digits = 0;
  let value = 0;
  for (let place = 0; place <= text.length; place++) {
    const digit = place === text.length ? dot : text.charCodeAt(place) - 0x30;
    if (digit === dot) {
      if (digits === 0 || part === 4) return false;
      bytes[part++] = value;
      digits = 0;
      value = 0;
      continue;
    }
    const leadingZero = digits > 0 && value === 0;
    if (digit < 0 || digit > 9 || leadingZero) return false;
    value = value * 10 + digit;
    if (value > 255) return false;
    digits++;
  }
  return part === 4;
}

/** A full stop, counted from the digit 0. */
const dot = -2;

/** By hand as well: neighbour advertisements and IPv6 checksums are made of them. */
function parseIpv6(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(16);
  let length = 0;
  /** Where the "::" stands. */
  let gap = -1;
  let place = 0;
  if (text.startsWith('::')) {
    gap = 0;
    place = 2;
  }
  while (place < text.length) {
    const start = place;
    let value = 0;
    for (; place < text.length; place++) {
      const digit = hexDigit(text.charCodeAt(place));
      if (digit < 0) break;
      value = value * 16 + digit;
    }
    if (text.charCodeAt(place) === fullStop) {
      const tail = parseIpv4(text.slice(start));
      if (!tail || length > 12) return undefined;
      bytes.set(tail, length);
      length += 4;
      break;
    }
    const digits = place - start;
    if (digits === 0 || digits > 4 || length === 16) return undefined;
    bytes[length++] = value >> 8;
    bytes[length++] = value & 0xff;
    if (place === text.length) break;
    if (text.charCodeAt(place++) !== colon) return undefined;
    if (text.charCodeAt(place) === colon) {
      if (gap >= 0) return undefined;
      gap = length;
      place++;
    } else if (place === text.length) return undefined;
  }
  if (gap < 0) return length === 16 ? bytes : undefined;
  // It stands for one group at least.
  if (length > 14) return undefined;
  const rest = 16 - (length - gap);
  bytes.copyWithin(rest, gap, length);
  bytes.fill(0, gap, rest);
  return bytes;
}

const colon = 0x3a;
const fullStop = 0x2e;

/** 0 .. 15, or -1. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function formatIpv6(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let index = 0; index < 16; index += 2) groups.push((bytes[index]! << 8) | bytes[index + 1]!);
  // RFC 5952: the longest run of two or more zero groups, the first of equals, becomes "::".
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > bestLength) {
      bestStart = start;
      bestLength = length;
    }
  }
  const hex = (part: readonly number[]): string => part.map(group => group.toString(16)).join(':');
  if (bestStart < 0) return hex(groups);
  return `${hex(groups.slice(0, bestStart))}::${hex(groups.slice(bestStart + bestLength))}`;
}
