import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import type { TlsOptions } from '../ports/probe.ts';
import { certificate, otherCertificate, privateKey } from './certificate.testkit.ts';
import { endpointOf, httpSpec, plainTls } from './contract.testkit.ts';
import { startStream } from './loopback-servers.testkit.ts';
import { startProbeStage } from './prober.testkit.ts';
import { alertRecord, recordsSent } from './tls-records.testkit.ts';

const stage = startProbeStage();
afterAll(() => stage.close());

/** What a server saw of a probe with these options, and what the probe came to. */
async function meet(options: Partial<TlsOptions>, server: Parameters<typeof startStream>[1] = {}) {
  const seen = { serverName: undefined as string | false | undefined, protocol: '', client: '', farewell: false };
  const accept = (plain: Socket): void => {
    const socket = plain as TLSSocket & { servername?: string | false };
    seen.serverName = socket.servername;
    seen.protocol = socket.getProtocol() ?? '';
    seen.client = socket.getPeerCertificate().subject?.CN?.toString() ?? '';
    socket.on('error', () => {});
    // An orderly end of TLS, as opposed to one of the connection only.
    socket.on('end', () => {
      seen.farewell = true;
    });
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\nhello', () => socket.end()));
  };
  const running = await startStream(accept, { ...server });
  try {
    const spec = httpSpec(endpointOf(running.port), { tls: { ...plainTls, ...options } });
    return { ...(await stage.probe(spec)), seen };
  } finally {
    running.close();
  }
}

describe('a server name', () => {
  it('is sent if there is one', async () => {
    const { failure, seen } = await meet({ serverName: 'www.example.org' });
    expect(failure).toBeUndefined();
    expect(seen.serverName).toBe('www.example.org');
  });

  it('is not sent if there is none, or if it is an address', async () => {
    expect((await meet({})).seen.serverName).toBeFalsy();
    expect((await meet({ serverName: '192.0.2.1' })).seen.serverName).toBeFalsy();
  });
});

it.each(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const)('%s is spoken', async version => {
  const server = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
  const { failure, seen } = await meet({}, server);
  expect(failure).toBeUndefined();
  expect(seen.protocol).toBe(version);
});

describe('verification', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'probe-tls-'));
  const authorities = { file: path.join(folder, 'ca.pem') };
  writeFileSync(authorities.file, certificate);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('accepts a certificate of the given authorities for the expected name', async () => {
    expect((await meet({ verify: { authorities, name: 'localhost' } })).failure).toBeUndefined();
    expect((await meet({ verify: { authorities, name: undefined } })).failure).toBeUndefined();
    expect((await meet({ serverName: 'localhost', verify: { authorities, name: undefined } })).failure).toBeUndefined();
  });

  it('refuses another name', async () => {
    const { failure } = await meet({ verify: { authorities, name: 'www.example.org' } });
    expect(failure).toMatchObject({ type: 'tls', error: expect.stringContaining('www.example.org') });
  });

  it('refuses a certificate of nobody known', async () => {
    const { failure } = await meet({ verify: { authorities: 'system', name: 'localhost' } });
    expect(failure).toEqual({ type: 'tls', error: 'self-signed certificate' });
  });

  it('takes notice of authorities that change, or go', async () => {
    const changing = { file: path.join(folder, 'changing.pem') };
    const judged = async () => (await meet({ verify: { authorities: changing, name: 'localhost' } })).failure;
    expect(await judged()).toMatchObject({ type: 'tls', error: expect.stringContaining('ENOENT') });
    writeFileSync(changing.file, otherCertificate);
    expect(await judged()).toEqual({ type: 'tls', error: 'self-signed certificate' });
    writeFileSync(changing.file, `${certificate}\n${otherCertificate}`);
    expect(await judged()).toBeUndefined();
  });

  it('is not done unless asked for', async () => {
    expect((await meet({ serverName: 'www.example.org' })).failure).toBeUndefined();
  });
});

describe('a certificate of our own', () => {
  const server = { requestCert: true, rejectUnauthorized: true, ca: [certificate] };

  it('is shown', async () => {
    const { failure, seen } = await meet({ client: { certificate, key: privateKey, password: undefined } }, server);
    expect(failure).toBeUndefined();
    expect(seen.client).toBe('localhost');
  });

  it('is missed by a server that wants one', async () => {
    expect((await meet({}, server)).failure).toBeDefined();
  });

  it('that is none is told, not thrown', async () => {
    const { failure } = await meet({ client: { certificate: 'nonsense', key: privateKey, password: undefined } });
    expect(failure?.type).toBe('tls');
  });
});

describe('the end', () => {
  /** The content types of the records that a probe sends. */
  async function recordTypes(compliantShutdown: boolean): Promise<number[]> {
    const version = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
    const page = 'HTTP/1.1 200 OK\r\n\r\nhello';
    const server = await startStream(socket => socket.once('data', () => socket.end(page)), version);
    const types = await recordsSent(server.port, async port => {
      const tls = { ...plainTls, compliantShutdown };
      expect((await stage.probe(httpSpec(endpointOf(port), { tls }))).failure).toBeUndefined();
    });
    server.close();
    return types;
  }

  it('is quiet', async () => {
    expect(await recordTypes(false)).not.toContain(alertRecord);
  });

  it('is announced by close_notify where that is asked for', async () => {
    expect((await recordTypes(true)).at(-1)).toBe(alertRecord);
  });
});
