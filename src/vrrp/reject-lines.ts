import { inSeconds } from '../base/duration.ts';
import type { IpAddress } from '../base/ip-address.ts';
import { type ReceivedAdvertisement, readAdvertisement } from '../packet/vrrp-advertisement.ts';
import type { VirtualRouterConfiguration } from './configuration.ts';
import { detailLine, type LogLine, line } from './log-lines.ts';
import type { Observation, ReceivedPacket, RejectReason } from './receive-checks.ts';

/** Why an advert was discarded, in keepalived's words where it has any, and always with the sender. */
export function rejectLine(
  configuration: VirtualRouterConfiguration,
  packet: ReceivedPacket,
  reason: RejectReason,
): LogLine {
  const read = readAdvertisement(packet.payload, packet.family);
  const text = rejectText(configuration, packet, read.ok ? read.value : undefined, reason);
  return line(`(${configuration.name}) ${text} (from ${packet.source})`, 'warning');
}

function rejectText(
  configuration: VirtualRouterConfiguration,
  packet: ReceivedPacket,
  advert: ReceivedAdvertisement | undefined,
  reason: RejectReason,
): string {
  switch (reason) {
    case 'too-short':
      return `received an advert of ${packet.payload.length} bytes, shorter than its fields and addresses`;
    case 'ttl':
      return `invalid TTL/HL. Received ${packet.ttl} and expect 255`;
    case 'version':
      return `wrong version. Received ${(packet.payload[0] ?? 0) >> 4} and expect ${configuration.version}`;
    case 'checksum':
      return 'Invalid VRRP checksum';
    case 'type':
      return `received an advert of type ${(packet.payload[0] ?? 0) & 0xf}, expecting 1`;
    case 'vrid':
      return 'received an advert for another virtual router';
    case 'auth-type-unknown':
      return `received an invalid auth type of ${advert?.authentication?.type}`;
    case 'auth-type-mismatch': {
      const expected = configuration.authentication.type === 'password' ? 1 : 0;
      return `received a ${advert?.authentication?.type ?? 0} auth, expecting ${expected}!`;
    }
    case 'auth-failure':
      return 'received an invalid passwd!';
    case 'interval-mismatch': {
      const mine = inSeconds(configuration.advertisementInterval);
      return `advertisement interval mismatch mine=${mine} sec rcv'd=${advert ? inSeconds(advert.interval) : '?'} sec`;
    }
    case 'interval-zero':
      return 'received an advertisement interval of 0';
    case 'count-zero':
      return `received an unexpected ip number count 0, expected ${configuration.addresses.length}!`;
    case 'unicast-expected':
      return `expected unicast, but the advert went to ${packet.destination}`;
    case 'multicast-expected':
      return `expected multicast, but the advert went to ${packet.destination}`;
    case 'wrong-group':
      return `the advert went to ${packet.destination}, not to our multicast group`;
    case 'unknown-peer':
      return 'the sender is not one of our unicast peers';
    case 'peer-ttl':
      return `a TTL of ${packet.ttl} is outside the bounds for that peer`;
    case 'owner-ignores':
      return 'we own the addresses and ignore adverts';
  }
}

/** What was noticed in an advert that is processed all the same. */
export function observationLine(
  { name, vrid, addresses }: VirtualRouterConfiguration,
  from: IpAddress,
  advert: ReceivedAdvertisement,
  observation: Observation,
): LogLine {
  switch (observation) {
    case 'address-list': {
      if (advert.addresses.length !== addresses.length) {
        const counts = `${advert.addresses.length}, expected ${addresses.length}!`;
        return line(`(${name}) received an unexpected ip number count ${counts} (from ${from})`, 'warning');
      }
      const missing = addresses.find(({ address }) => !advert.addresses.includes(address))?.address;
      const text = `ip address associated with VRID ${vrid} not present in MASTER advert: ${missing}`;
      return line(`(${name}) ${text} (from ${from})`, 'warning');
    }
    case 'interval-differs':
      return line(`(${name}) the advertisement interval of ${from} is not the one configured here`, 'warning');
    case 'checksum-form':
      return detailLine(`(${name}) ${from} computes the IPv4 checksum the other way (see v3_checksum_as_v2)`);
    case 'own-address':
      // The state machine has an event of its own for this.
      return detailLine(`(${name}) an advert came from our own address ${from}`);
    case 'first-address-not-link-local':
      return detailLine(`(${name}) the first address from ${from} is not link-local`);
    case 'owner-hears-advert':
      return line(`(${name}) we own the addresses (priority 255), yet ${from} advertises them`, 'warning');
  }
}
