import type { Duration } from '../base/duration.ts';
import { type Family, type IpAddress, isLinkLocal, isMulticast } from '../base/ip-address.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { checksumHolds, type ReceivedAdvertisement, readAdvertisement } from '../packet/vrrp-advertisement.ts';
import type { Authentication, Destination } from './configuration.ts';

/** Why an advert was discarded. Each is counted, and none changes anything else. */
export const rejectReasons = [
  'too-short',
  'ttl',
  'version',
  'checksum',
  'type',
  'vrid',
  'auth-type-unknown',
  'auth-type-mismatch',
  'auth-failure',
  'interval-mismatch',
  'interval-zero',
  'count-zero',
  'unicast-expected',
  'multicast-expected',
  'wrong-group',
  'unknown-peer',
  'peer-ttl',
  'owner-ignores',
] as const;
export type RejectReason = (typeof rejectReasons)[number];

/** What is worth a count and a log line in an advert that is processed all the same. */
export const observationKinds = [
  /** Its addresses are not ours; the order does not matter. */
  'address-list',
  /** v3: its interval is not the configured one. */
  'interval-differs',
  /** v3 over IPv4: right by the other reading of the standard, with or without the pseudo-header. */
  'checksum-form',
  /** It comes from our own source address. */
  'own-address',
  /** RFC 9568 erratum 8300 asks for a link-local first address; keepalived does not, so neither do we. */
  'first-address-not-link-local',
  /** We own the addresses and hear somebody else (RFC 9568 erratum 8298). */
  'owner-hears-advert',
] as const;
export type Observation = (typeof observationKinds)[number];

export interface ReceivedPacket {
  readonly family: Family;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** IPv4 TTL or IPv6 hop limit. */
  readonly ttl: number;
  /** Bytes after the IP header. */
  readonly payload: Uint8Array;
}

/** What a virtual router demands of the adverts it listens to. */
export interface Expectation {
  readonly version: 2 | 3;
  readonly vrid: number;
  /** As configured: 255 makes us the owner whatever trackers say. */
  readonly priority: number;
  /** As configured, not as learned. */
  readonly interval: Duration;
  readonly authentication: Authentication;
  /** The addresses that we advertise. */
  readonly addresses: readonly IpAddress[];
  readonly destination: Destination;
  readonly checksumWithoutPseudoHeader: boolean;
  /** Leave the address list unchecked (skip_check_adv_addr, once the caller knows the master). */
  readonly skipAddressCheck: boolean;
  readonly ownerIgnoreAdverts: boolean;
  /** Undefined while we have none. */
  readonly ownSource: IpAddress | undefined;
}

export interface CheckedAdvertisement {
  readonly advertisement: ReceivedAdvertisement;
  readonly observations: readonly Observation[];
}

/**
 * The receive checks of RFC 9568 section 7.1, RFC 3768 section 7.1 and RFC 2338 section 7.1. Pure: whatever fails here
 * has changed nothing. The order is the RFCs'; integrity comes before content, so a damaged advert is counted as a bad
 * checksum and not as somebody's wrong password.
 */
export function checkAdvertisement(
  received: ReceivedPacket,
  expected: Expectation,
): Result<CheckedAdvertisement, RejectReason> {
  const envelopeReason = checkEnvelope(received, expected);
  if (envelopeReason) return failed(envelopeReason);

  // The version comes before the length: an advert of the other version is not a broken one of ours.
  if (received.payload.length > 0 && received.payload[0]! >> 4 !== expected.version) return failed('version');
  const read = readAdvertisement(received.payload, received.family);
  if (!read.ok) return failed(read.reason.type);
  const advertisement = read.value;

  const form = checksumForm(received, advertisement, expected);
  if (form === 'wrong') return failed('checksum');
  if (advertisement.type !== 1) return failed('type');
  if (advertisement.vrid !== expected.vrid) return failed('vrid');
  const contentReason =
    advertisement.version === 2 ? checkVersion2(advertisement, expected) : checkVersion3(advertisement, expected);
  if (contentReason) return failed(contentReason);
  const owner = expected.priority === 255;
  if (owner && expected.ownerIgnoreAdverts) return failed('owner-ignores');

  const observations: Observation[] = [];
  if (form === 'other') observations.push('checksum-form');
  if (expected.version === 3 && advertisement.interval !== expected.interval) observations.push('interval-differs');
  if (!expected.skipAddressCheck && !sameAddresses(advertisement.addresses, expected.addresses)) {
    observations.push('address-list');
  }
  const first = advertisement.addresses[0];
  if (received.family === 6 && first !== undefined && !isLinkLocal(first)) {
    observations.push('first-address-not-link-local');
  }
  if (received.source === expected.ownSource) observations.push('own-address');
  else if (owner) observations.push('owner-hears-advert');
  return ok({ advertisement, observations });
}

