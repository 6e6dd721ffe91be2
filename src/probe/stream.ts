import { times } from '../base/duration.ts';
import type { ClientSocket } from '../linux/client-socket.ts';
import { order, type Watch } from '../linux/poller.ts';
import type { ProbeEndpoint, ProbeFailure } from '../ports/probe.ts';
import { bounds, type Conversation, type ProbeContext } from './conversation.ts';
import { TcpConnecting } from './tcp-connection.ts';
import type { Timeout } from './timeouts.ts';

/** A connection with a peer, as bytes. */
export interface Stream {
  send(bytes: Uint8Array): void;
  /** Nothing is told any more. */
  close(): void;
}

/** After `ended` or `failed` the stream is closed, and nothing more is told. */
export interface StreamReceiver {
  connected(): void;
  /** The bytes are valid until this returns. */
  received(bytes: Uint8Array): void;
  /** The peer will send nothing more. */
  ended(): void;
  failed(failure: ProbeFailure): void;
}

/** Opens a stream. Throws KernelError as ClientSocket does. */
export type OpenStream = (context: ProbeContext, endpoint: ProbeEndpoint, receiver: StreamReceiver) => Stream;

export const openTcpStream: OpenStream = (context, endpoint, receiver) => new TcpStream(context, endpoint, receiver);

/** The timeout runs for the connection, anew for each read, and some times over for everything together. */
class TcpStream implements Stream {
  readonly #context: ProbeContext;
  readonly #endpoint: ProbeEndpoint;
  readonly #receiver: StreamReceiver;
  readonly #connecting: Conversation;
  #socket: ClientSocket | undefined;
  #reading: Watch | undefined;
  #writing: Watch | undefined;
  #unsent: Uint8Array | undefined;
  #silence: Timeout | undefined;
  #whole: Timeout | undefined;
  #closed = false;

  constructor(context: ProbeContext, endpoint: ProbeEndpoint, receiver: StreamReceiver) {
    this.#context = context;
    this.#endpoint = endpoint;
    this.#receiver = receiver;
    this.#connecting = new TcpConnecting(context, endpoint, {
      established: (socket, watch) => this.#established(socket, watch),
      failed: failure => {
        this.#closed = true;
        receiver.failed(failure);
      },
    });
  }

  send(bytes: Uint8Array): void {
    if (this.#closed || !this.#socket) return;
    const all = this.#unsent ? Buffer.concat([this.#unsent, bytes]) : bytes;
    const sent = this.#socket.send(all);
    if (typeof sent === 'string') {
      this.#fail({ type: 'connection', error: sent });
      return;
    }
    this.#unsent = sent < all.length ? all.slice(sent) : undefined;
    if (this.#unsent === undefined) {
      if (!this.#writing) return;
      this.#writing.stop();
      this.#writing = undefined;
      this.#read();
    } else if (!this.#writing) {
      // One descriptor, one watch: what the peer says meanwhile waits in the kernel.
      this.#reading?.stop();
      this.#reading = undefined;
      this.#writing = this.#context.poller.watch(this.#socket.descriptor, 'writable', order.packets, () =>
        this.send(new Uint8Array()),
      );
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#socket) {
      this.#connecting.cancel();
      return;
    }
    this.#reading?.stop();
    this.#writing?.stop();
    this.#silence?.cancel();
    this.#whole?.cancel();
    this.#socket.close();
  }

  #established(socket: ClientSocket, watch: Watch): void {
    this.#socket = socket;
    this.#reading = watch;
    const late = (): void => this.#fail({ type: 'timeout', during: 'read' });
    this.#silence = this.#context.timeouts.start(this.#endpoint.timeout, late);
    this.#whole = this.#context.timeouts.start(times(this.#endpoint.timeout, bounds.timeouts), late);
    this.#receiver.connected();
    // Unless there is more to send than the socket takes; then this watch has been stopped.
    if (!this.#closed && !this.#writing) watch.become('readable', () => this.#readable(socket));
  }

  #read(): void {
    const socket = this.#socket!;
    this.#reading = this.#context.poller.watch(socket.descriptor, 'readable', order.packets, () =>
      this.#readable(socket),
    );
  }

  #readable(socket: ClientSocket): void {
    for (let count = 0; count < bounds.readsPerTurn; count++) {
      const bytes = socket.receive();
      if (bytes === undefined) return;
      if (typeof bytes === 'string') {
        this.#fail({ type: 'connection', error: bytes });
        return;
      }
      if (bytes.length === 0) {
        this.close();
        this.#receiver.ended();
        return;
      }
      this.#silence?.restart();
      this.#receiver.received(bytes);
      if (this.#closed || !this.#reading) return;
    }
  }

  #fail(failure: ProbeFailure): void {
    this.close();
    this.#receiver.failed(failure);
  }
}
