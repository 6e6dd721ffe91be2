import { ClientSocket } from '../linux/client-socket.ts';
import { order, type Watch } from '../linux/poller.ts';
import type { ProbeEndpoint, ProbeFailure } from '../ports/probe.ts';
import type { Conversation, ProbeContext } from './conversation.ts';
import type { Timeout } from './timeouts.ts';

export interface ConnectionAwaiter {
  /** The socket is the receiver's from now on, and so is its watch, which is to be stopped or to become another one. */
  established(socket: ClientSocket, watch: Watch): void;
  failed(failure: ProbeFailure): void;
}

/** Waits for a TCP connection, for as long as the endpoint's timeout. Throws KernelError as ClientSocket does. */
export class TcpConnecting implements Conversation {
  readonly #socket: ClientSocket;
  readonly #watch: Watch;
  readonly #timeout: Timeout;

  constructor(context: ProbeContext, endpoint: ProbeEndpoint, awaiter: ConnectionAwaiter) {
    const socket = new ClientSocket('stream', endpoint);
    this.#socket = socket;
    this.#watch = context.poller.watch(socket.descriptor, 'writable', order.packets, failed => {
      const error = failed ? socket.error() : undefined;
      this.#timeout.cancel();
      if (error === undefined) {
        awaiter.established(socket, this.#watch);
      } else {
        this.cancel();
        // The kernel gave up before we did.
        awaiter.failed(error === 'ETIMEDOUT' ? { type: 'timeout', during: 'connect' } : { type: 'connection', error });
      }
    });
    this.#timeout = context.timeouts.start(endpoint.timeout, () => {
      this.cancel();
      awaiter.failed({ type: 'timeout', during: 'connect' });
    });
  }

  cancel(): void {
    this.#stop();
    this.#socket.close();
  }

  #stop(): void {
    this.#watch.stop();
    this.#timeout.cancel();
  }
}
