import { type Duration, microseconds } from '../base/duration.ts';
import { after, type Instant } from '../base/instant.ts';
import type { Family, IpAddress } from '../base/ip-address.ts';
import type { MacAddress } from '../base/mac-address.ts';
import type { NeighbourNews } from './announcement-frame.ts';
import type { Happening } from './event-heap.ts';
import type { Ground } from './ground.ts';

export interface VrrpFrame {
  readonly type: 'vrrp';
  readonly sourceMac: MacAddress;
  readonly family: Family;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** Whether the destination is a group. */
  readonly multicast: boolean;
  readonly ttl: number;
  readonly payload: Uint8Array;
}

/** A frame that may announce an address, with what a client makes of its bytes. */
export interface EthernetFrame {
  readonly type: 'ethernet';
  readonly sourceMac: MacAddress;
  readonly news: NeighbourNews | undefined;
}

export type Frame = VrrpFrame | EthernetFrame;

/** Where a host is plugged into a switch. */
export interface Port {
  /** Stays the same when the interface is made anew. */
  readonly portId: number;
  readonly hasCarrier: boolean;
  /** The only frames that mean anything to the host; others are not even carried to it. */
  readonly listensFor: Frame['type'];
  /** Whether the host would answer an ARP request or neighbour solicitation for the address. */
  answersFor(address: IpAddress): boolean;
  receive(frame: Frame): void;
}

/** How well a cable works. Shares are 0 .. 1. */
export interface LinkQuality {
  readonly latency: Duration;
  /** Added to the latency, uniform from 0. */
  readonly jitter: Duration;
  readonly loss: number;
  readonly duplication: number;
  /** Share of frames that are held back so that later ones overtake them. */
  readonly reordering: number;
}

export const goodQuality: LinkQuality = {
  latency: microseconds(120),
  jitter: microseconds(60),
  loss: 0,
  duplication: 0,
  reordering: 0,
};

/** How long a frame that is reordered is held back at most. */
const heldBack = microseconds(20_000);

class Delivery implements Happening {
  readonly #port: Port;
  readonly #frame: Frame;

  constructor(port: Port, frame: Frame) {
    this.#port = port;
    this.#frame = frame;
  }

  happen(): void {
    if (this.#port.hasCarrier) this.#port.receive(this.#frame);
  }
}

/** A learning switch with everything that can go wrong on the way between two of its ports. */
export class Segment {
  readonly name: string;
  readonly ports: Port[] = [];
  /** Which port a MAC address was last seen on. */
  readonly learned = new Map<MacAddress, Port>();
  quality: LinkQuality = goodQuality;
  /** VRRP's multicast goes nowhere: a switch that snoops IGMP, a cloud network. Broadcast is carried. */
  multicastBlocked = false;
  readonly #ground: Ground;
  readonly #plugs = new Set<number>();
  readonly #cuts = new Set<number>();
  readonly #qualities = new Map<number, LinkQuality>();
  /** When the last frame of each pair arrives: cables and switches keep the order, unless they are told not to. */
  readonly #lastArrival = new Map<number, Instant>();

  constructor(ground: Ground, name: string) {
    this.#ground = ground;
    this.name = name;
  }

  /** Where something is or was plugged in: what is cut or spoilt stays so while an interface is away. */
  get plugs(): ReadonlySet<number> {
    return this.#plugs;
  }

  attach(port: Port): void {
    this.ports.push(port);
    this.#plugs.add(port.portId);
  }

  detach(port: Port): void {
    const place = this.ports.indexOf(port);
    if (place >= 0) this.ports.splice(place, 1);
  }

  /** Frames from one port no longer reach the other; both keep their carrier. */
  cut(fromId: number, toId: number): void {
    this.#cuts.add(pairOfIds(fromId, toId));
  }

  heal(fromId: number, toId: number): void {
    this.#cuts.delete(pairOfIds(fromId, toId));
  }

