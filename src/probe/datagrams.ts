import { type ClientKind, ClientSocket } from '../linux/client-socket.ts';
import { order, type Watch } from '../linux/poller.ts';
import type { ProbeEndpoint } from '../ports/probe.ts';
import { bounds, type ProbeContext } from './conversation.ts';
import type { Timeout } from './timeouts.ts';

export interface DatagramReceiver {
  /** The bytes are valid until this returns. */
  received(bytes: Uint8Array): void;
  /** The network refused: errno's name. Closed. */
  failed(error: string): void;
  /** Nobody closed it in the endpoint's timeout. Closed. */
  silent(): void;
}

/** Datagrams to and from one peer, for at most the endpoint's timeout. Throws KernelError as ClientSocket does. */
export class Datagrams {
  readonly #socket: ClientSocket;
  readonly #watch: Watch;
  readonly #timeout: Timeout;
  readonly #receiver: DatagramReceiver;
  #closed = false;

  constructor(context: ProbeContext, kind: ClientKind, endpoint: ProbeEndpoint, receiver: DatagramReceiver) {
    this.#receiver = receiver;
    this.#socket = new ClientSocket(kind, endpoint);
    this.#watch = context.poller.watch(this.#socket.descriptor, 'readable', order.packets, () => this.#readable());
    this.#timeout = context.timeouts.start(endpoint.timeout, () => {
      this.close();
      receiver.silent();
    });
  }

  get raw(): boolean {
    return this.#socket.raw;
  }

  /** errno's name if the network refuses at once; the receiver is not told then. */
  send(bytes: Uint8Array): string | undefined {
    const sent = this.#socket.send(bytes);
    return typeof sent === 'string' ? sent : undefined;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.stop();
    this.#timeout.cancel();
    this.#socket.close();
  }

  #readable(): void {
    for (let count = 0; count < bounds.readsPerTurn && !this.#closed; count++) {
      const bytes = this.#socket.receive();
      if (bytes === undefined) return;
      if (typeof bytes === 'string') {
        this.close();
        this.#receiver.failed(bytes);
        return;
      }
      this.#receiver.received(bytes);
    }
  }
}
