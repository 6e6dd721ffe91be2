import type { IpAddress } from '../base/ip-address.ts';
import { familyOf, isLinkLocal } from '../base/ip-address.ts';
import type { ProbeEndpoint } from '../ports/probe.ts';
import { allocate, closeDescriptor, errno, errnoName, KernelError, lastErrno, libcFunction } from './libc.ts';
import {
  bindSocket,
  family,
  ipv4SocketAddress,
  ipv6SocketAddress,
  level,
  messageFlag,
  numberOption,
  openSocket,
  prepareSocket,
  setNumberOption,
  setOption,
  socketOption,
  trySetNumberOption,
} from './socket.ts';

const connectFunction = libcFunction<(fd: number, address: Uint8Array, length: number) => number>(
  'int connect(int fd, const void *address, uint32_t length)',
);
const recv = libcFunction<(fd: number, buffer: Uint8Array, size: number, flags: number) => number>(
  'intptr_t recv(int fd, void *buffer, size_t size, int flags)',
);
const sendFunction = libcFunction<(fd: number, data: Uint8Array, size: number, flags: number) => number>(
  'intptr_t send(int fd, const void *data, size_t size, int flags)',
);
const nameToIndex = libcFunction<(name: string) => number>('unsigned int if_nametoindex(const char *name)');

const stream = 1;
const datagram = 2;
const raw = 3;
const icmp = 1;
const icmp6 = 58;
const option = { reuseAddress: 2, error: 4, mark: 36, bindAddressNoPort: 24 } as const;
const inProgress = 115;
/** SOL_RAW and the two filters of raw ICMP sockets. */
const icmpFilter = { level4: 255, option: 1, level6: 58 } as const;

/** What a client socket speaks. An echo socket sends and hears ICMP or ICMPv6 echoes. */
export type ClientKind = 'stream' | 'datagram' | 'echo';

/** Big enough for any datagram; one for all, because what is received is used before anything else is. */
const buffer = allocate(65_536);

/**
 * A non-blocking socket on its way to a peer. Throws KernelError, with the operation `connect` if it is the network that
 * refuses, and another one if the socket could not be made as it was asked for.
 */
export class ClientSocket {
  readonly descriptor: number;
  /** A raw socket hears what the kernel would sort out for a datagram socket, and gives IPv4 headers along. */
  readonly raw: boolean;

  constructor(kind: ClientKind, endpoint: ProbeEndpoint) {
    const object = `${kind} socket to ${endpoint.address}`;
    const opened = open(kind, endpoint.address, object);
    this.descriptor = opened.descriptor;
    this.raw = opened.raw;
    prepareSocket(this.descriptor, () => {
      if (endpoint.fwmark !== undefined)
        setNumberOption(this.descriptor, level.socket, option.mark, endpoint.fwmark, `fwmark of ${object}`);
      if (endpoint.bindInterface !== undefined) bindToInterface(this.descriptor, endpoint.bindInterface);
      if (endpoint.bindAddress !== undefined || endpoint.bindPort !== undefined)
        bind(this.descriptor, endpoint, object);
      connect(this.descriptor, kind, endpoint, object);
    });
  }

  /** errno's name if the connection failed; to be asked once the descriptor is writable. */
  error(): string | undefined {
    const number = numberOption(this.descriptor, level.socket, option.error, 'error of socket');
    return number === 0 ? undefined : errnoName(number);
  }

  /** Bytes, none at the end of a stream; undefined if nothing is there now; or errno's name. The next call overwrites them. */
  receive(): Uint8Array | undefined | string {
    for (;;) {
      const count = recv(this.descriptor, buffer.bytes, buffer.bytes.length, messageFlag.doNotWait);
      if (count >= 0) return buffer.bytes.subarray(0, count);
      const number = lastErrno();
      if (number === errno.EAGAIN) return undefined;
      if (number !== errno.EINTR) return errnoName(number);
    }
  }

