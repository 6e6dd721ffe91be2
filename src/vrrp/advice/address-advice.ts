import {
  familyOf,
  type IpAddress,
  ipAddressBytes,
  isLinkLocal,
  isMulticast,
  isUnspecified,
  maximumPrefixLength,
  sameNetwork,
} from '../../base/ip-address.ts';
import { located } from '../../config/tree.ts';
import type { InterfaceAddress } from '../../ports/configuration-host.ts';
import type { VirtualAddress } from '../configuration.ts';
import { mistypedFor } from './mistyped-address.ts';
import type { Advice, MachineFacts } from './rule.ts';
import { keywordIn, linesNamed, placeOf, placeOfAddress, type WrittenInstance, type WrittenVrrp } from './written.ts';

const lists = ['virtual_ipaddress', 'virtual_ipaddress_excluded'] as const;

/** Virtual addresses that nobody will reach, or that two routers would quarrel about. */
export function* addressAdvice(written: WrittenVrrp, facts: MachineFacts): Generator<Advice> {
  yield* addressesTwice(written);
  yield* outsideSubnets(written, facts);
  for (const instance of written.instances) {
    yield* notAHost(instance);
    yield* notTheOwner(instance, facts);
    yield* firstNotLinkLocal(instance);
    yield* interfaceNotTracked(instance, written);
  }
}

function allAddresses({ configuration }: WrittenInstance): readonly VirtualAddress[] {
  return [...configuration.addresses, ...configuration.excludedAddresses];
}

function deviceOf(address: VirtualAddress, { configuration }: WrittenInstance): string | undefined {
  return address.interface ?? configuration.interface;
}

function* addressesTwice({ instances }: WrittenVrrp): Generator<Advice> {
  const known = new Map<string, WrittenInstance>();
  for (const written of instances) {
    for (const virtual of allAddresses(written)) {
      const key = `${virtual.address} ${deviceOf(virtual, written) ?? ''}`;
      const other = known.get(key);
      known.set(key, written);
      if (!other) continue;
      const { name } = written.configuration;
      const same = other === written;
      const [place, again] = same ? lastTwo(written, virtual.address) : [undefined, undefined];
      yield {
        where: again ?? place ?? placeOfAddress(written.statement, lists, virtual.address),
        code: 'address-twice',
        message: same
          ? `"${name}" has ${virtual.address} twice`
          : `${virtual.address} belongs to "${other.configuration.name}" and to "${name}"`,
        hint: same
          ? 'once is enough'
          : 'when one of them gives it up, the other believes it still has it; keep it in one',
      };
    }
  }
}

/** Where the same address stands twice: the places of its last two lines. */
function lastTwo(written: WrittenInstance, address: IpAddress) {
  const places = lists.flatMap(list => linesNamed(written.statement, list, address).slice(-2));
  return places.slice(-2).map(line => located(line));
}

/** Who has neighbours in more networks than this has not typed them by hand. */
const mostModels = 16;

/** Of each network, as far as it is typed by hand, the first address: mistyped ones are compared with these. */
function models(neighbours: readonly IpAddress[]): readonly IpAddress[] {
  const first = new Map<string, IpAddress>();
  for (const neighbour of neighbours) {
    const network = neighbour.replace(/\.[0-9]+$/, '');
    if (!first.has(network)) first.set(network, neighbour);
    if (first.size > mostModels) return [];
  }
  return [...first.values()];
}

function onePerNetwork(addresses: readonly InterfaceAddress[]): readonly InterfaceAddress[] {
  const first = new Map<string, InterfaceAddress>();
  for (const own of addresses) {
    const bytes = ipAddressBytes(own.address);
    const network = bytes.map(
      (byte, place) => byte & (0xff00 >> Math.max(0, Math.min(8, own.prefixLength - 8 * place))),
    );
    const key = `${network.join('.')}/${own.prefixLength}`;
    if (!first.has(key)) first.set(key, own);
  }
  return [...first.values()];
}

