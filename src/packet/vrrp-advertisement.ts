import { assert } from '../base/assert.ts';
import { centiseconds, type Duration, seconds } from '../base/duration.ts';
import { type Family, familyOf, type IpAddress, ipAddressBytes, ipAddressFromBytes } from '../base/ip-address.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { internetChecksum, pseudoHeader4, pseudoHeader6 } from './checksum.ts';

/** IP protocol and IPv6 next header of VRRP. */
export const vrrpProtocol = 112;

const advertisementType = 1;
const headerLength = 8;
const authenticationLength = 8;
const checksumOffset = 6;

/** The fields of a VRRP advertisement, RFC 9568 section 5.2 and RFC 3768 section 5.3. */
export interface Advertisement {
  readonly version: 2 | 3;
  /** 1 .. 255. */
  readonly vrid: number;
  /** 0 .. 255; 0 gives up, 255 is the address owner. */
  readonly priority: number;
  /** v2: 1 .. 255 whole seconds; v3: 10 ms to 40.95 s in steps of 10 ms. */
  readonly interval: Duration;
  /** At most 255, all of the packet's family. */
  readonly addresses: readonly IpAddress[];
  /** v2 only. Undefined sends type 0 with zeros. `data` is 8 bytes. */
  readonly authentication: { readonly type: number; readonly data: Uint8Array } | undefined;
}

/** What the checksum may cover besides the message. */
export interface AdvertisementEnvelope {
  readonly family: Family;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** v3 over IPv4 only: v2 never has a pseudo-header, IPv6 always. */
  readonly pseudoHeader: boolean;
}

/** The VRRP message with its checksum. */
export function encodeAdvertisement(advertisement: Advertisement, envelope: AdvertisementEnvelope): Uint8Array {
  const { version, vrid, priority, addresses, authentication } = advertisement;
  const { family } = envelope;
  assert(vrid >= 1 && vrid <= 255 && priority >= 0 && priority <= 255, 'VRID and priority fit their fields');
  assert(addresses.length <= 255, 'at most 255 addresses fit an advertisement');
  assert(version === 2 || authentication === undefined, 'VRRPv3 has no authentication');
  const addressLength = family === 4 ? 4 : 16;
  const listEnd = headerLength + addresses.length * addressLength;
  const bytes = new Uint8Array(listEnd + (version === 2 ? authenticationLength : 0));
  bytes[0] = (version << 4) | advertisementType;
  bytes[1] = vrid;
  bytes[2] = priority;
  bytes[3] = addresses.length;
  if (version === 2) {
    const count = advertisement.interval / seconds(1);
    assert(Number.isInteger(count) && count >= 1 && count <= 255, 'a v2 interval is 1 to 255 whole seconds');
    bytes[4] = authentication?.type ?? 0;
    bytes[5] = count;
    if (authentication) {
      assert(authentication.data.length === authenticationLength, 'authentication data is 8 bytes');
      bytes.set(authentication.data, listEnd);
    }
  } else {
    const count = advertisement.interval / centiseconds(1);
    assert(Number.isInteger(count) && count >= 1 && count <= 4095, 'a v3 interval is 1 to 4095 centiseconds');
    bytes[4] = count >> 8;
    bytes[5] = count & 0xff;
  }
  addresses.forEach((address, index) => {
    assert(familyOf(address) === family, 'advertised addresses have the family of the packet');
    bytes.set(ipAddressBytes(address), headerLength + index * addressLength);
  });
  const checksum = internetChecksum([...coveredHeader(version, envelope, bytes.length), bytes]);
  bytes[checksumOffset] = checksum >> 8;
  bytes[checksumOffset + 1] = checksum & 0xff;
  return bytes;
}

function coveredHeader(version: number, envelope: AdvertisementEnvelope, length: number): Uint8Array[] {
  const { family, source, destination } = envelope;
  if (version === 2) return [];
  if (family === 6) return [pseudoHeader6(source, destination, vrrpProtocol, length)];
  return envelope.pseudoHeader ? [pseudoHeader4(source, destination, vrrpProtocol, length)] : [];
}

/** A message as it is laid out, its fields read and not judged. */
export interface ReceivedAdvertisement {
  /** 2 or 3, which decide the layout; for any other value only the first 8 bytes are read. */
  readonly version: number;
  readonly type: number;
  readonly vrid: number;
  readonly priority: number;
  /** Count IPvX Addr. */
  readonly count: number;
  /** v2: Adver Int, 0 .. 255 s; v3: Max Advertise Interval, 0 .. 40.95 s, its reserved bits masked away. */
  readonly interval: Duration;
  readonly addresses: readonly IpAddress[];
  /** v2 only. */
  readonly authentication: { readonly type: number; readonly data: Uint8Array } | undefined;
  /** The counted bytes: what the checksum covers. Bytes beyond it are padding. */
  readonly message: Uint8Array;
}

/** Fewer bytes than the fields and counted addresses need. */
export interface TooShort {
  readonly type: 'too-short';
  readonly length: number;
  readonly needed: number;
}

/** The VRID, by which the virtual router is found before anything else is looked at. */
export function advertisedVrid(bytes: Uint8Array): number | undefined {
  return bytes[1];
}

/** Reads the fields. Never looks beyond `bytes`, and judges nothing except that they are all there. */
export function readAdvertisement(bytes: Uint8Array, family: Family): Result<ReceivedAdvertisement, TooShort> {
  if (bytes.length < headerLength) return failed(tooShort(bytes, headerLength));
  const version = bytes[0]! >> 4;
  const count = bytes[3]!;
  const laidOut = version === 2 || version === 3;
  const addressLength = family === 4 ? 4 : 16;
  const listEnd = headerLength + (laidOut ? count * addressLength : 0);
  const needed = listEnd + (version === 2 ? authenticationLength : 0);
  if (bytes.length < needed) return failed(tooShort(bytes, needed));
  const addresses: IpAddress[] = [];
  for (let offset = headerLength; offset < listEnd; offset += addressLength) {
    addresses.push(ipAddressFromBytes(bytes.subarray(offset, offset + addressLength)));
  }
  return ok({
    version,
    type: bytes[0]! & 0x0f,
    vrid: bytes[1]!,
    priority: bytes[2]!,
    count,
    // RFC 9568 section 5.2.6: the four reserved bits are ignored on receipt.
    interval: version === 2 ? seconds(bytes[5]!) : centiseconds(((bytes[4]! & 0x0f) << 8) | bytes[5]!),
    addresses,
    authentication: version === 2 ? { type: bytes[4]!, data: bytes.subarray(listEnd, needed) } : undefined,
    message: bytes.subarray(0, needed),
  });
}

function tooShort(bytes: Uint8Array, needed: number): TooShort {
  return { type: 'too-short', length: bytes.length, needed };
}

/** Whether the received checksum is right for this envelope. */
export function checksumHolds(received: ReceivedAdvertisement, envelope: AdvertisementEnvelope): boolean {
  const { version, message } = received;
  return internetChecksum([...coveredHeader(version, envelope, message.length), message]) === 0;
}