  /** Bytes taken, 0 if there is no room now, or errno's name. */
  send(bytes: Uint8Array): number | string {
    const count = sendFunction(this.descriptor, bytes, bytes.length, messageFlag.doNotWait | messageFlag.noSignal);
    if (count >= 0) return count;
    const number = lastErrno();
    return number === errno.EAGAIN || number === errno.EINTR ? 0 : errnoName(number);
  }

  close(): void {
    closeDescriptor(this.descriptor);
  }
}

function open(kind: ClientKind, address: IpAddress, object: string): { descriptor: number; raw: boolean } {
  const version = familyOf(address);
  const domain = version === 4 ? family.ipv4 : family.ipv6;
  if (kind !== 'echo') {
    return { descriptor: openSocket(domain, kind === 'stream' ? stream : datagram, 0, object), raw: false };
  }
  const protocol = version === 4 ? icmp : icmp6;
  try {
    return { descriptor: openSocket(domain, datagram, protocol, object), raw: false };
  } catch (error) {
    // net.ipv4.ping_group_range leaves us out, as it does everybody by default.
    if (!(error instanceof KernelError) || error.code !== 'EACCES') throw error;
  }
  const descriptor = openSocket(domain, raw, protocol, object);
  prepareSocket(descriptor, () => hearOnlyReplies(descriptor, version, object));
  return { descriptor, raw: true };
}

/** A set bit keeps a message type out: all but echo replies (0 for IPv4, 129 for IPv6). */
function hearOnlyReplies(descriptor: number, version: 4 | 6, object: string): void {
  if (version === 4) {
    setOption(descriptor, icmpFilter.level4, icmpFilter.option, Uint8Array.of(0xfe, 0xff, 0xff, 0xff), object);
    return;
  }
  const filter = new Uint8Array(32).fill(0xff);
  filter[129 >> 3]! &= ~(1 << (129 & 7));
  setOption(descriptor, icmpFilter.level6, icmpFilter.option, filter, object);
}

function bindToInterface(descriptor: number, name: string): void {
  const text = Uint8Array.from(`${name}\0`, character => character.charCodeAt(0));
  setOption(descriptor, level.socket, socketOption.bindToDevice, text, `interface ${name}`);
}

function bind(descriptor: number, endpoint: ProbeEndpoint, object: string): void {
  const any = familyOf(endpoint.address) === 4 ? ('0.0.0.0' as IpAddress) : ('::' as IpAddress);
  // With a port of its own, a probe soon follows another one whose connection the kernel still remembers. Without one, it
  // is chosen at connect(): then only what differs in all four, addresses and ports, must differ.
  if (endpoint.bindPort !== undefined) setNumberOption(descriptor, level.socket, option.reuseAddress, 1, object);
  else trySetNumberOption(descriptor, level.ipv4, option.bindAddressNoPort, 1);
  const address = socketAddress(endpoint.bindAddress ?? any, endpoint.bindPort ?? 0, endpoint.bindInterface);
  bindSocket(descriptor, address, `${endpoint.bindAddress ?? any} port ${endpoint.bindPort ?? 0}`);
}

function connect(descriptor: number, kind: ClientKind, endpoint: ProbeEndpoint, object: string): void {
  const port = kind === 'echo' ? 0 : endpoint.port;
  const address = socketAddress(endpoint.address, port, endpoint.bindInterface);
  if (connectFunction(descriptor, address, address.length) === 0) return;
  const number = lastErrno();
  if (number !== inProgress) throw new KernelError('connect', object, errnoName(number));
}

function socketAddress(address: IpAddress, port: number, interfaceName: string | undefined): Uint8Array<ArrayBuffer> {
  const scope = interfaceName !== undefined && isLinkLocal(address) ? nameToIndex(interfaceName) : 0;
  const bytes = familyOf(address) === 4 ? ipv4SocketAddress(address) : ipv6SocketAddress(address, scope);
  bytes[2] = port >> 8;
  bytes[3] = port & 0xff;
  return bytes;
}
