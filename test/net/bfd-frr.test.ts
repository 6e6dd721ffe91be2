// BFD sessions between Holdfast and FRR's bfdd: they come up, expire on either side, and are taken down on purpose.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isPrivileged } from '../../src/lab/enter.ts';
import type { Host } from '../../src/lab/host.ts';
import type { HostProcess } from '../../src/lab/host-process.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { havePeers, openTestLab, startDaemon } from './daemon.testkit.ts';
import { startFrr, tellFrr } from './frr.testkit.ts';

const timeoutMs = 20_000;
const virtualAddress = '10.0.0.100';

type Family = 4 | 6;
const addressOf = (number: number, family: Family): string => (family === 4 ? `10.0.0.${number}` : `fd00::${number}`);

/** Holdfast's session with the other host, and a virtual router that follows it. */
const holdfast = (family: Family): string => `bfd_instance b {
  neighbor_ip ${addressOf(2, family)}
  source_ip ${addressOf(1, family)}
  min_rx 50
  min_tx 50
  multiplier 4
}
vrrp_instance V {
  interface eth0
  virtual_router_id 5
  priority 100
  version 3
  advert_int 0.2
  track_bfd {
    b
  }
  virtual_ipaddress {
    ${virtualAddress}/24
  }
}
`;

const frr = (family: Family): string[] => [
  'debug bfd peer',
  'bfd',
  ` peer ${addressOf(1, family)} local-address ${addressOf(2, family)} interface eth0`,
  '  transmit-interval 60',
  '  receive-interval 60',
  '  detect-multiplier 5',
  '  no shutdown',
  '',
];

describe.skipIf(!havePeers('zebra', 'bfdd', 'vtysh') || !isPrivileged())('BFD with FRR', () => {
  let lab: Lab;
  let one: Host;
  let two: Host;
  let ours: HostProcess;

  beforeEach(async () => {
    lab = await openTestLab();
    const addresses = (number: number) => ({ addresses: [`10.0.0.${number}/24`, `fd00::${number}/64`] });
    one = await lab.addHost('one', addresses(1));
    two = await lab.addHost('two', addresses(2));
  });
  afterEach(() => lab.close());

  /** What FRR thinks of the session. */
  async function peer(): Promise<{ readonly status: string; readonly diagnostic: string; readonly detect: number }> {
    const text = await tellFrr(two, 'bfdd', ['show bfd peers json']);
    const [found] = JSON.parse(text) as Record<string, unknown>[];
    return {
      status: String(found?.['status']),
      diagnostic: String(found?.['diagnostic']),
      detect: Number(found?.['remote-detect-multiplier']),
    };
  }
  const untilPeer = (status: string): Promise<unknown> =>
    waitFor(async () => (await peer()).status === status, {
      what: `FRR's session to be ${status}`,
      timeoutMs,
      everyMs: 50,
      evidence: () => ours.output,
    });
  const isMaster = (master: boolean): Promise<unknown> =>
    waitFor(() => one.holds(virtualAddress) === master, {
      what: `mastership: ${master}`,
      timeoutMs,
      evidence: () => ours.output,
    });
  const goesUp = (after = 0): Promise<unknown> => ours.waitForLine('(b) Entering Up state', { timeoutMs, after });

  it.each([4, 6] as const)('over IPv%s a session comes up, expires on both sides, and comes back', async family => {
    const theirs = await startFrr(two, 'bfdd', frr(family));
    ours = startDaemon(one, 'holdfast', holdfast(family));
    await goesUp();
    await untilPeer('up');
    expect((await peer()).detect).toBe(4);
    await isMaster(true);
    const position = ours.position;
    await lab.isolate(two);
    // Their multiplier, and the longer of both intervals.
    await ours.waitForLine('(b) Expired after 300 ms', { timeoutMs, after: position });
    await untilPeer('down');
    expect((await peer()).diagnostic).toMatch(/control detection time expired/i);
    await isMaster(false);
    await lab.heal(two);
    await goesUp(position);
    await untilPeer('up');
    await isMaster(true);
    expect(ours.output).not.toMatch(/\(b\).*(discard|malformed|invalid)/i);
    expect(theirs.output).not.toMatch(/error|invalid|malformed/i);
  });

  it('either side that gives it up on purpose says so', async () => {
    await startFrr(two, 'bfdd', frr(4));
    ours = startDaemon(one, 'holdfast', holdfast(4));
    await goesUp();
    await isMaster(true);
    const position = ours.position;
    const configure = (line: string): Promise<string> =>
      tellFrr(two, 'bfdd', ['configure', 'bfd', 'peer 10.0.0.1 local-address 10.0.0.2 interface eth0', line]);
    await configure('shutdown');
    await ours.waitForLine('(b) Entering Down state', { timeoutMs, after: position });
    expect(ours.output).not.toContain('Expired');
    await configure('no shutdown');
    await goesUp(position);
    await untilPeer('up');
    await ours.stop();
    await untilPeer('down');
    expect((await peer()).diagnostic).not.toMatch(/time expired/i);
  });
});
