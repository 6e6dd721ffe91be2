import type { IpAddress } from '../base/ip-address.ts';
import type { InterfaceAddress } from '../ports/network.ts';

/** Which addresses this machine has, on whatever interface. */
export class LocalAddresses {
  #places = new Map<IpAddress, Set<string>>();
  #known = false;

  get isKnown(): boolean {
    return this.#known;
  }

  has(address: IpAddress): boolean {
    return this.#places.has(address);
  }

  get all(): Iterable<IpAddress> {
    return this.#places.keys();
  }

  replace(addresses: readonly InterfaceAddress[]): void {
    this.#known = true;
    this.#places = new Map();
    for (const address of addresses) this.change(address, true);
  }

  change({ address, linkIndex, prefixLength }: InterfaceAddress, present: boolean): void {
    const place = `${linkIndex}/${prefixLength}`;
    const places = this.#places.get(address) ?? new Set();
    if (present) places.add(place);
    else places.delete(place);
    if (places.size > 0) this.#places.set(address, places);
    else this.#places.delete(address);
  }
}
