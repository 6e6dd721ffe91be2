import { type IpAddress, ipAddressBytes } from '../base/ip-address.ts';
import { check, closeDescriptor, libcFunction } from './libc.ts';

const socketFunction = libcFunction<(domain: number, type: number, protocol: number) => number>(
  'int socket(int domain, int type, int protocol)',
);
const setsockopt = libcFunction<
  (fd: number, level: number, option: number, value: Uint8Array, length: number) => number
>('int setsockopt(int fd, int level, int option, const void *value, uint32_t length)');
const getsockopt = libcFunction<
  (fd: number, level: number, option: number, value: Uint8Array, length: Uint32Array) => number
>('int getsockopt(int fd, int level, int option, void *value, uint32_t *length)');
const bindFunction = libcFunction<(fd: number, address: Uint8Array, length: number) => number>(
  'int bind(int fd, const void *address, uint32_t length)',
);

export const family = { unix: 1, ipv4: 2, ipv6: 10, netlink: 16, packet: 17 } as const;
export const socketType = { datagram: 2, raw: 3 } as const;
export const messageFlag = { doNotWait: 0x40, noSignal: 0x4000, truncate: 0x20 } as const;
export const level = { socket: 1, ipv4: 0, ipv6: 41, netlink: 270 } as const;
export const socketOption = {
  sendBuffer: 7,
  receiveBuffer: 8,
  priority: 12,
  receiveTimeout: 20,
  bindToDevice: 25,
  sendBufferForce: 32,
  /** struct timespec with each packet, by the wall clock. */
  timestamp: 35,
  receiveBufferForce: 33,
  bindToInterfaceIndex: 62,
} as const;

const nonBlocking = 0o4000;
const closeOnExec = 0o2000000;

/** A socket that no script inherits; non-blocking unless said otherwise. */
export function openSocket(
  domain: number,
  type: number,
  protocol: number,
  object: string,
  blocking: 'non-blocking' | 'blocking' = 'non-blocking',
): number {
  const flags = closeOnExec | (blocking === 'non-blocking' ? nonBlocking : 0);
  return check(socketFunction(domain, type | flags, protocol), 'open', object);
}

/** Runs the steps that make an opened socket usable; if one fails, the socket is closed before the error goes on. */
export function prepareSocket(descriptor: number, prepare: () => void): void {
  try {
    prepare();
  } catch (error) {
    closeDescriptor(descriptor);
    throw error;
  }
}

export function setOption(
  descriptor: number,
  levelNumber: number,
  option: number,
  value: Uint8Array,
  what: string,
): void {
  check(setsockopt(descriptor, levelNumber, option, value, value.length), 'set', what);
}

export function setNumberOption(
  descriptor: number,
  levelNumber: number,
  option: number,
  value: number,
  what: string,
): void {
  setOption(descriptor, levelNumber, option, numberBytes(value), what);
}

/** As setNumberOption, but a refusal is an answer: false. */
export function trySetNumberOption(descriptor: number, levelNumber: number, option: number, value: number): boolean {
  return setsockopt(descriptor, levelNumber, option, numberBytes(value), 4) === 0;
}

export function numberOption(descriptor: number, levelNumber: number, option: number, what: string): number {
  const value = new Uint8Array(4);
  check(getsockopt(descriptor, levelNumber, option, value, new Uint32Array([4])), 'read', what);
  return new DataView(value.buffer).getInt32(0, true);
}

export function bindSocket(descriptor: number, address: Uint8Array, object: string): void {
  check(bindFunction(descriptor, address, address.length), 'bind', object);
}

/** The wanted size in bytes, past net.core.rmem_max where we may; the kernel doubles it for its own bookkeeping. */
export function setReceiveBuffer(descriptor: number, bytes: number): void {
  if (!trySetNumberOption(descriptor, level.socket, socketOption.receiveBufferForce, bytes))
    trySetNumberOption(descriptor, level.socket, socketOption.receiveBuffer, bytes);
}

function numberBytes(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}

/** struct sockaddr_in, port 0. */
export function ipv4SocketAddress(address: IpAddress): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16);
  bytes[0] = family.ipv4;
  bytes.set(ipAddressBytes(address), 4);
  return bytes;
}

/** struct sockaddr_in6, port 0. */
export function ipv6SocketAddress(address: IpAddress, linkIndex: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(28);
  bytes[0] = family.ipv6;
  bytes.set(ipAddressBytes(address), 8);
  new DataView(bytes.buffer).setUint32(24, linkIndex, true);
  return bytes;
}
