// Two routers for one set of virtual addresses, each either daemon, and the faults that an operator meets.
import { describe, expect, it } from 'vitest';
import type { Host } from '../../src/lab/host.ts';
import type { HostProcess } from '../../src/lab/host-process.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { pause, waitFor } from '../../src/lab/wait.ts';
import { type Daemon, havePeers, openTestLab, startDaemon, subject } from './daemon.testkit.ts';

/** What the configuration of one router depends on. */
export interface Role {
  readonly priority: number;
  /** 1 or 2: its addresses are 10.0.0.N/24, fd00::N/64 and fe80::ff:fe00:N/64. */
  readonly number: number;
  /** The other's number. */
  readonly peer: number;
}

export interface Variant {
  readonly name: string;
  readonly intervalMs: number;
  readonly virtualAddresses: readonly string[];
  configuration(role: Role): string;
}

/** Lines by which either daemon says that it did not like a packet. */
const rejection =
  /wrong version|invalid|mismatch|expecting|expected|not present|Unknown VRID|ignoring|checksum|bogus|too short|malformed|reject|incorrect/i;

/** Every test waits at most this long for anything. */
const timeoutMs = 25_000;

export class Router {
  readonly host: Host;
  readonly daemon: Daemon;
  readonly #variant: Variant;
  readonly #role: Role;
  process: HostProcess | undefined;
  /** What earlier runs wrote. */
  #before = '';

  constructor(host: Host, daemon: Daemon, variant: Variant, role: Role) {
    this.host = host;
    this.daemon = daemon;
    this.#variant = variant;
    this.#role = role;
  }

  start(): HostProcess {
    this.#before = this.output;
    this.process = startDaemon(this.host, this.daemon, this.#variant.configuration(this.#role));
    return this.process;
  }

  get holding(): readonly string[] {
    return this.#variant.virtualAddresses.filter(address => this.host.holds(address));
  }

  /** The lines of the statistics, written on USR2, that count something under a heading of errors. */
  async countedErrors(): Promise<string[]> {
    await this.process?.signal('SIGUSR2');
    const statistics = await waitFor(
      () => {
        const text = this.host.read('/tmp/keepalived.stats') ?? this.host.read('/tmp/holdfast.stats');
        return text?.includes('Priority Zero:') && text;
      },
      { what: `the statistics of ${this.host.name}`, timeoutMs, evidence: () => this.output },
    );
    let heading = '';
    return statistics.split('\n').filter(line => {
      heading = /^ {2}(\S.*):$/.exec(line)?.[1] ?? heading;
      return /Errors/.test(heading) && /: [1-9]\d*$/.test(line);
    });
  }

  get output(): string {
    return `${this.#before}${this.process?.output ?? ''}\n`;
  }
}

export class Pair {
  readonly lab: Lab;
  readonly first: Router;
  readonly second: Router;
  readonly #variant: Variant;

  private constructor(lab: Lab, variant: Variant, first: Router, second: Router) {
    this.lab = lab;
    this.first = first;
    this.second = second;
    this.#variant = variant;
  }

  static async open(variant: Variant, first: Daemon, second: Daemon, priorities: readonly [number, number]) {
    const lab = await openTestLab();
    const routers: Router[] = [];
    for (const [index, daemon] of [first, second].entries()) {
      const number = index + 1;
      const addresses = [`10.0.0.${number}/24`, `fd00::${number}/64`];
      const host = await lab.addHost(`${index === 0 ? 'first' : 'second'}`, { addresses });
      const role = { priority: priorities[index] ?? 100, number, peer: 3 - number };
      routers.push(new Router(host, daemon, variant, role));
    }
    const [one, two] = routers;
    if (!one || !two) throw new Error('a pair is two');
    return new Pair(lab, variant, one, two);
  }

  evidence(): string {
    return [this.first, this.second]
      .map(router => `--- ${router.host.name} (${router.daemon}) holds [${router.holding}]\n${router.output}`)
      .join('\n');
  }

