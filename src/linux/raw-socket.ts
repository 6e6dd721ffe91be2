import type { Instant } from '../base/instant.ts';
import { type Family, type IpAddress, ipAddressBytes, ipAddressFromBytes, isMulticast } from '../base/ip-address.ts';
import { decodeIpv4Packet, encodeIpv4Header, ipv4HeaderLength } from '../packet/ipv4-header.ts';
import type { ChannelSpec } from '../ports/network.ts';
import { instantOfStamp } from './clock.ts';
import { DatagramBuffer } from './datagram-buffer.ts';
import { linkExists } from './interface-names.ts';
import { allocate, closeDescriptor, errno, errnoName, KernelError, lastErrno, libcFunction } from './libc.ts';
import { order, type Poller, type Watch } from './poller.ts';
import {
  family,
  ipv4SocketAddress,
  ipv6SocketAddress,
  level,
  messageFlag,
  openSocket,
  prepareSocket,
  setNumberOption,
  setOption,
  setReceiveBuffer,
  socketOption,
  socketType,
  trySetNumberOption,
} from './socket.ts';

const sendto = libcFunction<
  (fd: number, data: Uint8Array, count: number, flags: number, address: Uint8Array, length: number) => number
>('intptr_t sendto(int fd, const void *data, size_t count, int flags, const void *address, uint32_t length)');
const sendmsg = libcFunction<(fd: number, message: Uint8Array, flags: number) => number>(
  'intptr_t sendmsg(int fd, const void *message, int flags)',
);

/** VRRP's protocol number, RFC 9568 section 5.1.1.4. */
const vrrpProtocol = 112;
/** Internetwork control: IPv4 TOS and IPv6 traffic class. */
const internetworkControl = 0xc0;
/** TC_PRIO_CONTROL: the first band of the default queue. */
const controlPriority = 7;
/** So that a flood on one socket delays neither the other sockets nor the deadline for long. */
const packetsPerTurn = 16;

const ipv4Option = {
  headerIncluded: 3,
  packetInfo: 8,
  multicastInterface: 32,
  multicastLoop: 34,
  addMembership: 35,
  multicastAll: 49,
} as const;
const ipv6Option = {
  multicastInterface: 17,
  multicastLoop: 19,
  addMembership: 20,
  receivePacketInfo: 49,
  packetInfo: 50,
  receiveHopLimit: 51,
  hopLimit: 52,
  trafficClass: 67,
} as const;

export interface ReceivedPacket {
  readonly linkIndex: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly ttl: number;
  readonly payload: Uint8Array;
}

export interface PacketReceiver {
  /** `at` is when the packet reached this machine, if the kernel said so. */
  received(packet: ReceivedPacket, at: Instant | undefined): void;
  malformed(reason: string): void;
  /** The socket no longer works; errno's name. It must be closed. */
  failed(error: string): void;
}

/** VRRP packets of one family, on one interface or on all. */
export class RawSocket {
  readonly #family: Family;
  readonly #linkIndex: number;
  readonly #groups: readonly IpAddress[];
  readonly #descriptor: number;
  readonly #watch: Watch;
  readonly #receiver: PacketReceiver;
  #identification = 0;
  #closed = false;

  /** Throws KernelError. */
  constructor(poller: Poller, spec: ChannelSpec, receiver: PacketReceiver) {
    this.#family = spec.family;
    this.#linkIndex = spec.link?.index ?? 0;
    this.#groups = spec.groups;
    this.#receiver = receiver;
    const object = `IPv${spec.family} VRRP socket on ${spec.link?.name ?? 'all interfaces'}`;
    const domain = spec.family === 4 ? family.ipv4 : family.ipv6;
    const descriptor = openSocket(domain, socketType.raw, vrrpProtocol, object);
    prepareSocket(descriptor, () => {
      if (spec.link) bindToLink(descriptor, spec.link.index, spec.link.name, object);
      trySetNumberOption(descriptor, level.socket, socketOption.priority, controlPriority);
      trySetNumberOption(descriptor, level.socket, socketOption.timestamp, 1);
      if (spec.receiveBufferBytes !== undefined) setReceiveBuffer(descriptor, spec.receiveBufferBytes);
      if (spec.family === 4) prepareIpv4(descriptor, spec, object);
      else prepareIpv6(descriptor, spec, object);
    });
    this.#descriptor = descriptor;
    this.#watch = poller.watch(descriptor, 'readable', order.packets, () => this.#receive());
  }

