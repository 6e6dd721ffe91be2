import { seconds } from '../base/duration.ts';
import { type Family, type IpAddress, isMulticast, parseIpAddress } from '../base/ip-address.ts';
import type { MacAddress } from '../base/mac-address.ts';
import { encodeAdvertisement } from '../packet/vrrp-advertisement.ts';
import type { VirtualRouterConfiguration } from '../vrrp/configuration.ts';
import type { Segment, VrrpFrame } from './segment.ts';
import type { World } from './world.ts';

const foreignMac = '02:00:00:00:ff:01' as MacAddress;
const foreignSource = { 4: parseIpAddress('192.0.2.251')!, 6: parseIpAddress('fe80::fb')! } as const;
const foreignAddress = { 4: parseIpAddress('198.51.100.200')!, 6: parseIpAddress('2001:db8:ffff::1')! } as const;
const group = { 4: parseIpAddress('224.0.0.18')!, 6: parseIpAddress('ff02::12')! } as const;

/** An advertisement of somebody else's virtual router with a VRID that is taken here. */
export function foreignFrame(
  world: World,
  segment: Segment,
  foreign: { readonly vrid: number; readonly priority: number; readonly version: 2 | 3 },
): VrrpFrame {
  const ours = routersOn(world, segment).find(({ vrid }) => vrid === foreign.vrid);
  const family = ours?.family ?? 4;
  const version = family === 6 ? 3 : foreign.version;
  return frame(family, group[family], {
    version,
    vrid: foreign.vrid,
    priority: foreign.priority,
    interval: seconds(1),
    addresses: [foreignAddress[family]],
    authentication: undefined,
  });
}

/** A packet that looks like one of ours and must be refused; undefined where nothing speaks VRRP. */
export function damagedFrame(world: World, segment: Segment): VrrpFrame | undefined {
  const { prng } = world;
  const routers = routersOn(world, segment);
  if (routers.length === 0) return undefined;
  const router = routers[prng.below(routers.length)]!;
  const { family, version, vrid, destination } = router;
  const target = destination.type === 'multicast' ? destination.group : group[family];
  const whole = frame(family, target, {
    version,
    vrid,
    priority: prng.below(256),
    interval: router.advertisementInterval,
    addresses: router.addresses.map(({ address }) => address),
    authentication:
      router.authentication.type === 'password' ? { type: 1, data: router.authentication.bytes } : undefined,
  });
  switch (prng.below(4)) {
    case 0:
      return { ...whole, payload: withBitFlipped(whole.payload, 7, prng.below(8)) };
    case 1:
      return { ...whole, payload: whole.payload.subarray(0, prng.below(8)) };
    case 2:
      // Neither version; the checksum is off as well.
      return { ...whole, payload: withBitFlipped(whole.payload, 0, 6) };
    default:
      // A router away: unicast peers may be, multicast never.
      return destination.type === 'multicast' ? { ...whole, ttl: 254 } : { ...whole, payload: new Uint8Array(0) };
  }
}

function frame(
  family: Family,
  destination: IpAddress,
  advertisement: Parameters<typeof encodeAdvertisement>[0],
): VrrpFrame {
  const source = foreignSource[family];
  const payload = encodeAdvertisement(advertisement, { family, source, destination, pseudoHeader: true });
  return {
    type: 'vrrp',
    sourceMac: foreignMac,
    family,
    source,
    destination,
    multicast: isMulticast(destination),
    ttl: 255,
    payload,
  };
}

function withBitFlipped(bytes: Uint8Array, place: number, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[place] = copy[place]! ^ (1 << bit);
  return copy;
}

function routersOn(world: World, segment: Segment): readonly VirtualRouterConfiguration[] {
  return world.nodes.flatMap(node =>
    node.configuration.instances.filter(({ interface: name }) =>
      node.kernel.links.some(link => link.segment === segment && (name === undefined || link.name === name)),
    ),
  );
}
