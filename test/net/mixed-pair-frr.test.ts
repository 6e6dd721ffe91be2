// Holdfast and FRR's vrrpd, VRRPv3. FRR keeps its virtual addresses on a macvlan with the virtual router's MAC and switches
// that on and off, so who is master is asked of its log.
import { describe, expect, it } from 'vitest';
import { isPrivileged } from '../../src/lab/enter.ts';
import type { Host } from '../../src/lab/host.ts';
import type { HostProcess } from '../../src/lab/host-process.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { pause, waitFor } from '../../src/lab/wait.ts';
import { havePeers, openTestLab, startDaemon } from './daemon.testkit.ts';
import { startFrr } from './frr.testkit.ts';
import { instanceBlock } from './variants.testkit.ts';

interface Family {
  readonly name: string;
  readonly mac: string;
  readonly frrWord: string;
  readonly virtualAddresses: readonly string[];
}

const families: readonly Family[] = [
  { name: 'IPv4', mac: '00:00:5e:00:01:33', frrWord: 'ip', virtualAddresses: ['10.0.0.100', '10.0.0.101'] },
  { name: 'IPv6', mac: '00:00:5e:00:02:33', frrWord: 'ipv6', virtualAddresses: ['fe80::100', 'fd00::100'] },
];

const timeoutMs = 20_000;
const intervalMs = 100;

class FrrRouter {
  readonly host: Host;
  readonly vrrpd: HostProcess;
  readonly #family: Family;

  private constructor(host: Host, vrrpd: HostProcess, family: Family) {
    this.host = host;
    this.vrrpd = vrrpd;
    this.#family = family;
  }

  static async start(host: Host, family: Family, priority: number): Promise<FrrRouter> {
    const prefix = family.name === 'IPv4' ? '/24' : '/64';
    await host.must(['ip', 'link', 'add', 'vrrp-51', 'link', 'eth0', 'type', 'macvlan', 'mode', 'bridge']);
    await host.must(['sh', '-c', 'echo 0 >/proc/sys/net/ipv6/conf/vrrp-51/accept_dad']);
    await host.must(['ip', 'link', 'set', 'vrrp-51', 'address', family.mac]);
    for (const address of family.virtualAddresses) {
      await host.must(['ip', 'address', 'add', `${address}${prefix}`, 'dev', 'vrrp-51']);
    }
    await host.must(['ip', 'link', 'set', 'vrrp-51', 'up']);
    const router = [
      'debug vrrp protocol',
      'debug vrrp packets',
      'interface eth0',
      ' vrrp 51 version 3',
      ` vrrp 51 priority ${priority}`,
      ` vrrp 51 advertisement-interval ${intervalMs}`,
      ...family.virtualAddresses.map(address => ` vrrp 51 ${family.frrWord} ${address}`),
      '',
    ];
    const vrrpd = await startFrr(host, 'vrrpd', router);
    return new FrrRouter(host, vrrpd, family);
  }

  get state(): string | undefined {
    const change = new RegExp(`\\[VRID 51\\] \\[${this.#family.name}\\] \\w+ -> (\\w+)`);
    return this.vrrpd.lines
      .map(line => change.exec(line.text)?.[1])
      .filter(state => state !== undefined)
      .at(-1);
  }

  /** What it dislikes; that it discards an advert which loses the election is none of it. */
  get complaints(): string[] {
    const about = new RegExp(`\\[VRID 51\\] \\[${this.#family.name}\\]`);
    return this.vrrpd.lines
      .map(line => line.text)
      .filter(line => about.test(line) && /invalid|mismatch|discarding datagram|drop|reject|bad /i.test(line));
  }
}

class Duel {
  readonly lab: Lab;
  readonly frr: FrrRouter;
  readonly host: Host;
  readonly #configuration: string;
  readonly #family: Family;
  process: HostProcess | undefined;
  #outputs = '';

  constructor(lab: Lab, frr: FrrRouter, host: Host, family: Family, priority: number) {
    this.lab = lab;
    this.frr = frr;
    this.host = host;
    this.#family = family;
    const prefix = family.name === 'IPv4' ? '/24' : '/64';
    this.#configuration = instanceBlock(
      { priority, number: 2, peer: 1 },
      {
        interval: '0.1',
        virtualAddresses: family.virtualAddresses.map(address => address + prefix),
        lines: ['version 3'],
      },
    );
  }

  start(): void {
    this.#outputs += this.process?.output ?? '';
    this.process = startDaemon(this.host, 'holdfast', this.#configuration);
  }

  /** Waits until our router holds everything or nothing and FRR is in the state. */
  async settled(ours: 'all' | 'none', theirs: string): Promise<void> {
    const right = (): boolean => {
      const held = this.#family.virtualAddresses.filter(address => this.host.holds(address)).length;
      return held === (ours === 'all' ? this.#family.virtualAddresses.length : 0) && this.frr.state === theirs;
    };
    const evidence = (): string => `${this.process?.output}\n--- FRR\n${this.frr.vrrpd.output.slice(-4000)}`;
    const what = `${ours} of the addresses here and FRR as ${theirs}`;
    await waitFor(right, { what, timeoutMs, evidence });
    const end = Date.now() + 4.5 * intervalMs;
    while (Date.now() < end) {
      if (!right()) throw new Error(`not at rest: ${what}\n${evidence()}`);
      await pause(intervalMs / 10);
    }
  }

  async finish(): Promise<void> {
    await this.process?.stop();
    expect(this.frr.complaints).toEqual([]);
    const log = `${this.#outputs}\n${this.process?.output}`.split('\n');
    expect(log.filter(line => /invalid|mismatch|expected|not present|checksum|reject/i.test(line))).toEqual([]);
  }
}

async function duel(family: Family, priorities: { frr: number; ours: number }, run: (duel: Duel) => Promise<void>) {
  const lab = await openTestLab();
  try {
    const theirs = await lab.addHost('frr', { addresses: ['10.0.0.1/24', 'fd00::1/64'] });
    const ours = await lab.addHost('ours', { addresses: ['10.0.0.2/24', 'fd00::2/64'] });
    const begin = async (): Promise<FrrRouter> => FrrRouter.start(theirs, family, priorities.frr);
    const ready = new Duel(lab, await begin(), ours, family, priorities.ours);
    await run(ready);
    await ready.finish();
  } finally {
    await lab.close();
  }
}

// FRR changes its user and owner of its sockets, which needs root outside as well.
const skip = !havePeers('zebra', 'vrrpd') || !isPrivileged();

for (const family of families)
  describe(`version 3, ${family.name}, a mixed pair with FRR (root only)`, { concurrent: true, skip }, () => {
    it('FRR first: it stays master, isolation with carrier hands over, healing gives back', async () => {
      await duel(family, { frr: 150, ours: 100 }, async pair => {
        await waitFor(() => pair.frr.state === 'Master', { what: 'FRR to be master', timeoutMs });
        pair.start();
        await pair.settled('none', 'Master');
        await pair.lab.isolate(pair.frr.host);
        await pair.settled('all', 'Master');
        await pair.lab.heal(pair.frr.host);
        await pair.settled('none', 'Master');
      });
    });

    it('Holdfast better: it preempts, a graceful stop hands over, a start takes back', async () => {
      await duel(family, { frr: 100, ours: 150 }, async pair => {
        await waitFor(() => pair.frr.state === 'Master', { what: 'FRR to be master', timeoutMs });
        pair.start();
        await pair.settled('all', 'Backup');
        await pair.process?.stop();
        await pair.settled('none', 'Master');
        pair.start();
        await pair.settled('all', 'Backup');
      });
    });
  });
