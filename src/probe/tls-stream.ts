import { isIP, Socket } from 'node:net';
import { checkServerIdentity, connect, type SecureContext, type TLSSocket } from 'node:tls';
import { times } from '../base/duration.ts';
import type { ClientSocket } from '../linux/client-socket.ts';
import type { ProbeEndpoint, ProbeFailure, TlsOptions } from '../ports/probe.ts';
import { bounds, type Conversation, type ProbeContext } from './conversation.ts';
import type { OpenStream, Stream, StreamReceiver } from './stream.ts';
import { TcpConnecting } from './tcp-connection.ts';
import type { Timeout } from './timeouts.ts';
import { tlsContext } from './tls-context.ts';

export function openTlsStream(options: TlsOptions): OpenStream {
  return (context, endpoint, receiver) => new TlsStream(context, options, endpoint, receiver);
}

/** How long a close_notify may take to be sent before the connection is dropped: a peer that reads nothing holds it up. */
export const farewellMs = 1_000;

/** TLS by Node, over a connection of ours. The timeout runs for the connection, the handshake, and each read. */
class TlsStream implements Stream {
  readonly #context: ProbeContext;
  readonly #options: TlsOptions;
  readonly #endpoint: ProbeEndpoint;
  readonly #receiver: StreamReceiver;
  readonly #connecting: Conversation;
  #socket: TLSSocket | undefined;
  #silence: Timeout | undefined;
  #whole: Timeout | undefined;
  #secure = false;
  #closed = false;

  constructor(context: ProbeContext, options: TlsOptions, endpoint: ProbeEndpoint, receiver: StreamReceiver) {
    this.#context = context;
    this.#options = options;
    this.#endpoint = endpoint;
    this.#receiver = receiver;
    this.#connecting = new TcpConnecting(context, endpoint, {
      established: (socket, watch) => {
        watch.stop();
        this.#established(socket);
      },
      failed: failure => {
        this.#closed = true;
        receiver.failed(failure);
      },
    });
  }

  send(bytes: Uint8Array): void {
    if (!this.#closed) this.#socket?.write(bytes);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#silence?.cancel();
    this.#whole?.cancel();
    const socket = this.#socket;
    if (!socket) {
      this.#connecting.cancel();
      return;
    }
    if (this.#secure && this.#options.compliantShutdown) {
      socket.end(() => socket.destroy());
      setTimeout(() => socket.destroy(), farewellMs).unref();
    } else {
      socket.destroy();
    }
  }

  #established(connection: ClientSocket): void {
    let socket: TLSSocket;
    try {
      socket = secure(connection, this.#options, this.#endpoint, []);
    } catch (error) {
      this.#closed = true;
      this.#receiver.failed({ type: 'tls', error: messageOf(error) });
      return;
    }
    this.#socket = socket;
    const late = (): void => this.#fail({ type: 'timeout', during: this.#secure ? 'read' : 'tls' });
    this.#silence = this.#context.timeouts.start(this.#endpoint.timeout, late);
    this.#whole = this.#context.timeouts.start(times(this.#endpoint.timeout, bounds.timeouts), late);
    socket.on('error', error => {
      // A server that has said what it had to say may end as it likes: without close_notify, or with a reset.
      if (this.#secure) this.#ended();
      else this.#fail(failureOf(error));
    });
    // The listeners stay until the socket is gone, and find this closed: an error on the way out must not become an
    // exception nobody catches.
    socket.once('secureConnect', () => {
      if (this.#closed) return;
      this.#secure = true;
      this.#silence?.restart();
      this.#receiver.connected();
    });
    socket.on('data', bytes => {
      if (this.#closed) return;
      this.#silence?.restart();
      this.#receiver.received(bytes);
    });
    socket.once('end', () => this.#ended());
    socket.once('close', () => this.#ended());
  }

  #ended(): void {
    if (this.#closed) return;
    this.close();
    if (this.#secure) this.#receiver.ended();
    else this.#receiver.failed({ type: 'closed' });
  }

  #fail(failure: ProbeFailure): void {
    if (this.#closed) return;
    this.close();
    this.#receiver.failed(failure);
  }
}

/**
 * The connection as Node's, which closes it from now on, and TLS over it. Throws what OpenSSL says about the configured
 * certificate, key or authorities; the connection is closed then.
 */
export function secure(
  connection: ClientSocket,
  options: TlsOptions,
  endpoint: ProbeEndpoint,
  protocols: readonly string[],
): TLSSocket {
  const { serverName, verify } = options;
  const expectedName = verify?.name ?? serverName ?? endpoint.address;
  let secureContext: SecureContext;
  try {
    secureContext = tlsContext(options);
  } catch (error) {
    connection.close();
    throw error;
  }
  return connect({
    socket: new Socket({ fd: connection.descriptor, readable: true, writable: true }),
    secureContext,
    rejectUnauthorized: verify !== undefined,
    // RFC 6066 section 3: addresses are no server names.
    ...(serverName !== undefined && isIP(serverName) === 0 && { servername: serverName }),
    ...(protocols.length > 0 && { ALPNProtocols: [...protocols] }),
    checkServerIdentity: (_, certificate) => checkServerIdentity(expectedName, certificate),
  });
}

/** What went wrong on a socket of Node's. */
export function failureOf(error: Error): ProbeFailure {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined && code !== undefined) return { type: 'connection', error: code };
  // Node's own way to say that the peer hung up during the handshake.
  if (code === 'ECONNRESET') return { type: 'closed' };
  return { type: 'tls', error: messageOf(error) };
}

/** What OpenSSL says, without the file and line of its source, and without the advice that newer Nodes add to it. */
export function messageOf(error: unknown): string {
  const { code, reason, message } = error as NodeJS.ErrnoException & { reason?: string };
  const said = reason ?? message.split('\n')[0] ?? code ?? 'unknown';
  return said.replace(/; if the root CA is installed locally, .*$/, '').slice(0, bounds.excerpt);
}
