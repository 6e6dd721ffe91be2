import type { IpAddress } from '../base/ip-address.ts';
import { decodeEchoReply, type Echo, encodeEchoRequest } from '../packet/icmp-echo.ts';
import { decodeIpv4Packet } from '../packet/ipv4-header.ts';
import { DatagramBuffer } from './datagram-buffer.ts';
import { closeDescriptor, libcFunction } from './libc.ts';
import { order, type Poller, type Watch } from './poller.ts';
import { family, ipv4SocketAddress, messageFlag, openSocket, socketType } from './socket.ts';

const sendto = libcFunction<
  (fd: number, data: Uint8Array, size: number, flags: number, address: Uint8Array, length: number) => number
>('long sendto(int fd, const void *data, size_t size, int flags, const void *address, uint32_t length)');

const icmp = 1;
const repliesPerTurn = 64;

/** Sends ICMP echo requests over IPv4 and hears the replies. Needs CAP_NET_RAW. */
export class EchoSocket {
  readonly #descriptor: number;
  readonly #watch: Watch;
  readonly #buffer = new DatagramBuffer(2_048);

  /** Throws KernelError. */
  constructor(poller: Poller, replied: (from: IpAddress, echo: Echo) => void) {
    this.#descriptor = openSocket(family.ipv4, socketType.raw, icmp, 'ICMP socket');
    this.#watch = poller.watch(this.#descriptor, 'readable', order.packets, () => this.#receive(replied));
  }

  /** Best effort: a request that the kernel refuses is one that gets no reply. */
  send(destination: IpAddress, echo: Echo): void {
    const data = encodeEchoRequest(echo);
    const address = ipv4SocketAddress(destination);
    sendto(this.#descriptor, data, data.length, messageFlag.doNotWait, address, address.length);
  }

  close(): void {
    this.#watch.stop();
    closeDescriptor(this.#descriptor);
  }

  #receive(replied: (from: IpAddress, echo: Echo) => void): void {
    for (let count = 0; count < repliesPerTurn; count++) {
      const length = this.#buffer.receive(this.#descriptor);
      if (length < 0) return;
      const packet = decodeIpv4Packet(this.#buffer.data(length));
      const echo = packet.ok ? decodeEchoReply(packet.value.payload) : undefined;
      if (packet.ok && echo) replied(packet.value.source, echo);
    }
  }
}