function checkEnvelope(received: ReceivedPacket, expected: Expectation): RejectReason | undefined {
  const { destination } = expected;
  switch (destination.type) {
    case 'multicast':
      // The TTL proves that the sender is on this link; unicast peers may be routers away.
      if (received.ttl !== 255) return 'ttl';
      if (!isMulticast(received.destination)) return 'multicast-expected';
      return received.destination === destination.group ? undefined : 'wrong-group';
    case 'unicast': {
      if (isMulticast(received.destination)) return 'unicast-expected';
      if (!destination.checkSource) return undefined;
      const peer = destination.peers.find(({ address }) => address === received.source);
      if (!peer) return 'unknown-peer';
      return received.ttl < peer.minimumTtl || received.ttl > peer.maximumTtl ? 'peer-ttl' : undefined;
    }
    case 'no-peer':
      return 'unknown-peer';
  }
}

type ChecksumForm = 'ours' | 'other' | 'wrong';

/** RFC 9568 leaves the pseudo-header out over IPv4, RFC 5798 as deployed puts it in: either is right here. */
function checksumForm(
  received: ReceivedPacket,
  advertisement: ReceivedAdvertisement,
  expected: Expectation,
): ChecksumForm {
  const { family, source, destination } = received;
  const pseudoHeader = !expected.checksumWithoutPseudoHeader;
  if (checksumHolds(advertisement, { family, source, destination, pseudoHeader })) return 'ours';
  if (checksumHolds(advertisement, { family, source, destination, pseudoHeader: !pseudoHeader })) return 'other';
  return 'wrong';
}

function checkVersion2(advertisement: ReceivedAdvertisement, expected: Expectation): RejectReason | undefined {
  const { authentication } = advertisement;
  const type = authentication?.type ?? 0;
  if (type > 2) return 'auth-type-unknown';
  if (type !== (expected.authentication.type === 'password' ? 1 : 0)) return 'auth-type-mismatch';
  if (expected.authentication.type === 'password' && authentication) {
    if (!equalInConstantTime(authentication.data, expected.authentication.bytes)) return 'auth-failure';
  }
  // RFC 3768 section 7.1: unequal intervals never work together, a zero is only the worst of them.
  if (advertisement.interval !== expected.interval) return 'interval-mismatch';
  return undefined;
}

function checkVersion3(advertisement: ReceivedAdvertisement, expected: Expectation): RejectReason | undefined {
  // RFC 9568 erratum 8301: learned, a zero interval would make us master at once.
  if (advertisement.interval === 0) return 'interval-zero';
  // RFC 9568 section 5.2.5, except between routers that are both configured to advertise nothing.
  if (advertisement.count === 0 && expected.addresses.length > 0) return 'count-zero';
  return undefined;
}

/** Takes as long for a first wrong byte as for a last one, so that a password cannot be guessed byte by byte. */
function equalInConstantTime(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < left.length; index++) difference |= left[index]! ^ (right[index] ?? 0);
  return difference === 0;
}

function sameAddresses(left: readonly IpAddress[], right: readonly IpAddress[]): boolean {
  if (left.length !== right.length) return false;
  // The usual case allocates nothing: peers send the list in configured order.
  if (left.every((address, index) => address === right[index])) return true;
  const sorted = [...right].sort();
  return [...left].sort().every((address, index) => address === sorted[index]);
}