  /** Waits until the router holds all virtual addresses and the other, where asked, none, for three looks in a row. */
  async settled(holder: Router, other: Router | undefined): Promise<void> {
    const all = this.#variant.virtualAddresses.length;
    const right = (): boolean => holder.holding.length === all && (other === undefined || other.holding.length === 0);
    const what = `${holder.host.name} to hold the addresses${other ? ` and ${other.host.name} none` : ''}`;
    let times = 0;
    await waitFor(
      () => {
        times = right() ? times + 1 : 0;
        return times >= 3;
      },
      { what, timeoutMs, everyMs: this.#variant.intervalMs / 10, evidence: () => this.evidence() },
    );
  }

  /** Exactly this router holds the addresses, now and for as long as a backup would take to lose patience. */
  async atRest(holder: Router, other: Router): Promise<void> {
    await this.settled(holder, other);
    const end = Date.now() + this.#variant.intervalMs * 4.5;
    while (Date.now() < end) {
      if (holder.holding.length !== this.#variant.virtualAddresses.length || other.holding.length > 0) {
        throw new Error(`the pair is not at rest\n${this.evidence()}`);
      }
      await pause(this.#variant.intervalMs / 10);
    }
  }

  /** Starts the first alone, and the second once the first is master. */
  async startBoth(): Promise<void> {
    this.first.start();
    await this.settled(this.first, undefined);
    const second = this.second.start();
    await second.waitForLine('Entering BACKUP STATE', { timeoutMs });
  }

  async finish(): Promise<void> {
    for (const router of [this.first, this.second]) {
      expect(await router.countedErrors(), `${router.host.name} (${router.daemon}) counts no wrong packet`).toEqual([]);
    }
    await Promise.all([this.first.process?.stop(), this.second.process?.stop()]);
    for (const router of [this.first, this.second]) {
      expect(router.holding, `${router.host.name} gives up its addresses at the end`).toEqual([]);
      const complaints = router.output.split('\n').filter(line => rejection.test(line));
      expect(complaints, `${router.host.name} (${router.daemon}) rejects nothing`).toEqual([]);
    }
  }
}

async function isolation(pair: Pair): Promise<void> {
  await pair.startBoth();
  await pair.atRest(pair.first, pair.second);
  await pair.lab.isolate(pair.first.host);
  await pair.settled(pair.second, undefined);
  expect(pair.first.holding, 'an isolated master with carrier keeps its addresses').not.toEqual([]);
  await pair.lab.heal(pair.first.host);
  await pair.atRest(pair.first, pair.second);
}

async function carrierLoss(pair: Pair): Promise<void> {
  await pair.startBoth();
  await pair.settled(pair.first, pair.second);
  await pair.lab.pullCable(pair.first.host);
  await pair.atRest(pair.second, pair.first);
  await pair.lab.plugCable(pair.first.host);
  await pair.atRest(pair.first, pair.second);
}

async function gracefulStop(pair: Pair): Promise<void> {
  await pair.startBoth();
  await pair.settled(pair.first, pair.second);
  const position = pair.second.process?.position ?? 0;
  expect(await pair.first.process?.stop()).toEqual({ status: 0, signal: undefined });
  await pair.atRest(pair.second, pair.first);
  const said = pair.second.process?.lines.slice(position).map(line => line.text) ?? [];
  expect(said.join('\n')).toContain('Backup received priority 0 advertisement');
  pair.first.start();
  await pair.atRest(pair.first, pair.second);
}

async function equalPriorities(pair: Pair): Promise<void> {
  await pair.startBoth();
  await pair.atRest(pair.first, pair.second); // the second has the higher address and yet must wait
  await pair.lab.isolate(pair.first.host);
  await pair.settled(pair.second, undefined);
  await pair.lab.heal(pair.first.host);
  await pair.atRest(pair.second, pair.first);
}

const scenarios: readonly (readonly [string, readonly [number, number], (pair: Pair) => Promise<void>])[] = [
  ['isolation with carrier, then healing: both hold the addresses, then only the better', [150, 100], isolation],
  ['carrier loss, and preemption back', [150, 100], carrierLoss],
  ['graceful stop, and preemption back', [150, 100], gracefulStop],
  [
    'equal priorities: a later joiner waits, after a silent isolation the higher address wins',
    [100, 100],
    equalPriorities,
  ],
];

/** Each fault, with each daemon as the first master. */
export function mixedPair(variant: Variant): void {
  const orders = [
    ['holdfast', 'keepalived'],
    ['keepalived', 'holdfast'],
  ] as const;
  describe(`${variant.name}, a mixed pair`, { concurrent: true, skip: !havePeers('keepalived') }, () => {
    for (const [first, second] of orders) {
      for (const [name, priorities, scenario] of scenarios) {
        const label = first === 'holdfast' ? subject : first;
        it(`${label} first: ${name}`, async () => {
          const pair = await Pair.open(variant, first, second, priorities);
          try {
            await scenario(pair);
            await pair.finish();
          } finally {
            await pair.lab.close();
          }
        });
      }
    }
  });
}
