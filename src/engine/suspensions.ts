import { compareIpAddresses, familyOf, type IpAddress } from '../base/ip-address.ts';
import type { AddressRange } from '../lvs/configuration.ts';
import type { InterfaceAddress } from '../ports/network.ts';
import { LocalAddresses } from './local-addresses.ts';
import type { Service } from './service.ts';

interface Watch {
  /** Those of its addresses, each once, that are on this machine. */
  here: number;
  readonly addresses: ReadonlySet<IpAddress>;
  /** Of a group that nftables marks packets to: more addresses than anybody could count. */
  readonly ranges: readonly AddressRange[];
}

/**
 * ha_suspend: which services have an address on this machine. An address that comes or goes concerns those that have it, and
 * costs no more than that, however many addresses they have.
 */
export class Suspensions {
  readonly #local = new LocalAddresses();
  readonly #watches = new Map<Service, Watch>();
  readonly #servicesOf = new Map<IpAddress, Set<Service>>();
  readonly #ranged = new Set<Service>();

  /** A service with another configuration than before, or a new one. */
  watch(service: Service): void {
    this.forget(service);
    const { haSuspend, keys, marked: ranges = [] } = service.pool.configuration;
    if (!haSuspend) return;
    const addresses = new Set<IpAddress>();
    if (ranges.length > 0) {
      this.#ranged.add(service);
      this.#watches.set(service, { here: this.#countWithin(ranges), addresses, ranges });
      return;
    }
    let here = 0;
    for (const key of keys) {
      if (key.type !== 'address' || addresses.has(key.address)) continue;
      addresses.add(key.address);
      const sharers = this.#servicesOf.get(key.address);
      if (sharers) sharers.add(service);
      else this.#servicesOf.set(key.address, new Set([service]));
      if (this.#local.has(key.address)) here += 1;
    }
    this.#watches.set(service, { here, addresses, ranges });
  }

  forget(service: Service): void {
    const watch = this.#watches.get(service);
    if (!watch) return;
    this.#watches.delete(service);
    this.#ranged.delete(service);
    for (const address of watch.addresses) {
      const sharers = this.#servicesOf.get(address);
      sharers?.delete(service);
      if (sharers?.size === 0) this.#servicesOf.delete(address);
    }
  }

  /** Nothing rests before it is known which addresses are here. */
  shallRest(service: Service): boolean {
    const watch = this.#watches.get(service);
    return watch !== undefined && this.#local.isKnown && watch.here === 0;
  }

  /** All addresses. Returns the services that they may concern. */
  replace(addresses: readonly InterfaceAddress[]): Iterable<Service> {
    this.#local.replace(addresses);
    for (const watch of this.#watches.values()) {
      watch.here = this.#countWithin(watch.ranges);
      for (const address of watch.addresses) if (this.#local.has(address)) watch.here += 1;
    }
    return this.#watches.keys();
  }

  /** One came or went. Returns the services that it concerns. */
  change(address: InterfaceAddress, present: boolean): Iterable<Service> {
    const was = this.#local.has(address.address);
    this.#local.change(address, present);
    if (was === this.#local.has(address.address)) return [];
    const concerned = [...(this.#servicesOf.get(address.address) ?? []), ...this.#ofRanges(address.address)];
    for (const service of concerned) this.#watches.get(service)!.here += present ? 1 : -1;
    return concerned;
  }

  #countWithin(ranges: readonly AddressRange[]): number {
    let count = 0;
    if (ranges.length > 0) for (const address of this.#local.all) if (isWithin(address, ranges)) count += 1;
    return count;
  }

  *#ofRanges(address: IpAddress): Generator<Service, void, undefined> {
    for (const service of this.#ranged) if (isWithin(address, this.#watches.get(service)!.ranges)) yield service;
  }
}

function isWithin(address: IpAddress, ranges: readonly AddressRange[]): boolean {
  return ranges.some(
    ({ first, last }) =>
      familyOf(first) === familyOf(address) &&
      compareIpAddresses(first, address) <= 0 &&
      compareIpAddresses(address, last) <= 0,
  );
}
