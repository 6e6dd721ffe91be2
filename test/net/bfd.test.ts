// BFD over real sockets: Holdfast with itself and with keepalived's bfd, and virtual routers that follow a session.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../../src/lab/host.ts';
import type { HostProcess } from '../../src/lab/host-process.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { type Daemon, havePeers, openTestLab, startDaemon, subject } from './daemon.testkit.ts';

const timeoutMs = 20_000;
const virtualAddress = '10.0.0.100';

type Family = 4 | 6;
const addressOf = (number: number, family: Family): string => (family === 4 ? `10.0.0.${number}` : `fd00::${number}`);

const session = (own: number, peer: number, family: Family, lines = ''): string =>
  `bfd_instance b {
  neighbor_ip ${addressOf(peer, family)}
  source_ip ${addressOf(own, family)}
  min_rx 50
  min_tx 50
  multiplier 4
  ${lines}
}
`;

const router = (priority: number, lines = ''): string =>
  `vrrp_instance V {
  interface eth0
  virtual_router_id 5
  priority ${priority}
  version 3
  advert_int 0.2
  ${lines}
  virtual_ipaddress {
    ${virtualAddress}/24
  }
}
`;

describe('BFD', () => {
  let lab: Lab;
  const hosts: Host[] = [];

  beforeEach(async () => {
    lab = await openTestLab();
    for (const number of [1, 2, 3]) {
      const addresses = [`10.0.0.${number}/24`, `fd00::${number}/64`];
      hosts.push(await lab.addHost(`host${number}`, { addresses }));
    }
  });

  afterEach(async () => {
    hosts.length = 0;
    await lab.close();
  });

  const start = (number: number, daemon: Daemon, text: string): HostProcess =>
    startDaemon(hosts[number - 1]!, daemon, text);
  const goesUp = (process: HostProcess, after = 0): Promise<unknown> =>
    process.waitForLine('(b) Entering Up state', { timeoutMs, after });

  it.each([
    ['holdfast', 4],
    ['holdfast', 6],
    ['keepalived', 4],
    ['keepalived', 6],
  ] as const)(
    'a session with %s over IPv%s comes up, expires when the cable is cut, and comes back',
    async (daemon, family) => {
      if (!havePeers('keepalived') && daemon === 'keepalived') return;
      const one = start(1, 'holdfast', session(1, 2, family) + router(100));
      const two = start(2, daemon, session(2, 1, family) + router(90));
      await Promise.all([goesUp(one), goesUp(two)]);
      let position = one.position;
      const cut = Date.now();
      await lab.isolate(hosts[0]!);
      const expired = await one.waitForLine('(b) Expired after 200 ms', { timeoutMs, after: position });
      expect(expired.atMs).toBeGreaterThanOrEqual(cut);
      await one.waitForLine('(b) Entering Down state (Local diagnostic - Control Detection Time Expired', {
        timeoutMs,
        after: position,
      });
      position = one.position;
      await lab.heal(hosts[0]!);
      await goesUp(one, position);
      for (const process of [one, two]) expect(process.output).not.toMatch(/\(b\).*(discard|malformed|invalid)/i);
    },
  );

  it('a peer that stops says so, and nobody fails over for it', async () => {
    const one = start(1, 'holdfast', session(1, 2, 4) + router(100, 'track_bfd {\n    b\n  }'));
    const two = start(2, 'holdfast', session(2, 1, 4) + router(90));
    await Promise.all([goesUp(one), goesUp(two)]);
    await waitFor(() => hosts[0]!.holds(virtualAddress), { what: 'the address', timeoutMs });
    await two.stop();
    await one.waitForLine('Entering Down state (Local diagnostic - Neighbor Signaled Session Down', { timeoutMs });
    expect(one.output).not.toContain('Expired');
    expect(one.output).not.toContain('is DOWN');
    expect(hosts[0]!.holds(virtualAddress)).toBe(true);
  });

  it.skipIf(!havePeers('keepalived')).each([
    ['holdfast', 'keepalived'],
    ['keepalived', 'holdfast'],
  ] as const)(
    'a virtual router of %s that tracks a session fails over to %s when the session’s peer dies',
    async (first, second) => {
      const one = start(1, first, session(1, 3, 4) + router(150, 'track_bfd {\n    b\n  }'));
      const two = start(2, second, router(100));
      const three = start(3, first === 'holdfast' ? 'keepalived' : 'holdfast', session(3, 1, 4));
      await Promise.all([goesUp(one), goesUp(three)]);
      const evidence = (): string => [one, two, three].map(({ output }) => output).join('\n----\n');
      await waitFor(() => hosts[0]!.holds(virtualAddress) && !hosts[1]!.holds(virtualAddress), {
        what: 'the first to be master',
        timeoutMs,
        evidence,
      });
      await lab.isolate(hosts[2]!);
      await one.waitForLine('VRRP_Instance(V) Tracked BFD instance b is DOWN', { timeoutMs });
      await one.waitForLine('(V) Entering FAULT STATE', { timeoutMs });
      await waitFor(() => !hosts[0]!.holds(virtualAddress) && hosts[1]!.holds(virtualAddress), {
        what: 'the second to take over',
        timeoutMs,
        evidence,
      });
      await lab.heal(hosts[2]!);
      await waitFor(() => hosts[0]!.holds(virtualAddress) && !hosts[1]!.holds(virtualAddress), {
        what: 'the first to come back',
        timeoutMs,
        evidence,
      });
    },
  );

  it('runs in a process of its own, which is started anew when it dies', async () => {
    const one = start(1, 'holdfast', session(1, 2, 4) + router(100));
    const two = start(2, 'holdfast', session(2, 1, 4));
    await Promise.all([goesUp(one), goesUp(two)]);
    const pid = Number(hosts[0]!.read(subject === 'holdfast' ? '/run/holdfast_bfd.pid' : '/run/bfd.pid'));
    expect(pid).toBeGreaterThan(1);
    const position = one.position;
    await hosts[0]!.run(['kill', '-KILL', String(pid)]);
    await one.waitForLine('BFD child process', { timeoutMs, after: position });
    await goesUp(one, position);
  });
});
