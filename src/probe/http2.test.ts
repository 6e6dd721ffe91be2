import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Duration } from '../base/duration.ts';
import type { ProbeSpec } from '../ports/probe.ts';
import { certificate, privateKey } from './certificate.testkit.ts';
import { bodyPattern, endpointOf, md5, plainTls, shortTimeout } from './contract.testkit.ts';
import { decodeHealthResponse, encodeHealthRequest } from './grpc-health.ts';
import { startServer, startStream } from './loopback-servers.testkit.ts';
import { startProbeStage } from './prober.testkit.ts';
import { alertRecord, recordsSent } from './tls-records.testkit.ts';

const stage = startProbeStage();
afterAll(() => stage.close());

type Http2Spec = Extract<ProbeSpec, { type: 'http2' }>;
type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: Buffer) => void;

interface More extends Partial<Http2Spec> {
  readonly timeout?: Duration;
}
const shortly: More = { timeout: shortTimeout };

function spec(port: number, { timeout, ...more }: More): Http2Spec {
  const base = { tls: undefined, path: '/status', host: 'www.example.org', grpcService: undefined };
  return {
    type: 'http2',
    endpoint: { ...endpointOf(port), ...(timeout && { timeout }) },
    statusRanges: [[200, 299]],
    digest: undefined,
    pattern: undefined,
    ...base,
    ...more,
  };
}

async function ask(serve: Serve, more: More = {}) {
  const server: Http2Server = more.tls
    ? (createSecureServer({ cert: certificate, key: privateKey }) as unknown as Http2Server)
    : createServer();
  server.on('session', session => session.on('error', () => {}));
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => {});
    stream.on('data', (bytes: Buffer) => chunks.push(bytes));
    stream.on('end', () => serve(stream, headers, Buffer.concat(chunks)));
    if (headers[':method'] === 'GET') stream.resume();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    return await stage.probe(spec((server.address() as AddressInfo).port, more));
  } finally {
    server.close();
  }
}

describe.each([
  ['in the clear', undefined],
  ['over TLS', plainTls],
] as const)('a request %s', (_, tls) => {
  it('passes with a good status', async () => {
    let asked: IncomingHttpHeaders = {};
    const result = await ask(
      (stream, headers) => {
        asked = headers;
        stream.respond({ ':status': 204 });
        stream.end();
      },
      { tls },
    );
    expect(result).toMatchObject({ failure: undefined, status: 204, excerpt: 'HTTP/2 204' });
    expect(asked).toMatchObject({ ':method': 'GET', ':path': '/status', ':authority': 'www.example.org' });
  });

  it('fails with a bad status', async () => {
    const result = await ask(
      stream => {
        stream.respond({ ':status': 503 });
        stream.end('sorry');
      },
      { tls },
    );
    expect(result).toMatchObject({ failure: { type: 'status', status: 503 }, excerpt: 'HTTP/2 503 sorry' });
  });

  it('fails if nothing comes', async () => {
    expect(await ask(() => {}, { tls, ...shortly })).toMatchObject({ failure: { type: 'timeout', during: 'read' } });
  });

  it('fails if the stream is reset', async () => {
    const result = await ask(stream => stream.close(2), { tls });
    expect(result.failure?.type).toBe('protocol');
  });
});

describe('the body', () => {
  const page: Serve = stream => {
    stream.respond({ ':status': 200 });
    stream.write('all is ');
    stream.end('well');
  };

  it('must have the digest that is asked for', async () => {
    const good = await ask(page, { digest: md5('all is well') });
    expect(good).toMatchObject({ failure: undefined, digest: md5('all is well') });
    const bad = await ask(page, { digest: md5('all is lost') });
    expect(bad.failure).toEqual({ type: 'digest', digest: md5('all is well') });
  });

  it('must match the pattern, across frames', async () => {
    expect((await ask(page, { pattern: bodyPattern('is w[a-z]+l$') })).failure).toBeUndefined();
    expect((await ask(page, { pattern: bodyPattern('lost') })).failure).toEqual({ type: 'pattern' });
    expect((await ask(page, { pattern: bodyPattern('well', { negate: true }) })).failure).toEqual({ type: 'pattern' });
    expect((await ask(page, { pattern: bodyPattern('(') })).failure?.type).toBe('not-started');
  });

  it('does not matter where the status is bad', async () => {
    const sorry: Serve = stream => {
      stream.respond({ ':status': 500 });
      stream.end('all is well');
    };
    const { failure } = await ask(sorry, { digest: md5('all is well'), pattern: bodyPattern('well') });
    expect(failure).toEqual({ type: 'status', status: 500 });
  });
});

