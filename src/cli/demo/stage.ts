import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Host } from '../../lab/host.ts';
import type { HostProcess } from '../../lab/host-process.ts';
import { type Lab, openLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait.ts';
import { PingRecord } from './ping-record.ts';

export const virtualAddress = '192.0.2.100';
export const downFile = '/etc/keepalived/down';
const configurationPath = '/etc/keepalived/keepalived.conf';
const pingIntervalMs = 20;

const file = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const holdfast = file('../../../bin/holdfast');
const example = file('../../../examples/demonstration.conf');

export type HostName = 'alpha' | 'beta';
export const hostNames: readonly HostName[] = ['alpha', 'beta'];

/** One of the two machines with its daemon. */
export interface Machine {
  readonly name: HostName;
  readonly host: Host;
  readonly address: string;
  readonly priority: number;
  /** Undefined while it is stopped. */
  daemon: HostProcess | undefined;
}

/** Two machines and a client on one switch. */
export class Stage {
  readonly lab: Lab;
  readonly machines: Readonly<Record<HostName, Machine>>;
  readonly pings = new PingRecord();
  #takenPings = 0;
  readonly #pinger: HostProcess;

  private constructor(lab: Lab, machines: Readonly<Record<HostName, Machine>>, client: Host) {
    this.lab = lab;
    this.machines = machines;
    const program = [process.execPath, file('./pinger.js'), virtualAddress, String(pingIntervalMs)];
    this.#pinger = client.spawn(program);
  }

  static async open(): Promise<Stage> {
    const lab = await openLab();
    const machine = async (name: HostName, address: string, priority: number): Promise<Machine> => {
      const host = await lab.addHost(name, { addresses: [`${address}/24`] });
      host.write(configurationPath, readFileSync(example, 'utf8'));
      // A file of the host's own: in a user namespace the machine's programs belong to nobody, which
      // enable_script_security does not trust.
      host.write('/etc/keepalived/not_down.sh', `#!/bin/sh\ntest ! -e ${downFile}\n`, 0o755);
      return { name, host, address, priority, daemon: undefined };
    };
    const alpha = await machine('alpha', '192.0.2.1', 150);
    const beta = await machine('beta', '192.0.2.2', 100);
    const client = await lab.addHost('client', { addresses: ['192.0.2.10/24'] });
    return new Stage(lab, { alpha, beta }, client);
  }

  start(name: HostName): void {
    const machine = this.machines[name];
    const argv = [process.execPath, holdfast, '-n', '-l', '-D', '-f', configurationPath];
    machine.daemon = machine.host.spawn(argv);
  }

  async stop(name: HostName): Promise<void> {
    const { daemon } = this.machines[name];
    await daemon?.stop();
    this.machines[name].daemon = undefined;
  }

  /** Who has the virtual address now, from the kernels' own tables. */
  holders(): readonly HostName[] {
    return hostNames.filter(name => this.machines[name].host.holds(virtualAddress));
  }

  /** Resolves with the wall-clock instant at which exactly these hold the address. */
  async held(by: readonly HostName[], timeoutMs = 15_000): Promise<number> {
    await waitFor(() => this.holders().join() === by.join(), {
      what: `${by.join(' and ') || 'nobody'} to hold ${virtualAddress}`,
      everyMs: 1,
      timeoutMs,
      evidence: () =>
        hostNames.map(name => `${name}:\n${this.machines[name].daemon?.output ?? '(stopped)'}`).join('\n'),
    });
    return Date.now();
  }

  /** Resolves when the client's pings are answered again. */
  async answered(sinceMs: number): Promise<void> {
    await waitFor(
      () => {
        this.readPings();
        return this.pings.isAnsweredSince(sinceMs);
      },
      { what: 'the client to be answered again', everyMs: 10 },
    );
  }

  readPings(): void {
    for (const { text } of this.#pinger.lines.slice(this.#takenPings)) this.pings.take(text);
    this.#takenPings = this.#pinger.lines.length;
  }

  async close(): Promise<void> {
    await this.lab.close();
  }
}
