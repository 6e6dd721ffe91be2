import { type Duration, microseconds, plus, seconds } from '../base/duration.ts';
import { after } from '../base/instant.ts';
import { familyOf, type IpAddress, isLinkLocal, sameNetwork } from '../base/ip-address.ts';
import type { AddressRequest, InterfaceAddress, Link } from '../ports/network.ts';
import type { VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import { entryText, FakeRouting } from './fake-routing.ts';
import type { Ground } from './ground.ts';
import { IpvsTable } from './ipvs-table.ts';
import { KernelLink } from './kernel-link.ts';
import { MarkingTables } from './marking-tables.ts';
import type { Frame, Segment, VrrpFrame } from './segment.ts';

export interface KernelOwner {
  readonly name: string;
  /** Through the netlink monitor. */
  notify(input: VrrpInput): void;
  packet(link: KernelLink, frame: VrrpFrame): void;
}

/** RFC 4861's RetransTimer: so long duplicate address detection waits for an objection, RFC 4862 5.4. */
const detectionTime = seconds(1);
/** Before that, an interface that has come up waits for a random time: MAX_RTR_SOLICITATION_DELAY, RFC 4862 5.4.2. */
const detectionDelay = seconds(1);

type KernelChange = VrrpEffect & { readonly type: 'change-addresses' | 'change-routes' | 'change-rules' };

export interface LinkSpec {
  readonly name: string;
  readonly segment: Segment;
  /** With prefix length, as `ip address` writes them. The first of each family is the primary one. */
  readonly addresses: readonly { readonly address: IpAddress; readonly prefixLength: number }[];
  readonly mac: string;
}

/** The part of a Linux kernel that VRRP lives on: interfaces, addresses, and the news about both. */
export class FakeKernel {
  readonly links: KernelLink[] = [];
  readonly ipvs = new IpvsTable(name => this.linkNamed(name)?.adminUp);
  readonly marking = new MarkingTables();
  readonly routing: FakeRouting;
  readonly #ground: Ground;
  readonly #owner: KernelOwner;
  /** `promote_secondaries` by interface name. */
  readonly #promotes = new Set<string>();
  /** Interfaces whose IPv6 forwarding is on. */
  readonly #forwarding: boolean;
  readonly #specs: readonly LinkSpec[];
  /** One for each interface of the configuration, whether it is there or not. */
  readonly portIds: readonly number[];
  #lastIndex = 1;

  constructor(ground: Ground, owner: KernelOwner, specs: readonly LinkSpec[], forwarding: boolean) {
    this.#ground = ground;
    this.#owner = owner;
    this.#specs = specs;
    this.#forwarding = forwarding;
    this.portIds = specs.map(() => ground.newPortId());
    this.routing = new FakeRouting({
      isUp: index => this.link(index)?.adminUp,
      observe: (entry, change, by) =>
        ground.observe({ type: 'routing', node: owner.name, change, text: entryText(entry), by }),
      notify: input => owner.notify(input),
    });
    for (const spec of specs) this.#create(spec);
  }

  linkNamed(name: string): KernelLink | undefined {
    for (const link of this.links) if (link.name === name) return link;
    return undefined;
  }

  link(index: number): KernelLink | undefined {
    for (const link of this.links) if (link.index === index) return link;
    return undefined;
  }

  holds(linkIndex: number, address: IpAddress, prefixLength?: number): boolean {
    const link = this.link(linkIndex);
    if (!link) return false;
    for (const held of link.addresses) {
      if (held.address === address && (prefixLength === undefined || held.prefixLength === prefixLength)) return true;
    }
    return false;
  }

  holdsAnywhere(address: IpAddress): boolean {
    for (const link of this.links) if (link.answersFor(address)) return true;
    return false;
  }

  /** What a dump shows. */
  dump(): VrrpInput {
    return {
      type: 'resynchronised',
      links: this.links.map(link => link.view()),
      addresses: this.links.flatMap(link => link.addresses),
      forwardingLinks: this.#forwarding ? this.links.map(link => link.index) : [],
    };
  }

  /** One netlink batch of the daemon's: its answer, and how long the kernel needs for it. */
  change(effect: KernelChange): { readonly answer: VrrpInput; readonly cost: Duration } {
    const { batch } = effect;
    if (effect.type !== 'change-addresses') {
      return { answer: { type: 'routing-changed', batch, errors: this.routing.change(effect) }, cost: addressCost };
    }
    const errors = this.changeAddresses(effect.operation, effect.addresses);
    const cost = microseconds(addressCost * effect.addresses.length);
    return { answer: { type: 'addresses-changed', batch, errors }, cost };
  }

  changeAddresses(
    operation: 'add' | 'remove',
    requests: readonly AddressRequest[],
  ): { place: number; error: string }[] {
    const errors: { place: number; error: string }[] = [];
    requests.forEach((request, place) => {
      const error = operation === 'add' ? this.#add(request) : this.#remove(request, 'engine');
      if (error) errors.push({ place, error });
    });
    return errors;
  }

  /** Another program takes an address away. False if it is not there. */
  removeAddress(address: IpAddress): boolean {
    for (const link of this.links) {
      const held = link.addresses.find(other => other.address === address);
      if (held) return this.#remove(held, 'other') === undefined;
    }
    return false;
  }

  /** Another program takes away whatever is not in its own configuration of the interface. */
  flush(linkName: string): void {
    const link = this.linkNamed(linkName);
    if (!link) return;
    const own = this.#specs.find(({ name }) => name === link.configuredName)?.addresses ?? [];
    for (const held of [...link.addresses]) {
      if (!own.some(({ address }) => address === held.address)) this.#remove(held, 'other');
    }
  }

  /** Another program puts an address on an interface. */
  addAddress(linkName: string, address: IpAddress, prefixLength: number): void {
    const link = this.linkNamed(linkName);
    if (link) this.#insert(link, { linkIndex: link.index, address, prefixLength, scope: 0, flags: noFlags }, 'other');
  }

  setPromoteSecondaries(linkName: string, enabled: boolean): void {
    if (enabled) this.#promotes.add(linkName);
    else this.#promotes.delete(linkName);
  }

  setAdminUp(linkName: string, up: boolean): void {
    const link = this.linkNamed(linkName);
    if (!link || link.adminUp === up) return;
    link.adminUp = up;
    this.#tell(link);
    // The kernel forgets IPv6 addresses of an interface that goes down, and keeps IPv4 ones.
    if (!up) {
      this.routing.linkIsDown(link.index);
      for (const held of [...link.addresses]) if (familyOf(held.address) === 6) this.#drop(link, held, 'kernel');
    } else this.#addLinkLocal(link);
  }

  setCarrier(linkName: string, carrier: boolean): void {
    const link = this.linkNamed(linkName);
    if (!link || link.carrier === carrier) return;
    link.carrier = carrier;
    this.#tell(link);
  }

  rename(linkName: string, newName: string): void {
    const link = this.linkNamed(linkName);
    if (!link || this.linkNamed(newName)) return;
    link.name = newName;
    this.#tell(link);
  }

  deleteLink(linkName: string): void {
    const link = this.linkNamed(linkName);
    if (!link) return;
    link.adminUp = false;
    this.#tell(link);
    this.routing.linkIsDown(link.index);
    for (const held of [...link.addresses]) this.#drop(link, held, 'kernel');
    this.links.splice(this.links.indexOf(link), 1);
    link.unplug();
    this.#owner.notify({ type: 'link-removed', index: link.index });
  }

  /** An interface of that name comes (back): a new index, the addresses of its configuration. */
  createLink(linkName: string): void {
    const spec = this.#specs.find(({ name }) => name === linkName);
    if (!spec || this.links.some(link => link.configuredName === linkName)) return;
    const link = this.#create(spec);
    this.#tell(link);
    for (const held of link.addresses) this.#owner.notify({ type: 'address-added', address: held });
  }

  /** Power is gone: nothing of what was set at run time survives. */
  reset(): void {
    for (const link of this.links) {
      for (const held of [...link.addresses]) this.#drop(link, held, 'kernel', false);
      link.unplug();
    }
    this.links.length = 0;
    this.#promotes.clear();
    this.ipvs.reset();
    this.marking.flush();
    this.routing.clear();
    for (const spec of this.#specs) this.#create(spec);
  }

  #create(spec: LinkSpec): KernelLink {
    const portId = this.portIds[this.#specs.indexOf(spec)]!;
    const link = new KernelLink(portId, spec, ++this.#lastIndex, frame => this.#receive(link, frame));
    this.links.push(link);
    for (const { address, prefixLength } of spec.addresses) {
      const scope = isLinkLocal(address) && familyOf(address) === 6 ? 253 : 0;
      link.addresses.push({ linkIndex: link.index, address, prefixLength, scope, flags: noFlags });
    }
    return link;
  }

  #receive(link: KernelLink, frame: Frame): void {
    if (frame.type === 'vrrp' && link.adminUp) this.#owner.packet(link, frame);
  }

  #tell(link: KernelLink): void {
    const view: Link = link.view();
    this.#owner.notify({ type: 'link-changed', link: view });
  }

  /** Its own link-local address comes back when an interface goes up, tentative at first. */
  #addLinkLocal(link: KernelLink): void {
    const configured = this.#specs.find(({ name }) => name === link.configuredName)?.addresses ?? [];
    for (const { address, prefixLength } of configured) {
      if (familyOf(address) !== 6) continue;
      const held = { linkIndex: link.index, address, prefixLength, scope: isLinkLocal(address) ? 253 : 0 };
      const tentative: InterfaceAddress = { ...held, flags: { ...noFlags, tentative: true } };
      this.#insert(link, tentative, 'kernel');
      const wait = plus(detectionTime, microseconds(this.#ground.prng.below(detectionDelay)));
      this.#ground.schedule(after(this.#ground.now, wait), {
        happen: () => {
          const place = link.addresses.indexOf(tentative);
          if (place < 0) return;
          const settled: InterfaceAddress = { ...held, flags: noFlags };
          link.addresses[place] = settled;
          this.#owner.notify({ type: 'address-added', address: settled });
        },
      });
    }
  }

  #add(request: AddressRequest): string | undefined {
    const link = this.link(request.linkIndex);
    if (!link) return 'ENODEV';
    const { address, prefixLength, scope } = request;
    if (familyOf(address) === 6 && !link.adminUp) return 'EACCES';
    const taken =
      familyOf(address) === 6
        ? this.holds(link.index, address)
        : link.addresses.some(held => held.address === address && held.prefixLength === prefixLength);
    if (taken) return 'EEXIST';
    const isPrimary = !link.addresses.some(held => isSameSubnet(held, address, prefixLength));
    const deprecated = request.preferredLifetimeSeconds === 0;
    const flags = { ...noFlags, deprecated, secondary: familyOf(address) === 4 && !isPrimary };
    this.#insert(link, { linkIndex: link.index, address, prefixLength, scope, flags }, 'engine');
    return undefined;
  }

  #insert(link: KernelLink, held: InterfaceAddress, by: 'engine' | 'kernel' | 'other'): void {
    if (this.holds(link.index, held.address, held.prefixLength)) return;
    link.addresses.push(held);
    this.#observe(link, held, 'added', by);
    this.#owner.notify({ type: 'address-added', address: held });
  }

  #remove(
    request: { readonly linkIndex: number; readonly address: IpAddress; readonly prefixLength: number },
    by: 'engine' | 'other',
  ): string | undefined {
    const link = this.link(request.linkIndex);
    if (!link) return 'ENODEV';
    const { address, prefixLength } = request;
    const held = link.addresses.find(other => other.address === address && other.prefixLength === prefixLength);
    if (!held) return 'EADDRNOTAVAIL';
    this.#drop(link, held, by);
    if (familyOf(address) === 6 || held.flags.secondary) return undefined;
    // A primary IPv4 address takes its secondaries along, or the first of them is promoted.
    const siblings = link.addresses.filter(
      other => other.flags.secondary && isSameSubnet(other, address, prefixLength),
    );
    if (!this.#promotes.has(link.name)) {
      for (const sibling of siblings) this.#drop(link, sibling, 'kernel');
      return undefined;
    }
    const [first] = siblings;
    if (first) {
      const promoted = { ...first, flags: { ...first.flags, secondary: false } };
      link.addresses[link.addresses.indexOf(first)] = promoted;
      this.#owner.notify({ type: 'address-added', address: promoted });
    }
    return undefined;
  }

  #drop(link: KernelLink, held: InterfaceAddress, by: 'engine' | 'kernel' | 'other', tell = true): void {
    const place = link.addresses.indexOf(held);
    if (place < 0) return;
    link.addresses.splice(place, 1);
    this.#observe(link, held, 'removed', by);
    if (tell) this.#owner.notify({ type: 'address-removed', address: held });
  }

  #observe(
    link: KernelLink,
    { address, prefixLength }: InterfaceAddress,
    change: 'added' | 'removed',
    by: 'engine' | 'kernel' | 'other',
  ): void {
    const { name: node } = this.#owner;
    this.#ground.observe({ type: 'address', change, node, linkIndex: link.index, address, prefixLength, by });
  }
}

const noFlags = { deprecated: false, tentative: false, dadFailed: false, secondary: false };

/** How long the kernel needs for one address of a batch. */
const addressCost: Duration = microseconds(12);

function isSameSubnet(held: InterfaceAddress, address: IpAddress, prefixLength: number): boolean {
  return (
    held.prefixLength === prefixLength &&
    familyOf(held.address) === familyOf(address) &&
    sameNetwork(held.address, address, prefixLength)
  );
}