  healAll(): void {
    this.#cuts.clear();
  }

  isOpen(from: Port, to: Port): boolean {
    return from.hasCarrier && to.hasCarrier && !this.#cuts.has(pair(from, to));
  }

  get anyCut(): boolean {
    return this.#cuts.size > 0;
  }

  /** Undefined: as the segment as a whole. */
  setQuality(fromId: number, toId: number, quality: LinkQuality | undefined): void {
    if (quality) this.#qualities.set(pairOfIds(fromId, toId), quality);
    else this.#qualities.delete(pairOfIds(fromId, toId));
  }

  qualityOf(from: Port, to: Port): LinkQuality {
    return (this.#qualities.size > 0 ? this.#qualities.get(pair(from, to)) : undefined) ?? this.quality;
  }

  /** Whether every frame from one port reaches the other. */
  isClean(from: Port, to: Port): boolean {
    return this.isOpen(from, to) && this.qualityOf(from, to).loss === 0;
  }

  /** To all other ports: multicast and broadcast. */
  flood(from: Port, frame: Frame): void {
    if (!from.hasCarrier) return;
    this.#learn(from, frame);
    if (this.multicastBlocked && frame.type === 'vrrp') return;
    for (const port of this.ports) {
      if (port !== from && port.listensFor === frame.type) this.#carry(from, port, frame);
    }
  }

  /** Whose address it is. The asker knows from earlier: one that cannot answer any more is sent to all the same. */
  resolve(from: Port, address: IpAddress): Port | undefined {
    for (const port of this.ports) {
      if (port !== from && port.answersFor(address) && this.isOpen(from, port)) return port;
    }
    return undefined;
  }

  /** To one port, as the switch has learned where it is. */
  send(from: Port, to: Port, frame: Frame): void {
    if (!from.hasCarrier) return;
    this.#learn(from, frame);
    this.#carry(from, to, frame);
  }

  /** A frame that no port of ours sent: somebody else's machine on the same segment. */
  inject(frame: Frame): void {
    for (const port of this.ports) {
      if (port.listensFor === frame.type) this.#schedule(port.portId, port, frame, this.quality);
    }
  }

  #learn(from: Port, frame: Frame): void {
    if (this.learned.get(frame.sourceMac) !== from) this.learned.set(frame.sourceMac, from);
  }

  #carry(from: Port, to: Port, frame: Frame): void {
    if (!to.hasCarrier || (this.#cuts.size > 0 && this.#cuts.has(pair(from, to)))) return;
    this.#schedule(pair(from, to), to, frame, this.qualityOf(from, to));
  }

  #schedule(key: number, to: Port, frame: Frame, quality: LinkQuality): void {
    const { prng } = this.#ground;
    if (quality.loss > 0 && prng.below(1_000_000) < quality.loss * 1_000_000) return;
    this.#ground.schedule(this.#arrival(key, quality), new Delivery(to, frame));
    if (quality.duplication > 0 && prng.below(1_000_000) < quality.duplication * 1_000_000) {
      this.#ground.schedule(this.#arrival(key, quality), new Delivery(to, frame));
    }
  }

  #arrival(key: number, { latency, jitter, reordering }: LinkQuality): Instant {
    const { prng, now } = this.#ground;
    let delay: number = latency;
    if (jitter > 0) delay += prng.below(jitter);
    if (reordering > 0 && prng.below(1_000_000) < reordering * 1_000_000) {
      return after(now, (delay + prng.below(heldBack)) as Duration);
    }
    const at = Math.max(now + delay, this.#lastArrival.get(key) ?? 0) as Instant;
    this.#lastArrival.set(key, at);
    return at;
  }
}

function pair(from: Port, to: Port): number {
  return pairOfIds(from.portId, to.portId);
}

function pairOfIds(fromId: number, toId: number): number {
  return fromId * 65_536 + toId;
}
