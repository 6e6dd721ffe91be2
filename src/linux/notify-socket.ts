import { check, closeDescriptor, libcFunction } from './libc.ts';
import { family, messageFlag, openSocket, socketType } from './socket.ts';

const sendTo = libcFunction<
  (fd: number, data: Uint8Array, count: number, flags: number, address: Uint8Array, length: number) => number
>('intptr_t sendto(int fd, const void *data, size_t count, int flags, const void *address, uint32_t length)');

/**
 * Sends one datagram to a Unix socket, as sd_notify(3) does; a path that begins with @ is an abstract name. Throws
 * KernelError.
 */
export function sendUnixDatagram(path: string, text: string): void {
  const name = Buffer.from(path.startsWith('@') ? `\0${path.slice(1)}` : path, 'utf8');
  // struct sockaddr_un: the family, then at most 108 bytes; an abstract name is as long as the address says.
  const address = new Uint8Array(2 + Math.min(name.length, 108));
  address[0] = family.unix;
  address.set(name.subarray(0, 108), 2);
  const data = Buffer.from(text, 'utf8');
  const flags = messageFlag.doNotWait | messageFlag.noSignal;
  const descriptor = openSocket(family.unix, socketType.datagram, 0, path);
  try {
    check(sendTo(descriptor, data, data.length, flags, address, address.length), 'send to', path);
  } finally {
    closeDescriptor(descriptor);
  }
}
