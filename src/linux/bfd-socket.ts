import { type Family, familyOf, type IpAddress, ipAddressFromBytes } from '../base/ip-address.ts';
import type { Prng } from '../base/prng.ts';
import { DatagramBuffer } from './datagram-buffer.ts';
import { closeDescriptor, errno, errnoName, KernelError, lastErrno, libcFunction } from './libc.ts';
import { order, type Poller, type Watch } from './poller.ts';
import {
  bindSocket,
  family,
  ipv4SocketAddress,
  ipv6SocketAddress,
  level,
  messageFlag,
  openSocket,
  prepareSocket,
  setNumberOption,
  setReceiveBuffer,
  socketType,
  trySetNumberOption,
} from './socket.ts';

const sendto = libcFunction<
  (fd: number, data: Uint8Array, size: number, flags: number, address: Uint8Array, length: number) => number
>('long sendto(int fd, const void *data, size_t size, int flags, const void *address, uint32_t length)');

const ipv4Option = { typeOfService: 1, ttl: 2, packetInfo: 8, receiveTtl: 12 } as const;
const ipv6Option = {
  unicastHops: 16,
  only: 26,
  receivePacketInfo: 49,
  packetInfo: 50,
  receiveHopLimit: 51,
  hopLimit: 52,
  trafficClass: 67,
} as const;
/** CS6, as routing protocols have it: control traffic before what it is about. */
const internetworkControl = 0xc0;
/** RFC 5881 section 4. */
const sourcePorts = { first: 49_152, count: 16_384 } as const;
const portAttempts = 100;
const packetsPerTurn = 256;
/** Nothing is read from a sending socket. */
const smallestBuffer = 2_048;

export interface ControlDatagram {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** Undefined if the kernel did not say. */
  readonly ttl: number | undefined;
  readonly payload: Uint8Array;
}

/** Receives the control packets of one family and port, on all addresses. */
export class BfdListeningSocket {
  readonly #family: Family;
  readonly #descriptor: number;
  readonly #watch: Watch;
  readonly #received: (datagram: ControlDatagram) => void;
  #closed = false;

  /** Throws KernelError. */
  constructor(poller: Poller, version: Family, port: number, received: (datagram: ControlDatagram) => void) {
    this.#family = version;
    this.#received = received;
    const object = `IPv${version} BFD socket, port ${port}`;
    this.#descriptor = openSocket(version === 4 ? family.ipv4 : family.ipv6, socketType.datagram, 0, object);
    prepareSocket(this.#descriptor, () => {
      const set = (at: number, option: number): void => setNumberOption(this.#descriptor, at, option, 1, object);
      if (version === 4) {
        set(level.ipv4, ipv4Option.receiveTtl);
        set(level.ipv4, ipv4Option.packetInfo);
      } else {
        set(level.ipv6, ipv6Option.only);
        set(level.ipv6, ipv6Option.receiveHopLimit);
        set(level.ipv6, ipv6Option.receivePacketInfo);
      }
      bindSocket(this.#descriptor, withPort(anyAddress(version), port), object);
    });
    this.#watch = poller.watch(this.#descriptor, 'readable', order.packets, () => this.#receive());
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
      // Nothing there, or memory is short for the moment: the poller calls again.
      if (length < 0) return;
      const datagram = this.#family === 4 ? ipv4Datagram(length) : ipv6Datagram(length);
      if (datagram) this.#received(datagram);
    }
  }
}

/** One for all: every packet is taken out before the next is read. */
const buffer = new DatagramBuffer(2_048);

function ipv4Datagram(length: number): ControlDatagram | undefined {
  const info = buffer.findControl(level.ipv4, ipv4Option.packetInfo, 12);
  if (info < 0) return undefined;
  const ttl = buffer.findControl(level.ipv4, ipv4Option.ttl, 4);
  return {
    source: ipAddressFromBytes(buffer.name.slice(4, 8)),
    destination: ipAddressFromBytes(new Uint8Array(buffer.control.buffer, info + 8, 4).slice()),
    ttl: ttl < 0 ? undefined : buffer.control.getInt32(ttl, true),
    payload: buffer.data(length).slice(),
  };
}

function ipv6Datagram(length: number): ControlDatagram | undefined {
  const info = buffer.findControl(level.ipv6, ipv6Option.packetInfo, 20);
  if (info < 0) return undefined;
  const hopLimit = buffer.findControl(level.ipv6, ipv6Option.hopLimit, 4);
  return {
    source: ipAddressFromBytes(buffer.name.slice(8, 24)),
    destination: ipAddressFromBytes(new Uint8Array(buffer.control.buffer, info, 16).slice()),
    ttl: hopLimit < 0 ? undefined : buffer.control.getInt32(hopLimit, true),
    payload: buffer.data(length).slice(),
  };
}

export interface BfdPath {
  readonly source: IpAddress | undefined;
  readonly destination: IpAddress;
  readonly port: number;
  readonly ttl: number;
}

/** Sends the control packets of one session, from a port of its own that stays the same. */
export class BfdSendingSocket {
  readonly #descriptor: number;
  readonly #destination: Uint8Array;

  /** Throws KernelError. */
  constructor({ source, destination, port, ttl }: BfdPath, prng: Prng) {
    const version = familyOf(destination);
    const object = `BFD socket to ${destination}`;
    this.#destination = withPort(destination, port);
    this.#descriptor = openSocket(version === 4 ? family.ipv4 : family.ipv6, socketType.datagram, 0, object);
    prepareSocket(this.#descriptor, () => {
      const descriptor = this.#descriptor;
      setReceiveBuffer(descriptor, smallestBuffer);
      if (version === 4) {
        setNumberOption(descriptor, level.ipv4, ipv4Option.ttl, ttl, object);
        trySetNumberOption(descriptor, level.ipv4, ipv4Option.typeOfService, internetworkControl);
      } else {
        setNumberOption(descriptor, level.ipv6, ipv6Option.only, 1, object);
        setNumberOption(descriptor, level.ipv6, ipv6Option.unicastHops, ttl, object);
        trySetNumberOption(descriptor, level.ipv6, ipv6Option.trafficClass, internetworkControl);
      }
      bindToFreePort(descriptor, source ?? anyAddress(version), prng, object);
    });
  }

  /** errno's name if the kernel refuses. */
  send(payload: Uint8Array): string | undefined {
    const flags = messageFlag.doNotWait | messageFlag.noSignal;
    const count = sendto(this.#descriptor, payload, payload.length, flags, this.#destination, this.#destination.length);
    if (count >= 0) return undefined;
    const number = lastErrno();
    return number === errno.EAGAIN ? undefined : errnoName(number);
  }

  close(): void {
    closeDescriptor(this.#descriptor);
  }
}

/** A port that somebody has is no obstacle: there are thousands. */
function bindToFreePort(descriptor: number, source: IpAddress, prng: Prng, object: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      bindSocket(descriptor, withPort(source, sourcePorts.first + prng.below(sourcePorts.count)), object);
      return;
    } catch (error) {
      if (!(error instanceof KernelError) || error.code !== 'EADDRINUSE' || attempt === portAttempts) throw error;
    }
  }
}

function anyAddress(version: Family): IpAddress {
  return ipAddressFromBytes(new Uint8Array(version === 4 ? 4 : 16));
}

function withPort(address: IpAddress, port: number): Uint8Array {
  const bytes = familyOf(address) === 4 ? ipv4SocketAddress(address) : ipv6SocketAddress(address, 0);
  bytes[2] = port >> 8;
  bytes[3] = port & 0xff;
  return bytes;
}
