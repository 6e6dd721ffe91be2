// What probes need a network of their own for: marks, link-local addresses, echoes with and without privilege, peers that
// do not answer.
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seconds } from '../../src/base/duration.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { Poller } from '../../src/linux/poller.ts';
import { plainEndpoint } from '../../src/ports/probe.testkit.ts';
import type { ProbeEndpoint, ProbeFailure, ProbeSpec } from '../../src/ports/probe.ts';
import { Prober } from '../../src/probe/prober.ts';
import { NetworkNamespace } from './network-namespace.testkit.ts';

const port = 7777;
let near: NetworkNamespace;
let far: NetworkNamespace;
let poller: Poller;
let prober: Prober;
let server: Server;
let lastId = 0;

beforeAll(async () => {
  near = new NetworkNamespace();
  far = new NetworkNamespace();
  near.ip('link', 'add', 'near0', 'type', 'veth', 'peer', 'name', 'far0');
  near.ip('link', 'set', 'far0', 'netns', far.path);
  for (const [namespace, name, number] of [[near, 'near0', 1] as const, [far, 'far0', 2] as const]) {
    namespace.ip('link', 'set', 'lo', 'up');
    namespace.ip('address', 'add', `10.0.0.${number}/24`, 'dev', name);
    namespace.ip('address', 'add', `fe80::${number}/64`, 'dev', name, 'nodad');
    namespace.ip('link', 'set', name, 'up');
  }
  // What is marked with 77 goes nowhere.
  near.ip('rule', 'add', 'fwmark', '77', 'prohibit');
  poller = new Poller();
  prober = new Prober(poller, {
    processes: { setpriv: undefined, environment: {}, ownUid: process.geteuid!(), ownGid: process.getegid!() },
    concurrency: 100,
  });
  // Without a host, or the name would be looked up first and bound elsewhere.
  server = far.run(() => createServer(socket => socket.end()).listen(port));
  await waitFor(() => near.ip('link', 'show', 'near0').includes('state UP'), { what: 'the cable' });
});

afterAll(() => {
  server.close();
  prober.close();
  poller.close();
  near.close();
  far.close();
});

function endpoint(address: string, more: Partial<ProbeEndpoint> = {}): ProbeEndpoint {
  return plainEndpoint(address, port, { timeout: seconds(10), ...more });
}

function failureOf(spec: ProbeSpec): Promise<ProbeFailure | undefined> {
  return new Promise(resolve => near.run(() => prober.start(++lastId, spec, (_, { failure }) => resolve(failure))));
}

const tcp = (...given: Parameters<typeof endpoint>): Promise<ProbeFailure | undefined> =>
  failureOf({ type: 'tcp', endpoint: endpoint(...given) });
const ping = (...given: Parameters<typeof endpoint>): Promise<ProbeFailure | undefined> =>
  failureOf({ type: 'ping', endpoint: endpoint(...given) });

describe('a connection', () => {
  it('carries the mark', async () => {
    expect(await tcp('10.0.0.2', { fwmark: 78 })).toBeUndefined();
    expect(await tcp('10.0.0.2', { fwmark: 77 })).toEqual({ type: 'connection', error: 'EACCES' });
    expect(await ping('10.0.0.2', { fwmark: 77 })).toEqual({ type: 'connection', error: 'EACCES' });
  });

  it('to a link-local address goes out by the interface', async () => {
    expect(await tcp('fe80::2', { bindInterface: 'near0' })).toBeUndefined();
    expect(await tcp('fe80::2')).toEqual({ type: 'connection', error: 'EINVAL' });
  });

  it('goes nowhere without a route', async () => {
    expect(await tcp('192.0.2.1')).toEqual({ type: 'connection', error: 'ENETUNREACH' });
  });

  it('waits for as long as the timeout where nobody is', async () => {
    const nobody = await tcp('10.0.0.99', { timeout: seconds(0.3) });
    expect(nobody).toEqual({ type: 'timeout', during: 'connect' });
  });
});

describe.each([
  ['whom net.ipv4.ping_group_range leaves out', '1 0'],
  ['whom net.ipv4.ping_group_range lets', '0 2000000000'],
])('an echo by one %s', (_, range) => {
  beforeAll(() => void near.command('sh', '-c', `echo ${range} > /proc/sys/net/ipv4/ping_group_range || true`));

  it('is answered', async () => {
    expect(await ping('10.0.0.2')).toBeUndefined();
    expect(await ping('fe80::2', { bindInterface: 'near0' })).toBeUndefined();
    expect(await ping('127.0.0.1')).toBeUndefined();
    expect(await ping('::1')).toBeUndefined();
  });

  it('is not answered by nobody', async () => {
    const nobody = await ping('10.0.0.99', { timeout: seconds(0.3) });
    expect(nobody).toEqual({ type: 'timeout', during: 'read' });
  });
});

it('many echoes at once are told apart', async () => {
  const failures = await Promise.all(Array.from({ length: 90 }, () => ping('10.0.0.2')));
  expect(failures.filter(failure => failure !== undefined)).toEqual([]);
});
