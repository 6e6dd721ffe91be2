import { type Duration, milliseconds, zero } from '../base/duration.ts';
import { after, elapsed, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import { ip } from '../base/ip-address.testkit.ts';
import { type Family, familyOf, type IpAddress } from '../base/ip-address.ts';
import { parseMacAddress } from '../base/mac-address.ts';
import type { Instance } from '../engine/instance.ts';
import { VrrpProcess } from '../engine/vrrp-process.ts';
import { type Advertisement, encodeAdvertisement, readAdvertisement } from '../packet/vrrp-advertisement.ts';
import { interfaceAddress, link } from '../ports/network.testkit.ts';
import type { Link } from '../ports/network.ts';
import type { VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import type { VirtualRouterConfiguration, VrrpConfiguration } from './configuration.ts';
import { configuration, router as plainRouter, virtualAddress } from './router.testkit.ts';

export const groupOf = (family: Family): IpAddress => ip(family === 4 ? '224.0.0.18' : 'ff02::12');

/** A VRRPv3 virtual router with VRID 7 on eth0 that yields without a word, as RFC 9568 has it; changed as said. */
export function router(changes: Partial<VirtualRouterConfiguration> = {}): VirtualRouterConfiguration {
  const own = changes.family === 6 ? ['fe80::7', '2001:db8::7'] : ['192.0.2.254', '192.0.2.253'];
  return plainRouter({
    name: 'R',
    vrid: 7,
    version: 3,
    addresses: own.map(text => virtualAddress(text)),
    higherPrioritySendAdvert: false,
    garp: {
      masterRepeat: 1,
      masterDelay: zero,
      masterRefresh: zero,
      masterRefreshRepeat: 1,
      lowerPriorityRepeat: 0,
      lowerPriorityDelay: zero,
    },
    ...changes,
  });
}

/** An advert as a node put it on the wire. */
export interface Sent {
  /** Milliseconds since the world began. */
  readonly at: number;
  readonly channel: string;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly ttl: number | undefined;
  readonly payload: Uint8Array;
  readonly version: number;
  readonly vrid: number;
  readonly priority: number;
  readonly interval: Duration;
  readonly addresses: readonly IpAddress[];
}

/** What a test changes about an advert that a peer sends. */
export interface PeerAdvert {
  readonly version?: 2 | 3;
  readonly vrid?: number;
  readonly priority?: number;
  readonly interval?: Duration;
  readonly addresses?: readonly IpAddress[];
  readonly authentication?: Advertisement['authentication'];
  readonly from?: string;
  readonly to?: string;
  readonly ttl?: number;
  readonly interface?: 'eth0' | 'eth1';
  readonly family?: Family;
  readonly pseudoHeader?: boolean;
  /** Damages the message after its checksum was computed. */
  readonly damage?: (payload: Uint8Array) => Uint8Array;
}

const links: readonly Link[] = ['eth0', 'eth1'].map((name, place) =>
  link(place + 2, name, { mac: parseMacAddress(`02:00:00:00:00:0${place + 1}`) }),
);

/** Several machines, or one and its tester, on two Ethernets without delay or loss, under a clock that tests move. */
export class World {
  now: Instant = instantFromMicroseconds(0);
  readonly nodes: Node[] = [];

  /** Milliseconds since the beginning. */
  get time(): number {
    return elapsed(instantFromMicroseconds(0), this.now) / 1_000;
  }

  /** A machine whose interfaces hold these addresses; its VRRP process starts now. */
  add(options: VrrpConfiguration | VirtualRouterConfiguration, host = 1, addresses?: readonly string[]): Node {
    const whole = 'instances' in options ? options : configuration([options]);
    const own = addresses ?? [`192.0.2.${host}/24`, `fe80::${host}/64`, `2001:db8::${host}/64`];
    const node = new Node(this, whole, own);
    this.nodes.push(node);
    node.start();
    return node;
  }

  /** Moves the clock, running every deadline on the way exactly when it is due. */
  run(span: Duration): void {
    const end = after(this.now, span);
    for (;;) {
      let next: Node | undefined;
      for (const node of this.nodes) {
        const deadline = node.process.nextDeadline();
        if (deadline !== undefined && (next === undefined || deadline < next.process.nextDeadline()!)) next = node;
      }
      const deadline = next?.process.nextDeadline();
      if (!next || deadline === undefined || deadline > end) break;
      if (deadline > this.now) this.now = deadline;
      next.advance();
    }
    this.now = end;
  }

  runMs(span: number): void {
    this.run(milliseconds(span));
  }

  deliver(from: Node, packet: VrrpEffect & { type: 'send-packet' }): void {
    for (const node of this.nodes) {
      if (node === from || node.cut || from.cut) continue;
      node.take(packet.channel, packet);
    }
  }
}

export class Node {
  readonly process: VrrpProcess;
  readonly sent: Sent[] = [];
  /** Whole Ethernet frames, with the time in ms. */
  readonly frames: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  readonly lines: string[] = [];
  /** Everything it asked for, in order. */
  readonly effects: VrrpEffect[] = [];
  /** Addresses on its interfaces, `eth0 192.0.2.1`. */
  readonly addresses = new Set<string>();
  /** Neither sends nor receives while true; carrier stays. */
  cut = false;
  /** An errno name with which its kernel refuses every address from now on. */
  refuseAddresses: string | undefined;

  readonly #world: World;
  readonly #own: readonly string[];

  constructor(world: World, vrrp: VrrpConfiguration, own: readonly string[]) {
    this.#world = world;
    this.#own = own;
    this.process = new VrrpProcess(vrrp, { detail: true, receiveBufferBytes: undefined });
  }

  start(forwarding: readonly number[] = []): void {
    const addresses = this.#own.map(text => interfaceAddress(2, text));
    this.handle({
      type: 'resynchronised',
      links,
      addresses: [...addresses, ...addresses.map(own => ({ ...own, linkIndex: 3 }))],
      forwardingLinks: forwarding,
    });
  }

  instance(name = 'R'): Instance {
    const found = this.process.instances.find(instance => instance.name === name);
    if (!found) throw new Error(`no instance ${name}`);
    return found;
  }

  get state(): string {
    return this.instance().machine.state.type;
  }

  /** Times at which adverts left, in ms. */
  get sentAt(): readonly number[] {
    return this.sent.map(({ at }) => at);
  }

  /** Everything an outsider could ever notice of a virtual router, its counters and log left out. */
  snapshot(name = 'R'): unknown {
    const { machine, holding, announcements } = this.instance(name);
    return structuredClone({
      state: machine.state,
      priority: machine.priority,
      source: machine.source,
      deadline: this.process.nextDeadline(),
      announcing: announcements.nextDeadline(),
      wanted: holding.wanted,
      addresses: [...this.addresses],
      sent: this.sent.length,
      frames: this.frames.length,
    });
  }

  handle(input: VrrpInput): void {
    this.#execute(this.process.handle(this.#world.now, input));
  }

  advance(): void {
    this.#execute(this.process.advance(this.#world.now));
  }

  stop(): void {
    this.#execute(this.process.stop(this.#world.now));
  }

  reload(vrrp: VrrpConfiguration | VirtualRouterConfiguration): void {
    const whole = 'instances' in vrrp ? vrrp : configuration([vrrp]);
    this.#execute(this.process.reload(this.#world.now, whole));
  }

  setLink(name: string, changes: Partial<Link>): void {
    const link = links.find(other => other.name === name);
    if (link) this.handle({ type: 'link-changed', link: { ...link, ...changes } });
  }

  addAddress(text: string): void {
    this.handle({ type: 'address-added', address: interfaceAddress(2, text) });
  }

  removeAddress(text: string): void {
    this.handle({ type: 'address-removed', address: interfaceAddress(2, text) });
  }

  /** An advert that differs from what the virtual router itself would send only as said; from 192.0.2.9 or fe80::9. */
  receive(advert: PeerAdvert = {}, name = 'R'): void {
    const own = this.instance(name).configuration;
    const family = advert.family ?? own.family;
    const source = ip(advert.from ?? (family === 4 ? '192.0.2.9' : 'fe80::9'));
    const destination = advert.to === undefined ? groupOf(family) : ip(advert.to);
    const version = advert.version ?? own.version;
    const envelope = { family, source, destination, pseudoHeader: advert.pseudoHeader ?? true };
    const signed = own.authentication.type === 'password' ? { type: 1, data: own.authentication.bytes } : undefined;
    const payload = encodeAdvertisement(
      {
        version,
        vrid: advert.vrid ?? own.vrid,
        priority: advert.priority ?? own.priority,
        interval: advert.interval ?? own.advertisementInterval,
        addresses: advert.addresses ?? own.addresses.map(({ address: virtual }) => virtual),
        authentication: 'authentication' in advert ? advert.authentication : version === 2 ? signed : undefined,
      },
      envelope,
    );
    const link = links.find(other => other.name === (advert.interface ?? own.interface))!;
    this.handle({
      type: 'packet-received',
      channel: `${family}:${link.name}`,
      linkIndex: link.index,
      source,
      destination,
      ttl: advert.ttl ?? 255,
      payload: advert.damage?.(payload) ?? payload,
    });
  }

  take(channel: string, packet: VrrpEffect & { type: 'send-packet' }): void {
    const isOurs = this.#own.some(text => text.startsWith(`${packet.destination}/`));
    const isGroup = packet.destination === groupOf(familyOf(packet.destination));
    if (!isOurs && !isGroup) return;
    const { source, destination, payload, ttl = 64 } = packet;
    const linkIndex = links.find(({ name }) => channel.endsWith(name))!.index;
    this.handle({ type: 'packet-received', channel, linkIndex, source, destination, ttl, payload });
  }

  #execute(effects: readonly VrrpEffect[]): void {
    const { now, time } = this.#world;
    for (const effect of effects) {
      this.effects.push(effect);
      if (effect.type === 'log') this.lines.push(effect.text);
      else if (effect.type === 'send-frames') {
        for (const bytes of effect.frames) this.frames.push({ at: time, bytes });
      } else if (effect.type === 'send-packet') {
        const read = readAdvertisement(effect.payload, familyOf(effect.source));
        if (!read.ok) throw new Error('sent an advert that cannot be read');
        const { version, vrid, priority, interval, addresses } = read.value;
        const { channel, source, destination, ttl, payload } = effect;
        const fields = { version, vrid, priority, interval, addresses };
        this.sent.push({ at: time, channel, source, destination, ttl, payload, ...fields });
        this.#world.deliver(this, effect);
      } else if (effect.type === 'change-addresses') this.#changeAddresses(now, effect);
    }
  }

  /** A kernel that does at once what it is asked, and tells about it. */
  #changeAddresses(now: Instant, effect: VrrpEffect & { type: 'change-addresses' }): void {
    const { batch, operation } = effect;
    const error = this.refuseAddresses;
    const errors = error === undefined ? [] : effect.addresses.map((_, place) => ({ place, error }));
    this.#execute(this.process.handle(now, { type: 'addresses-changed', batch, errors }));
    if (error !== undefined) return;
    for (const request of effect.addresses) {
      const key = `${links.find(({ index }) => index === request.linkIndex)?.name} ${request.address}`;
      if (operation === 'add') this.addresses.add(key);
      else this.addresses.delete(key);
      const address = interfaceAddress(request.linkIndex, `${request.address}/${request.prefixLength}`);
      this.handle({ type: operation === 'add' ? 'address-added' : 'address-removed', address });
    }
  }
}

/** A world of one machine with one virtual router, and the time it became master. */
export function alone(changes: Partial<VirtualRouterConfiguration> = {}): { world: World; node: Node } {
  const world = new World();
  const node = world.add(router(changes));
  return { world, node };
}

/** As alone, after it took over; what it sent and logged until then is forgotten. */
export function master(changes: Partial<VirtualRouterConfiguration> = {}): { world: World; node: Node } {
  const { world, node } = alone(changes);
  const deadline = node.process.nextDeadline();
  if (node.state !== 'master' && deadline !== undefined) world.run(elapsed(world.now, deadline));
  if (node.state !== 'master') throw new Error(`it is ${node.state}, not master`);
  for (const record of [node.sent, node.frames, node.lines, node.effects]) record.length = 0;
  return { world, node };
}
