import { familyOf, isMulticast } from '../base/ip-address.ts';
import type { ChannelSpec } from '../ports/network.ts';
import type { VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import type { FakeKernel } from './fake-kernel.ts';
import type { Ground } from './ground.ts';
import type { KernelLink } from './kernel-link.ts';
import type { Observation } from './observation.ts';
import type { VrrpFrame } from './segment.ts';

type OutgoingPacket = VrrpEffect & { readonly type: 'send-packet' };
export type ReceivedPacket = VrrpInput & { readonly type: 'packet-received' };

interface Prepared {
  readonly link: KernelLink;
  readonly frame: VrrpFrame;
  readonly seen: Observation;
}

interface Understood {
  readonly link: KernelLink;
  readonly packets: readonly ReceivedPacket[];
}

/** Masters say the same every time; more than this is a cluster that changes its mind. */
const memory = 64;
const nothing: readonly ReceivedPacket[] = [];

/** The VRRP sockets of the process on one machine. */
export class VrrpSockets {
  readonly #ground: Ground;
  readonly #node: string;
  readonly #kernel: FakeKernel;
  readonly #channels = new Map<string, ChannelSpec>();
  /** What the kernel made of a packet the last time, and of a frame. */
  readonly #prepared = new Map<OutgoingPacket, Prepared>();
  readonly #understood = new Map<VrrpFrame, Understood>();

  constructor(ground: Ground, node: string, kernel: FakeKernel) {
    this.#ground = ground;
    this.#node = node;
    this.#kernel = kernel;
  }

  open(channel: ChannelSpec): void {
    this.#channels.set(channel.key, channel);
    this.#understood.clear();
  }

  close(key: string): void {
    this.#channels.delete(key);
    this.#understood.clear();
  }

  closeAll(): void {
    this.#channels.clear();
    this.#understood.clear();
    this.#prepared.clear();
  }

  /** What a frame means to the process. */
  receive(link: KernelLink, frame: VrrpFrame): readonly ReceivedPacket[] {
    if (!frame.multicast && !this.#kernel.holdsAnywhere(frame.destination)) return nothing;
    const known = this.#understood.get(frame);
    if (known?.link === link) return known.packets;
    const packets: ReceivedPacket[] = [];
    for (const { key, family, link: bound, groups } of this.#channels.values()) {
      if (family !== frame.family || (bound && bound.index !== link.index)) continue;
      const { destination, source, ttl, payload } = frame;
      if (frame.multicast && !groups.includes(destination)) continue;
      const linkIndex = link.index;
      packets.push({ type: 'packet-received', channel: key, linkIndex, source, destination, ttl, payload });
    }
    if (this.#understood.size >= memory) this.#understood.clear();
    this.#understood.set(frame, { link, packets });
    return packets;
  }

  /** Returns why the kernel refused it. */
  send(packet: OutgoingPacket): string | undefined {
    const channel = this.#channels.get(packet.channel);
    if (!channel) return 'ENOTCONN';
    const link = this.#linkFor(channel, packet);
    if (!link) return 'ENETUNREACH';
    if (!link.adminUp) return 'ENETDOWN';
    let prepared = this.#prepared.get(packet);
    if (prepared?.link !== link) {
      prepared = this.#prepare(packet, link);
      if (this.#prepared.size >= memory) this.#prepared.clear();
      this.#prepared.set(packet, prepared);
    }
    const { frame, seen } = prepared;
    if (frame.family === 6 && !this.#kernel.holdsAnywhere(frame.source)) return 'EINVAL';
    this.#ground.observe(seen);
    if (frame.multicast) {
      link.segment.flood(link, frame);
      return undefined;
    }
    const port = link.segment.resolve(link, frame.destination);
    if (port) link.segment.send(link, port, frame);
    return undefined;
  }

  #prepare({ source, destination, ttl, payload }: OutgoingPacket, link: KernelLink): Prepared {
    const family = familyOf(destination);
    const seen: Observation = {
      type: 'advertisement-sent',
      node: this.#node,
      segment: link.segment.name,
      family,
      vrid: payload[1]!,
      priority: payload[2]!,
      source,
      destination,
    };
    const frame: VrrpFrame = {
      type: 'vrrp',
      sourceMac: link.mac,
      family,
      source,
      destination,
      multicast: isMulticast(destination),
      ttl: ttl ?? 64,
      payload,
    };
    return { link, frame, seen };
  }

  #linkFor({ link: bound }: ChannelSpec, { destination }: OutgoingPacket): KernelLink | undefined {
    if (bound) return this.#kernel.link(bound.index);
    return this.#kernel.links.find(link => link.segment.ports.some(port => port.answersFor(destination)));
  }
}