describe('over TLS', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'probe-http2-'));
  const authorities = { file: path.join(folder, 'ca.pem') };
  writeFileSync(authorities.file, certificate);
  afterAll(() => rmSync(folder, { recursive: true }));
  const well: Serve = stream => {
    stream.respond({ ':status': 200 }, { endStream: true });
  };
  const by = (name: string): More => ({ tls: { ...plainTls, verify: { authorities, name } } });

  it('the certificate is verified where that is asked for', async () => {
    expect((await ask(well, by('localhost'))).failure).toBeUndefined();
    expect((await ask(well, by('www.example.org'))).failure).toMatchObject({
      type: 'tls',
      error: expect.stringContaining('www.example.org'),
    });
  });

  it('the end is announced by close_notify where that is asked for', async () => {
    const version = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
    const server = createSecureServer({ cert: certificate, key: privateKey, ...version });
    server.on('session', session => session.on('error', () => {}));
    server.on('stream', stream => {
      stream.on('error', () => {});
      stream.respond({ ':status': 200 }, { endStream: true });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const types = (compliantShutdown: boolean): Promise<number[]> =>
      recordsSent((server.address() as AddressInfo).port, async port => {
        const tls = { ...plainTls, compliantShutdown };
        expect((await stage.probe(spec(port, { tls }))).failure).toBeUndefined();
      });
    expect((await types(true)).at(-1)).toBe(alertRecord);
    expect(await types(false)).not.toContain(alertRecord);
    server.close();
  });
});

describe('a server that speaks something else', () => {
  it('answers as HTTP/1', async () => {
    const server = await startServer({
      type: 'stream',
      tls: false,
      steps: [{ hear: '' }, { say: 'HTTP/1.1 400 Bad Request\r\n\r\n' }, { hangUp: true }],
    });
    expect((await stage.probe(spec(server.port, {}))).failure?.type).toBe('protocol');
    server.close();
  });

  it('does not negotiate HTTP/2', async () => {
    const server = await startStream(socket => socket.resume(), {});
    const { failure } = await stage.probe(spec(server.port, { tls: plainTls }));
    expect(failure).toEqual({ type: 'tls', error: 'the server does not negotiate HTTP/2' });
    server.close();
  });

  it('refuses, or is silent', async () => {
    const refusing = await startServer({ type: 'refusing' });
    const refused = await stage.probe(spec(refusing.port, {}));
    expect(refused.failure).toEqual({ type: 'connection', error: 'ECONNREFUSED' });
    const silent = await startServer({ type: 'stream', tls: false, steps: [] });
    expect((await stage.probe(spec(silent.port, shortly))).failure).toEqual({ type: 'timeout', during: 'read' });
    expect((await stage.probe(spec(silent.port, { tls: plainTls, ...shortly }))).failure).toEqual({
      type: 'timeout',
      during: 'tls',
    });
    silent.close();
  });
});

describe('the gRPC health checking protocol', () => {
  const health =
    (message: readonly number[], grpcStatus = 0): Serve =>
    stream => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': grpcStatus, 'grpc-message': 'as it is' }));
      stream.end(Buffer.from([0, 0, 0, 0, message.length, ...message]));
    };

  it('passes when the service is serving', async () => {
    let asked: Uint8Array = new Uint8Array();
    let path: string | undefined;
    const serve = health([8, 1]);
    const result = await ask(
      (stream, headers, body) => {
        asked = body;
        path = headers[':path'];
        serve(stream, headers, body);
      },
      { grpcService: 'shop.Cart' },
    );
    expect(result.failure).toBeUndefined();
    expect(path).toBe('/grpc.health.v1.Health/Check');
    expect(Buffer.from(asked)).toEqual(Buffer.from([0, 0, 0, 0, 11, 0x0a, 9, ...Buffer.from('shop.Cart')]));
  });

  it('fails when it is not, or when nobody knows', async () => {
    expect((await ask(health([8, 2]), { grpcService: '' })).failure).toEqual({ type: 'reply' });
    expect((await ask(health([]), { grpcService: '' })).failure).toEqual({ type: 'reply' });
  });

  it('fails when the call fails', async () => {
    const { failure } = await ask(health([], 5), { grpcService: 'nobody' });
    expect(failure).toEqual({ type: 'protocol', excerpt: 'grpc-status 5 as it is' });
    const onlyTrailers: Serve = stream => stream.respond({ ':status': 200, 'grpc-status': '12' }, { endStream: true });
    expect((await ask(onlyTrailers, { grpcService: '' })).failure).toEqual({
      type: 'protocol',
      excerpt: 'grpc-status 12',
    });
  });

  it('reads messages with fields that it does not know', () => {
    const message = (...bytes: number[]): Uint8Array => Uint8Array.of(0, 0, 0, 0, bytes.length, ...bytes);
    expect(decodeHealthResponse(message(0x12, 2, 1, 2, 0x1d, 1, 2, 3, 4, 8, 1))).toBe(true);
    expect(decodeHealthResponse(message(8, 0x81, 0))).toBe(true);
    for (const broken of [[8], [0x12, 9, 1], [0x0f], [8, 0xff]])
      expect(decodeHealthResponse(message(...broken))).toBeUndefined();
    expect(decodeHealthResponse(Uint8Array.of(1, 0, 0, 0, 0))).toBeUndefined();
    expect(decodeHealthResponse(Uint8Array.of(0, 0, 0, 0, 3, 8, 1))).toBeUndefined();
    expect(encodeHealthRequest('')).toEqual(Buffer.from([0, 0, 0, 0, 0]));
    expect(encodeHealthRequest('x'.repeat(200)).subarray(4, 8)).toEqual(Buffer.from([203, 0x0a, 0xc8, 1]));
  });
});