/**
 * By the addresses of the interface, where they are known. Where not, unicast peers tell the network, but an address
 * far from it is no mistake (the peers may talk over a network of their own): only one that looks mistyped is.
 */
function* outsideSubnets({ instances }: WrittenVrrp, facts: MachineFacts): Generator<Advice> {
  const virtualOnes = new Set(instances.flatMap(written => allAddresses(written).map(({ address }) => address)));
  const subnetsOf = new Map<string, readonly InterfaceAddress[]>();
  const subnets = (device: string): readonly InterfaceAddress[] => {
    let known = subnetsOf.get(device);
    if (!known) {
      known = onePerNetwork(
        (facts.addressesOf(device) ?? []).filter(({ address }) => !isLinkLocal(address) && !virtualOnes.has(address)),
      );
      subnetsOf.set(device, known);
    }
    return known;
  };
  for (const written of instances) {
    const { configuration, statement } = written;
    const { destination, source } = configuration;
    const peers = destination.type === 'unicast' ? destination.peers.map(({ address }) => address) : [];
    const own = source === undefined ? [] : [source];
    const [beside, elsewhere] = [models([...peers, ...own]), models(own)];
    /** By interface: a network that is routed here may have thousands of addresses. */
    const outside = new Map<string, VirtualAddress[]>();
    for (const virtual of allAddresses(written)) {
      const { address, prefixLength, interface: given } = virtual;
      if (isLinkLocal(address) || kindOf(address) !== undefined) continue;
      const device = given ?? configuration.interface;
      if (device !== undefined && hasNoCable(device)) continue;
      const isBeside = given === undefined || given === configuration.interface;
      const known = device === undefined ? [] : subnets(device).filter(own => sameFamily(own.address, address));
      if (known.some(own => sameNetwork(own.address, address, own.prefixLength))) continue;
      const guess = mistypedFor(address, isBeside ? beside : elsewhere, prefixLength);
      if (guess !== undefined) {
        const place =
          known.length === 0
            ? `the network of ${listed(isBeside ? peers : [])}`
            : `every subnet of ${device} (${shown(known)})`;
        yield {
          where: placeOfAddress(statement, lists, address),
          code: 'address-outside-subnets',
          message: `${address} is outside ${place}`,
          hint: `did you mean ${guess}?`,
        };
      } else if (device !== undefined && known.length > 0) {
        const list = outside.get(device);
        if (list) list.push(virtual);
        else outside.set(device, [virtual]);
      }
    }
    for (const [device, [first, ...others]] of outside) {
      if (!first) continue;
      const { address, prefixLength } = first;
      const known = subnets(device).filter(own => sameFamily(own.address, address));
      const bringsNetwork = prefixLength < maximumPrefixLength(familyOf(address));
      yield {
        where: placeOfAddress(statement, lists, address),
        code: 'address-outside-subnets',
        message: `${address}${others.length > 0 ? ` and ${others.length} more are` : ' is'} outside every subnet of ${device} (${shown(known)})`,
        hint: bringsNetwork
          ? `it serves hosts of its own network, ${address}/${prefixLength}, if there are any on this link; else correct it`
          : 'its neighbours do not ask for it there: only a route to this network brings packets',
      };
    }
  }
}

function sameFamily(left: IpAddress, right: IpAddress): boolean {
  return familyOf(left) === familyOf(right);
}

function shown(subnets: readonly InterfaceAddress[]): string {
  return subnets.map(({ address, prefixLength }) => `${address}/${prefixLength}`).join(', ');
}

function listed(addresses: readonly IpAddress[]): string {
  const [first, second, ...rest] = [...new Set(addresses)];
  if (first === undefined) return 'the source address';
  if (second === undefined) return `the peer ${first}`;
  return `the peers ${first} and ${rest.length === 0 ? second : `${rest.length + 1} others`}`;
}

/** What no single host can have as its address; undefined if it can. */
function kindOf(address: IpAddress): string | undefined {
  if (isMulticast(address)) return 'a multicast address';
  if (isUnspecified(address)) return 'the address that stands for any';
  if (address === '::1' || address.startsWith('127.')) return 'the loopback address of every host';
  return address === '255.255.255.255' ? 'the broadcast address' : undefined;
}

