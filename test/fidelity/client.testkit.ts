// A host that uses virtual addresses and believes what is announced of them, as the simulator's clients do.
import type { Host } from '../../src/lab/host.ts';
import type { HostProcess } from '../../src/lab/host-process.ts';
import type { Lab } from '../../src/lab/lab.ts';
import type { Client as SimClient } from '../../src/sim/client.ts';
import type { World } from '../../src/sim/world.ts';
import type { Change } from './course.testkit.ts';

/** What it takes for the MAC address of a virtual address before anything was announced. */
const nobody = '02:00:00:00:ff:ff';

export class Client {
  readonly name: string;
  readonly host: Host;
  readonly #monitor: HostProcess;

  private constructor(name: string, host: Host, monitor: HostProcess) {
    this.name = name;
    this.host = host;
    this.#monitor = monitor;
  }

  /**
   * It has an entry for every virtual address from the beginning: a kernel changes entries by what is announced, and makes
   * none.
   */
  static async set(lab: Lab, world: World, { name, segment }: SimClient, virtual: Iterable<string>): Promise<Client> {
    const options = { network: segment.name, linkLocalAddress: false, addresses: addressesOn(world, segment.name) };
    const host = await lab.addHost(name, options);
    const entries = [...virtual].map(address => `neigh replace ${address} dev eth0 lladdr ${nobody} nud stale`);
    await host.must(['ip', '-batch', '-'], { input: `${entries.join('\n')}\n` });
    const monitor = host.spawn(['ip', 'monitor', 'neigh']);
    await monitor.pid();
    return new Client(name, host, monitor);
  }

  /** By the clock of `performance.now()`. */
  neighbours(virtual: ReadonlySet<string>): readonly Change[] {
    return this.#monitor.lines.flatMap(({ monotonicMs, text }) => {
      const match = /^(\S+) dev \S+ lladdr (\S+)/.exec(text);
      if (!match || !virtual.has(match[1]!)) return [];
      return [{ at: monotonicMs, node: this.name, subject: match[1]!, state: match[2]! }];
    });
  }
}

/** One in each network that the machines on the segment have an address of. */
function addressesOn(world: World, segment: string): string[] {
  const first = world.nodes.flatMap(({ kernel }) => kernel.links).find(link => link.segment.name === segment);
  return (first?.addresses ?? []).map(({ address, prefixLength }) =>
    address.includes(':')
      ? `${address.replace(/[^:]*$/, 'f0')}/${prefixLength}`
      : `${address.replace(/\d+$/, '240')}/${prefixLength}`,
  );
}
