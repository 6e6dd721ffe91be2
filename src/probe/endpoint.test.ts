import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProbeEndpoint } from '../ports/probe.ts';
import { endpointOf, httpSpec } from './contract.testkit.ts';
import { startServer } from './loopback-servers.testkit.ts';
import { startProbeStage } from './prober.testkit.ts';

const stage = startProbeStage();
afterAll(() => stage.close());
const hasIpv6 = networkInterfaces()['lo']?.some(({ address }) => address === '::1') === true;

/** From where a probe came. */
async function seenFrom(
  address: string,
  more: Partial<ProbeEndpoint>,
): Promise<{ address: string; port: number; failure: unknown }> {
  let seen = { address: '', port: 0 };
  const server = createServer(socket => {
    seen = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
  });
  await new Promise<void>(resolve => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  const { failure } = await stage.probe(httpSpec({ ...endpointOf(port, address), ...more }));
  server.close();
  return { ...seen, failure };
}

describe('where a probe comes from', () => {
  it('is the address that it is bound to', async () => {
    const bindAddress = endpointOf(0, '127.0.0.7').address;
    expect(await seenFrom('127.0.0.1', { bindAddress })).toMatchObject({ address: '127.0.0.7', failure: undefined });
  });

  it('is the port that it is bound to, also soon after another one', async () => {
    const spare = await startServer({ type: 'refusing' });
    for (let count = 0; count < 3; count++) {
      const seen = await seenFrom('127.0.0.1', { bindPort: spare.port });
      expect(seen).toMatchObject({ port: spare.port, failure: undefined });
    }
  });

  it('is the interface that it is bound to', async () => {
    expect((await seenFrom('127.0.0.1', { bindInterface: 'lo' })).failure).toBeUndefined();
    expect((await seenFrom('127.0.0.1', { bindInterface: 'nowhere0' })).failure).toEqual({
      type: 'not-started',
      error: 'cannot set interface nowhere0: ENODEV',
    });
  });

  it.runIf(hasIpv6)('may be IPv6', async () => {
    const bindAddress = endpointOf(0, '::1').address;
    expect(await seenFrom('::1', {})).toMatchObject({ address: '::1', failure: undefined });
    expect(await seenFrom('::1', { bindAddress })).toMatchObject({ address: '::1', failure: undefined });
  });
});

describe.each(['127.0.0.1', ...(hasIpv6 ? ['::1'] : [])])('ping %s', address => {
  it('is answered by ourselves', async () => {
    const { failure } = await stage.probe({ type: 'ping', endpoint: endpointOf(0, address) });
    // Without privileges and outside of net.ipv4.ping_group_range nobody may ping.
    expect([undefined, 'not-started']).toContain(failure?.type);
    if (process.geteuid?.() === 0) expect(failure).toBeUndefined();
  });
});