function* notAHost(written: WrittenInstance): Generator<Advice> {
  for (const { address, prefixLength } of allAddresses(written)) {
    const kind = kindOf(address);
    if (kind !== undefined) {
      yield {
        where: placeOfAddress(written.statement, lists, address),
        code: 'address-not-a-host',
        message: `${address} is ${kind}`,
        hint: 'no virtual router can hold it; correct it',
      };
      continue;
    }
    // Networks of two addresses or one have no others (RFC 3021).
    if (familyOf(address) !== 4 || prefixLength >= 31) continue;
    const bytes = ipAddressBytes(address);
    const value = ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
    const hostMask = 0xffffffff >>> prefixLength;
    const host = (value & hostMask) >>> 0;
    if (host !== 0 && host !== hostMask) continue;
    yield {
      where: placeOfAddress(written.statement, lists, address),
      code: 'address-not-a-host',
      message: `${address} is the ${host === 0 ? 'number' : 'broadcast address'} of the network ${address}/${prefixLength}`,
      hint: 'hosts do not talk to it; correct the address or its prefix length',
    };
  }
}

/** RFC 9568 section 5.2.4: 255 is for the router whose interface has the addresses as its own. */
function* notTheOwner({ configuration, statement }: WrittenInstance, facts: MachineFacts): Generator<Advice> {
  const { interface: device, priority, addresses } = configuration;
  const [first] = addresses;
  const known = device === undefined ? undefined : facts.addressesOf(device);
  // Without the line it has been told already.
  if (priority !== 255 || !first || !known || !keywordIn(statement, 'priority')) return;
  if (known.some(own => addresses.some(({ address }) => own.address === address))) return;
  yield {
    where: placeOf(statement, 'priority'),
    code: 'not-the-owner',
    message: `priority 255 says that ${device} has ${first.address} as an address of its own, which it has not`,
    hint: 'the owner takes the address from anybody at once, whatever nopreempt, preempt_delay and trackers say; write 254 or less',
  };
}

/** RFC 9568 section 5.2.9. */
function* firstNotLinkLocal({ configuration, statement }: WrittenInstance): Generator<Advice> {
  const first = configuration.addresses[0];
  if (configuration.family !== 6 || !first || isLinkLocal(first.address)) return;
  yield {
    where: placeOfAddress(statement, lists, first.address),
    code: 'first-address-not-link-local',
    message: `the first IPv6 address of "${configuration.name}", ${first.address}, is not link-local`,
    hint: 'RFC 9568 section 5.2.9 asks for one of fe80::/10 first; hosts that have it as their router need it',
  };
}

function* interfaceNotTracked(written: WrittenInstance, { instances }: WrittenVrrp): Generator<Advice> {
  const { configuration, group, statement } = written;
  if (configuration.interface === undefined) return;
  const elsewhere = allAddresses(written).filter(
    virtual => virtual.interface !== undefined && virtual.interface !== configuration.interface,
  );
  if (elsewhere.length === 0) return;
  const watched = new Set<string | undefined>();
  for (const tracker of [...configuration.trackInterfaces, ...(group?.configuration.trackInterfaces ?? [])]) {
    watched.add(tracker.interface);
  }
  // The members of a sync group share their faults.
  for (const other of instances) if (group && other.group === group) watched.add(other.configuration.interface);
  for (const { address, interface: device } of elsewhere) {
    if (device === undefined || watched.has(device) || hasNoCable(device)) continue;
    watched.add(device);
    yield {
      where: placeOfAddress(statement, lists, address),
      code: 'interface-not-tracked',
      message: `"${configuration.name}" holds ${address} on ${device}, but watches ${configuration.interface} only`,
      hint: `when ${device} loses its cable the address stays here; name ${device} in track_interface`,
    };
  }
}

/** By the names that such interfaces usually have: addresses that are announced by routing live there. */
function hasNoCable(device: string): boolean {
  return /^(lo|dummy)\d*$/.test(device);
}
