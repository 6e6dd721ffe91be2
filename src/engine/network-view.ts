import { type Family, familyOf, type IpAddress, isLinkLocal } from '../base/ip-address.ts';
import type { InterfaceAddress, Link } from '../ports/network.ts';

/** A NetworkView as plain data. */
export interface SavedNetworkView {
  readonly links: readonly Link[];
  /** What the names stand for: not always all the links, while names are being exchanged. */
  readonly named: readonly Link[];
  readonly addresses: readonly InterfaceAddress[];
  readonly forwarding: readonly number[];
}

/** The interfaces and addresses of this machine, as the kernel told them last. */
export class NetworkView {
  #links = new Map<number, Link>();
  #byName = new Map<string, Link>();
  #addresses = new Map<number, Map<IpAddress, InterfaceAddress[]>>();
  #forwarding = new Set<number>();

  resynchronise(
    links: readonly Link[],
    addresses: readonly InterfaceAddress[],
    forwardingLinks: readonly number[],
  ): void {
    this.#links = new Map();
    this.#byName = new Map();
    this.#addresses = new Map();
    this.#forwarding = new Set(forwardingLinks);
    for (const link of links) this.setLink(link);
    for (const address of addresses) this.addAddress(address);
  }

  save(): SavedNetworkView {
    return {
      links: [...this.#links.values()],
      named: [...this.#byName.values()],
      addresses: [...this.#addresses.values()].flatMap(ofLink => [...ofLink.values()].flat()),
      forwarding: [...this.#forwarding],
    };
  }

  restore({ links, named, addresses, forwarding }: SavedNetworkView): void {
    this.resynchronise(links, addresses, forwarding);
    this.#byName = new Map(named.map(link => [link.name, link]));
  }

  setLink(link: Link): void {
    const before = this.#links.get(link.index);
    // A rename frees the old name.
    if (before && before.name !== link.name) this.#byName.delete(before.name);
    this.#links.set(link.index, link);
    this.#byName.set(link.name, link);
  }

  removeLink(index: number): void {
    const link = this.#links.get(index);
    if (!link) return;
    this.#links.delete(index);
    this.#byName.delete(link.name);
    this.#addresses.delete(index);
  }

  addAddress(address: InterfaceAddress): void {
    let ofLink = this.#addresses.get(address.linkIndex);
    if (!ofLink) {
      ofLink = new Map();
      this.#addresses.set(address.linkIndex, ofLink);
    }
    const same = ofLink.get(address.address)?.filter(other => other.prefixLength !== address.prefixLength) ?? [];
    ofLink.set(address.address, [...same, address]);
  }

  removeAddress(address: InterfaceAddress): void {
    const ofLink = this.#addresses.get(address.linkIndex);
    const rest = ofLink?.get(address.address)?.filter(other => other.prefixLength !== address.prefixLength);
    if (!ofLink || !rest) return;
    if (rest.length > 0) ofLink.set(address.address, rest);
    else ofLink.delete(address.address);
    // An interface that gets its next address takes its place behind the others, now as after a checkpoint.
    if (ofLink.size === 0) this.#addresses.delete(address.linkIndex);
  }

  link(index: number): Link | undefined {
    return this.#links.get(index);
  }

  linkNamed(name: string): Link | undefined {
    return this.#byName.get(name);
  }

  isUp(name: string): boolean {
    const link = this.#byName.get(name);
    return link?.adminUp === true && link.running;
  }

  isForwarding(index: number): boolean {
    return this.#forwarding.has(index);
  }

  hasAddressAnywhere(address: IpAddress): boolean {
    for (const ofLink of this.#addresses.values()) if (ofLink.has(address)) return true;
    return false;
  }

  /** Whether the kernel has exactly this address with this prefix length. */
  hasExactly({ linkIndex, address, prefixLength }: Pick<InterfaceAddress, 'linkIndex' | 'address' | 'prefixLength'>) {
    const same = this.#addresses.get(linkIndex)?.get(address);
    return same?.some(other => other.prefixLength === prefixLength) ?? false;
  }

  /**
   * The address adverts are sent from when none is configured: the interface's first IPv4 address, or its link-local
   * IPv6 address (RFC 9568 sections 5.1.1.1 and 5.1.2.1). A virtual address of ours never counts.
   */
  primaryAddress(
    linkIndex: number,
    family: Family,
    isVirtual: (address: InterfaceAddress) => boolean,
  ): IpAddress | undefined {
    const ofLink = this.#addresses.get(linkIndex);
    if (!ofLink) return undefined;
    let secondary: IpAddress | undefined;
    for (const [text, same] of ofLink) {
      const first = same[0]!;
      if (familyOf(text) !== family || isVirtual(first)) continue;
      if (family === 6) {
        if (isLinkLocal(text) && !first.flags.tentative && !first.flags.dadFailed) return text;
      } else if (!first.flags.secondary) return text;
      else secondary ??= text;
    }
    return secondary;
  }
}
