import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { times } from '../base/duration.ts';
import { type BodySearch, startBodySearch } from '../health/body-pattern.ts';
import type { ClientSocket } from '../linux/client-socket.ts';
import type { ProbeFailure, ProbeSpec } from '../ports/probe.ts';
import { BodyDigest } from './body-digest.ts';
import { bounds, type Conversation, excerptOf, type Finding, type ProbeContext, type Report } from './conversation.ts';
import { hasGoodStatus, judgeReply } from './expectations.ts';
import { decodeHealthResponse, encodeHealthRequest, healthCheckPath } from './grpc-health.ts';
import { TcpConnecting } from './tcp-connection.ts';
import type { Timeout } from './timeouts.ts';
import { failureOf, farewellMs, messageOf, secure } from './tls-stream.ts';

type Http2Spec = Extract<ProbeSpec, { type: 'http2' }>;

/** A request over HTTP/2: a GET that must yield what is expected, or the question of the gRPC health checking protocol. */
export function probeHttp2(context: ProbeContext, spec: Http2Spec, report: Report): Conversation {
  if (!spec.pattern) return new Http2Probe(context, spec, undefined, report);
  const search = startBodySearch(spec.pattern);
  if (search.ok) return new Http2Probe(context, spec, search.value, report);
  report({ failure: { type: 'not-started', error: search.reason } });
  return { cancel: () => {} };
}

class Http2Probe implements Conversation {
  readonly #context: ProbeContext;
  readonly #spec: Http2Spec;
  readonly #search: BodySearch | undefined;
  readonly #digest = new BodyDigest();
  readonly #report: Report;
  readonly #connecting: Conversation;
  #socket: Socket | undefined;
  #session: ClientHttp2Session | undefined;
  #silence: Timeout | undefined;
  #whole: Timeout | undefined;
  #phase: 'tls' | 'read' = 'tls';
  #closed = false;
  #status: number | undefined;
  #grpcStatus: string | undefined;
  #grpcMessage = '';
  #body: Uint8Array = new Uint8Array();
  #size = 0;

