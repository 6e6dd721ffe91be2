import { readFileSync } from 'node:fs';
import type { ReceiveBuffer } from '../engine/configuration.ts';
import type { VirtualRouterConfiguration } from '../vrrp/configuration.ts';

/** IPv4 header, VRRP header and authentication data; an IPv6 header is 20 bytes longer, its addresses 12. */
const advertOverhead = 60;
const usualMtu = 1_500;

/** Bytes for SO_RCVBUF of the VRRP sockets; undefined leaves the kernel's default. */
export function receiveBufferBytes(
  buffer: ReceiveBuffer,
  routers: readonly VirtualRouterConfiguration[],
  mtuOf: (name: string) => number = mtu,
): number | undefined {
  switch (buffer.type) {
    case 'kernel-default':
      return undefined;
    case 'bytes':
      return buffer.bytes;
    case 'mtu':
      return buffer.multiplier * largest(routers, ({ interface: name }) => (name === undefined ? 0 : mtuOf(name)));
    case 'advert':
      return (
        buffer.multiplier *
        largest(routers, ({ addresses, family }) => advertOverhead + addresses.length * bytesOf(family))
      );
  }
}

function largest<Item>(items: readonly Item[], size: (item: Item) => number): number {
  return items.reduce((most, item) => Math.max(most, size(item)), 0) || usualMtu;
}

function bytesOf(family: 4 | 6): number {
  return family === 4 ? 4 : 16;
}

function mtu(name: string): number {
  try {
    return Number(readFileSync(`/sys/class/net/${name}/mtu`, 'utf8')) || usualMtu;
  } catch {
    return usualMtu;
  }
}