  /**
   * Hands a packet to the kernel; errno's name if it refuses. The IPv4 header is ours, so `source` may be anything; an
   * IPv6 source must be an address of this host.
   */
  send(source: IpAddress, destination: IpAddress, ttl: number | undefined, payload: Uint8Array): string | undefined {
    let sent: number;
    if (this.#family === 4) {
      // 1 .. 65535: the kernel takes 0 for "choose one".
      this.#identification = (this.#identification % 0xffff) + 1;
      sent = sendIpv4(this.#descriptor, this.#identification, source, destination, ttl ?? 255, payload);
    } else {
      sent = sendIpv6(this.#descriptor, this.#linkIndex, source, destination, ttl, payload);
    }
    return sent < 0 ? errnoName(lastErrno()) : undefined;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.stop();
    closeDescriptor(this.#descriptor);
  }

  #receive(): void {
    for (let count = 0; count < packetsPerTurn && !this.#closed; count++) {
      const length = buffer.receive(this.#descriptor);
      if (length < 0) {
        if (!passing.has(-length)) this.#receiver.failed(errnoName(-length));
        return;
      }
      if (this.#family === 4) this.#deliverIpv4(buffer.data(length));
      else this.#deliverIpv6(buffer.data(length));
    }
  }

  #deliverIpv4(bytes: Uint8Array): void {
    const packet = decodeIpv4Packet(bytes);
    const info = buffer.findControl(level.ipv4, ipv4Option.packetInfo, 12);
    if (!packet.ok) {
      this.#receiver.malformed(packet.reason);
      return;
    }
    const { ttl, source, destination, payload } = packet.value;
    const linkIndex = info < 0 ? this.#linkIndex : buffer.control.getInt32(info, true);
    // A copy: the engine may keep it, the buffer is used again.
    this.#receiver.received({ linkIndex, source, destination, ttl, payload: payload.slice() }, arrival());
  }

  #deliverIpv6(bytes: Uint8Array): void {
    const info = buffer.findControl(level.ipv6, ipv6Option.packetInfo, 20);
    const hopLimit = buffer.findControl(level.ipv6, ipv6Option.hopLimit, 4);
    // We asked for both; without them no check of RFC 9568 section 7.1 can be made.
    if (info < 0 || hopLimit < 0) {
      this.#receiver.malformed('ip-header-unknown');
      return;
    }
    const destination = ipAddressFromBytes(new Uint8Array(buffer.control.buffer, info, 16));
    // A raw IPv6 socket hears every group that anybody on the interface has joined, IPV6_MULTICAST_ALL or not.
    if (isMulticast(destination) && !this.#groups.includes(destination)) return;
    const packet = {
      linkIndex: buffer.control.getInt32(info + 16, true),
      source: ipAddressFromBytes(buffer.name.subarray(8, 24)),
      destination,
      ttl: buffer.control.getInt32(hopLimit, true),
      payload: bytes.slice(),
    };
    this.#receiver.received(packet, arrival());
  }
}

/** One for all: every packet is taken out before the next is read. */
const buffer = new DatagramBuffer(65_536);

/** When the packet in the buffer reached this machine. */
function arrival(): Instant | undefined {
  const stamp = buffer.findControl(level.socket, socketOption.timestamp, 16);
  if (stamp < 0) return undefined;
  return instantOfStamp(buffer.control.getUint32(stamp, true), buffer.control.getUint32(stamp + 8, true));
}

/** Not the end of a socket: nothing to read, or the memory for it is short right now. */
const passing: ReadonlySet<number> = new Set([errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM, errno.ENETDOWN]);

function bindToLink(descriptor: number, index: number, name: string, object: string): void {
  // The kernel would bind a socket to an index that nobody has.
  if (!linkExists(index)) throw new KernelError('bind', object, 'ENODEV');
  // By index, so that no renaming can come between; kernels before 5.1 know only the name.
  if (trySetNumberOption(descriptor, level.socket, socketOption.bindToInterfaceIndex, index)) return;
  const text = Uint8Array.from(`${name}\0`, character => character.charCodeAt(0));
  setOption(descriptor, level.socket, socketOption.bindToDevice, text, object);
}

function prepareIpv4(descriptor: number, spec: ChannelSpec, object: string): void {
  const set = (option: number, value: number): void => setNumberOption(descriptor, level.ipv4, option, value, object);
  set(ipv4Option.headerIncluded, 1);
  set(ipv4Option.packetInfo, 1);
  set(ipv4Option.multicastLoop, 0);
  // Only the groups of this socket, not those that any other on the machine has joined.
  set(ipv4Option.multicastAll, 0);
  const membership = (group: Uint8Array): Uint8Array => {
    // struct ip_mreqn: group, local address, interface index
    const bytes = new Uint8Array(12);
    bytes.set(group);
    new DataView(bytes.buffer).setInt32(8, spec.link?.index ?? 0, true);
    return bytes;
  };
  setOption(descriptor, level.ipv4, ipv4Option.multicastInterface, membership(new Uint8Array(4)), object);
  for (const group of spec.groups) {
    const value = membership(ipAddressBytes(group));
    setOption(descriptor, level.ipv4, ipv4Option.addMembership, value, `membership of ${group} for ${object}`);
  }
}

function prepareIpv6(descriptor: number, spec: ChannelSpec, object: string): void {
  const set = (option: number, value: number): void => setNumberOption(descriptor, level.ipv6, option, value, object);
  set(ipv6Option.receivePacketInfo, 1);
  set(ipv6Option.receiveHopLimit, 1);
  set(ipv6Option.trafficClass, internetworkControl);
  set(ipv6Option.multicastLoop, 0);
  if (spec.link) set(ipv6Option.multicastInterface, spec.link.index);
  for (const group of spec.groups) {
    // struct ipv6_mreq: group, interface index
    const value = new Uint8Array(20);
    value.set(ipAddressBytes(group));
    new DataView(value.buffer).setInt32(16, spec.link?.index ?? 0, true);
    setOption(descriptor, level.ipv6, ipv6Option.addMembership, value, `membership of ${group} for ${object}`);
  }
}

/**
 * Sends nothing, on a descriptor that does not exist: code that runs for the first time takes Node half a millisecond
 * longer, and the first advert that a backup sends is the one that counts.
 */
export function rehearseSending(): void {
  const payload = new Uint8Array(40);
  const ipv4 = ipAddressFromBytes(new Uint8Array(4));
  const ipv6 = ipAddressFromBytes(new Uint8Array(16));
  sendIpv4(-1, 1, ipv4, ipv4, 255, payload);
  sendIpv6(-1, 0, ipv6, ipv6, 255, payload);
}

function sendIpv4(
  descriptor: number,
  identification: number,
  source: IpAddress,
  destination: IpAddress,
  ttl: number,
  payload: Uint8Array,
): number {
  const header = encodeIpv4Header(
    { typeOfService: internetworkControl, identification, ttl, protocol: vrrpProtocol, source, destination },
    payload.length,
  );
  const packet = new Uint8Array(ipv4HeaderLength + payload.length);
  packet.set(header);
  packet.set(payload, ipv4HeaderLength);
  const address = ipv4SocketAddress(destination);
  return sendto(
    descriptor,
    packet,
    packet.length,
    messageFlag.doNotWait | messageFlag.noSignal,
    address,
    address.length,
  );
}

const packetInfoSpace = 40;
const hopLimitSpace = 24;
const sendHeader = allocate(56);
const sendVector = allocate(16);
const sendName = allocate(28);
const sendControl = allocate(packetInfoSpace + hopLimitSpace);
const sendData = allocate(65_536);
sendHeader.view.setBigUint64(0, sendName.address, true);
sendHeader.view.setUint32(8, 28, true);
sendHeader.view.setBigUint64(16, sendVector.address, true);
sendHeader.view.setBigUint64(24, 1n, true);
sendHeader.view.setBigUint64(32, sendControl.address, true);
sendVector.view.setBigUint64(0, sendData.address, true);
sendControl.view.setUint32(0, 36, true);
sendControl.view.setInt32(8, level.ipv6, true);
sendControl.view.setInt32(12, ipv6Option.packetInfo, true);
sendControl.view.setUint32(packetInfoSpace, 20, true);
sendControl.view.setInt32(packetInfoSpace + 8, level.ipv6, true);
sendControl.view.setInt32(packetInfoSpace + 12, ipv6Option.hopLimit, true);

function sendIpv6(
  descriptor: number,
  linkIndex: number,
  source: IpAddress,
  destination: IpAddress,
  ttl: number | undefined,
  payload: Uint8Array,
): number {
  sendName.bytes.set(ipv6SocketAddress(destination, linkIndex));
  sendControl.bytes.set(ipAddressBytes(source), 16);
  sendControl.view.setInt32(32, linkIndex, true);
  if (ttl !== undefined) sendControl.view.setInt32(packetInfoSpace + 16, ttl, true);
  sendHeader.view.setUint32(40, ttl === undefined ? packetInfoSpace : packetInfoSpace + hopLimitSpace, true);
  sendData.bytes.set(payload);
  sendVector.view.setUint32(8, payload.length, true);
  return sendmsg(descriptor, sendHeader.bytes, messageFlag.doNotWait | messageFlag.noSignal);
}