  constructor(context: ProbeContext, spec: Http2Spec, search: BodySearch | undefined, report: Report) {
    this.#context = context;
    this.#spec = spec;
    this.#search = search;
    this.#report = report;
    this.#connecting = new TcpConnecting(context, spec.endpoint, {
      established: (socket, watch) => {
        watch.stop();
        this.#established(socket);
      },
      failed: failure => this.#finish({ failure }),
    });
  }

  cancel(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#socket) this.#connecting.cancel();
    this.#release();
  }

  #established(connection: ClientSocket): void {
    const { tls, endpoint } = this.#spec;
    const late = (): void => this.#finish({ failure: { type: 'timeout', during: this.#phase } });
    this.#silence = this.#context.timeouts.start(endpoint.timeout, late);
    this.#whole = this.#context.timeouts.start(times(endpoint.timeout, bounds.timeouts), late);
    if (!tls) {
      this.#socket = new Socket({ fd: connection.descriptor, readable: true, writable: true });
      this.#socket.on('error', error => this.#finish({ failure: failureOf(error) }));
      this.#speak(this.#socket);
      return;
    }
    let socket: TLSSocket;
    try {
      socket = secure(connection, tls, endpoint, ['h2']);
    } catch (error) {
      this.#finish({ failure: { type: 'tls', error: messageOf(error) } });
      return;
    }
    this.#socket = socket;
    socket.on('error', error => this.#finish({ failure: failureOf(error) }));
    socket.once('close', () => this.#finish({ failure: { type: 'closed' } }));
    socket.once('secureConnect', () => {
      if (socket.alpnProtocol === 'h2') this.#speak(socket);
      else this.#finish({ failure: { type: 'tls', error: 'the server does not negotiate HTTP/2' } });
    });
  }

  #speak(socket: Socket): void {
    const { host, path, grpcService } = this.#spec;
    this.#phase = 'read';
    this.#silence?.restart();
    const scheme = this.#spec.tls ? 'https' : 'http';
    const session = connect(`${scheme}://localhost`, {
      createConnection: () => socket,
      settings: { enablePush: false },
      maxSessionMemory: 1,
    });
    this.#session = session;
    session.on('error', error => this.#finish({ failure: sessionFailure(error) }));
    session.once('close', () => this.#finish({ failure: { type: 'closed' } }));
    session.once('goaway', code => {
      if (code !== 0) this.#finish({ failure: { type: 'protocol', excerpt: `GOAWAY ${code}` } });
    });
    const common = { ':scheme': scheme, ':authority': host, 'user-agent': 'KeepAliveClient' };
    if (grpcService === undefined) {
      this.#listen(session.request({ ...common, ':method': 'GET', ':path': path }));
      return;
    }
    const stream = session.request({
      ...common,
      ':method': 'POST',
      ':path': healthCheckPath,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    this.#listen(stream);
    stream.end(encodeHealthRequest(grpcService));
  }

  #listen(stream: ClientHttp2Stream): void {
    const note = (headers: IncomingHttpHeaders): void => {
      this.#silence?.restart();
      const status = headers['grpc-status'];
      if (status !== undefined) this.#grpcStatus = String(status);
      this.#grpcMessage = String(headers['grpc-message'] ?? this.#grpcMessage);
    };
    stream.on('response', headers => {
      this.#status = headers[':status'];
      note(headers);
    });
    stream.on('trailers', note);
    stream.on('data', (bytes: Buffer) => {
      this.#silence?.restart();
      this.#size += bytes.length;
      this.#digest.update(bytes);
      this.#search?.feed(bytes);
      if (this.#body.length < bounds.header) this.#body = Buffer.concat([this.#body, bytes]);
      const limit = this.#spec.grpcService === undefined ? bounds.body : bounds.header;
      if (this.#size > limit) this.#finish({ failure: { type: 'protocol', excerpt: 'too long' } });
    });
    stream.on('error', error => this.#finish({ failure: sessionFailure(error) }));
    stream.once('end', () => this.#finish(this.#judge()));
  }

  #judge(): Finding {
    const status = this.#status;
    if (status === undefined) return { failure: { type: 'closed' } };
    if (this.#spec.grpcService === undefined) {
      const reply = { status, digest: this.#digest.hex(), excerpt: this.#excerpt(status) };
      return judgeReply(this.#spec, reply, this.#search);
    }
    if (!hasGoodStatus(this.#spec, status)) return { failure: { type: 'status', status } };
    if (this.#grpcStatus !== '0') {
      const excerpt = `grpc-status ${this.#grpcStatus ?? 'missing'} ${this.#grpcMessage}`.slice(0, bounds.excerpt);
      return { failure: { type: 'protocol', excerpt: excerpt.trim() } };
    }
    const serving = decodeHealthResponse(this.#body);
    if (serving === undefined) return { failure: { type: 'protocol', excerpt: excerptOf(this.#body) ?? '' } };
    return serving ? {} : { failure: { type: 'reply' } };
  }

  #finish(finding: Finding): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
    const excerpt = this.#status === undefined ? undefined : this.#excerpt(this.#status);
    this.#report({ status: this.#status, excerpt, ...finding });
  }

  #excerpt(status: number): string | undefined {
    return excerptOf(Buffer.concat([Buffer.from(`HTTP/2 ${status} ${this.#grpcMessage} `), this.#body]));
  }

  #release(): void {
    this.#silence?.cancel();
    this.#whole?.cancel();
    // Their errors on the way out are nobody's business: the listeners stay, and find this closed.
    const session = this.#session;
    const socket = this.#socket;
    if (session && socket && this.#spec.tls?.compliantShutdown) {
      session.close(() => socket.destroy());
      setTimeout(() => socket.destroy(), farewellMs).unref();
      return;
    }
    session?.destroy();
    socket?.destroy();
  }
}

/** What node:http2 calls a broken frame, or a peer that speaks something else. */
function sessionFailure(error: Error): ProbeFailure {
  const { code } = error as NodeJS.ErrnoException;
  if (code?.startsWith('ERR_HTTP2')) return { type: 'protocol', excerpt: error.message.slice(0, bounds.excerpt) };
  return failureOf(error);
}
