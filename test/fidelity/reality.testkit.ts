// The other side: the same scenario with real processes in network namespaces.
import type { Lab } from '../../src/lab/lab.ts';
import type { Shell } from '../../src/lab/shell.ts';
import { pause, waitFor } from '../../src/lab/wait.ts';
import type { Action } from '../../src/sim/action.ts';
import type { SimNode } from '../../src/sim/sim-node.ts';
import { openTestLab } from '../net/daemon.testkit.ts';
import { Client } from './client.testkit.ts';
import { type Change, type Course, withoutRepetition } from './course.testkit.ts';
import { Machine } from './machine.testkit.ts';
import type { Deed, Plan } from './plan.testkit.ts';
import type { FidelityScenario } from './scenario.testkit.ts';
import { Stranger } from './stranger.testkit.ts';
import { SwitchRules } from './switch-rules.testkit.ts';

/** A process that is to end is asked for its recording so many seconds before. */
const lastWords = 0.2;

export class Reality {
  readonly #scenario: FidelityScenario;
  readonly #plan: Plan;
  readonly #lab: Lab;
  readonly #machines = new Map<string, Machine>();
  readonly #clients: Client[] = [];
  readonly #switches = new Map<string, Shell>();
  readonly #rules = new SwitchRules();
  #stranger: Stranger | undefined;
  /** `performance.now()` when the scenario's clock shows zero. */
  #zero = 0;

  private constructor(scenario: FidelityScenario, plan: Plan, lab: Lab) {
    this.#scenario = scenario;
    this.#plan = plan;
    this.#lab = lab;
  }

  /** The machines and cables of the simulator, with nothing running yet. */
  static async open(scenario: FidelityScenario, plan: Plan): Promise<Reality> {
    const reality = new Reality(scenario, plan, await openTestLab());
    try {
      await reality.#build();
    } catch (error) {
      await reality.close();
      throw error;
    }
    return reality;
  }

  /**
   * Starts the machines that start by themselves; resolves, by name, with the seconds by which each process looked at the
   * world later than the first. The scenario's clock runs from the first.
   */
  async boot(): Promise<ReadonlyMap<string, number>> {
    const booting = [...this.#machines.values()].filter(({ name }) => !this.#plan.held.has(name));
    for (const machine of booting) machine.start();
    const starts = new Map<string, number>();
    for (const machine of booting) {
      const what = `${machine.name} to start`;
      await waitFor(() => machine.lives[0]?.startedMs, { what, everyMs: 2, evidence: () => this.evidence });
      await machine.record();
      starts.set(machine.name, machine.lives[0]!.startedMs!);
    }
    this.#zero = Math.min(...starts.values());
    return new Map([...starts].map(([name, at]) => [name, (at - this.#zero) / 1_000]));
  }

  /** Lets the scenario happen, and tells what became of it. */
  async play(): Promise<Course> {
    const deeds: number[] = [];
    for (const { at, deed } of this.#plan.deeds) {
      if (deed.type === 'stop' || deed.type === 'crash' || deed.type === 'power-off') {
        await this.#until(at - lastWords);
        await this.#machine(deed.node).record();
      }
      await this.#until(at);
      deeds.push((await this.#perform(deed)) - this.#zero);
    }
    await this.#until(this.#plan.end);
    for (const machine of this.#machines.values()) if (machine.isRunning) await machine.record();
    return this.#course(deeds.map(ms => ms / 1_000));
  }

  async close(): Promise<void> {
    await this.#lab.close();
  }

  get evidence(): string {
    return [...this.#machines.values()].map(machine => machine.evidence).join('\n');
  }

  async #build(): Promise<void> {
    const { world, deeds } = this.#plan;
    for (const node of world.nodes) {
      for (const [place, link] of node.kernel.links.entries()) {
        const options = { ...this.#cableOf(node, link.name), network: link.segment.name };
        if (place === 0) await this.#lab.addHost(node.name, options);
        else await this.#lab.connect(this.#lab.host(node.name), options);
      }
      const host = this.#lab.host(node.name);
      const text = this.#scenario.nodes[node.name]!;
      this.#machines.set(node.name, await Machine.set(node.name, host, text, node.configuration));
    }
    for (const client of world.clients) {
      this.#clients.push(await Client.set(this.#lab, world, client, this.#plan.virtualAddresses));
    }
    for (const { name } of world.segments) this.#switches.set(name, this.#lab.switchOf(name).openShell());
    // What is done for the first time takes longer.
    if (needsNft(this.#plan)) await this.#applyRules();
    if (deeds.some(({ deed }) => deed.type === 'foreign' || deed.type === 'garbage')) {
      this.#stranger = await Stranger.arrive(this.#lab, world);
    }
  }

  /** An interface as the simulator has it when nothing has happened. */
  #cableOf(node: SimNode, name: string) {
    const { mac, addresses } = node.kernel.linkNamed(name)!;
    return {
      interface: name,
      mac,
      addresses: addresses.map(({ address, prefixLength }) => `${address}/${prefixLength}`),
      linkLocalAddress: false,
      duplicateAddressDetection: this.#scenario.duplicateAddressDetection === true,
    };
  }

  async #until(seconds: number): Promise<void> {
    const rest = this.#zero + seconds * 1_000 - performance.now();
    if (rest > 0) await pause(rest);
  }

  /** Resolves with the instant at which it was done, by the clock of `performance.now()`. */
  async #perform(deed: Deed): Promise<number> {
    switch (deed.type) {
      case 'cut':
        this.#rules.cut(deed.path, this.#names);
        return this.#applyRules();
      case 'heal':
        this.#rules.heal(deed.path, this.#names);
        return this.#applyRules();
      case 'block':
      case 'allow':
        this.#rules.multicastBlocked = deed.type === 'block';
        return this.#applyRules();
      case 'quality':
        if (deed.change.type !== 'lose') return cannot(deed);
        this.#rules.lose(deed.change.share, deed.path, this.#names);
        return this.#applyRules();
      case 'foreign':
      case 'garbage':
        return this.#stranger!.send(deed);
      default:
        return 'node' in deed ? this.#toMachine(this.#machine(deed.node), deed) : cannot(deed);
    }
  }

  async #toMachine(machine: Machine, deed: Deed & { readonly node: string }): Promise<number> {
    const { shell } = machine;
    switch (deed.type) {
      case 'unplug':
      case 'plug':
        return this.#switchPort(machine, deed.link, deed.type === 'plug' ? 'up' : 'down');
      case 'down':
        return (await shell.run(`ip link set ${deed.link} down`)).endedMs;
      case 'up':
        return this.#setUp(machine, deed.link);
      case 'rename':
        return (await shell.run(`ip link set ${deed.link} name ${deed.name}`)).endedMs;
      case 'delete':
        await this.#lab.disconnect(machine.host, deed.link);
        return performance.now();
      case 'create': {
        const node = this.#plan.world.node(machine.name)!;
        const network = node.kernel.linkNamed(deed.link)!.segment.name;
        await this.#lab.connect(machine.host, { ...this.#cableOf(node, deed.link), network });
        return performance.now();
      }
      case 'freeze':
        return machine.signal('STOP', 'holdfast_vrrp');
      case 'thaw':
        return machine.signal('CONT', 'holdfast_vrrp');
      case 'crash':
        return machine.signal('KILL', 'holdfast_vrrp');
      case 'power-off': {
        const at = await machine.kill();
        await this.#switchPort(machine, undefined, 'down');
        // What was set at run time does not survive.
        await this.#removeAddresses(machine, ({ address }) => this.#plan.virtualAddresses.has(address));
        return at;
      }
      case 'power-on':
        return this.#switchPort(machine, undefined, 'up');
      case 'stop':
        return machine.signal('TERM', 'holdfast');
      case 'start':
        await machine.ended();
        machine.start();
        return performance.now();
      case 'reload':
        if (deed.file !== undefined) machine.configure(this.#scenario.files![deed.file]!);
        return machine.signal('HUP', 'holdfast');
      case 'script':
        return machine.behave(deed.script, deed.behaviour);
      case 'remove':
        return this.#removeAddresses(machine, ({ address }) => address === deed.address);
      case 'flush': {
        const own = this.#cableOf(this.#plan.world.node(machine.name)!, deed.link).addresses;
        return this.#removeAddresses(
          machine,
          ({ link, address, prefixLength }) => link === deed.link && !own.includes(`${address}/${prefixLength}`),
        );
      }
      default:
        return cannot(deed);
    }
  }

  async #switchPort(machine: Machine, link: string | undefined, state: 'up' | 'down'): Promise<number> {
    const node = this.#plan.world.node(machine.name)!;
    const links = node.kernel.links.filter(({ name }) => link === undefined || name === link);
    const done = await Promise.all(
      links.map(({ name, segment }) =>
        this.#switches.get(segment.name)!.run(`ip link set ${this.#lab.portOf(machine.host, name)} ${state}`),
      ),
    );
    return Math.max(...done.map(({ endedMs }) => endedMs));
  }

  /** The kernel forgot the IPv6 addresses; whatever configures the machine's network puts them back. */
  async #setUp(machine: Machine, link: string): Promise<number> {
    const { addresses } = this.#cableOf(this.#plan.world.node(machine.name)!, link);
    const lost = addresses.filter(address => address.includes(':'));
    const again = lost.map(address => ` && ip address add ${address} dev ${link}`);
    return (await machine.shell.run(`ip link set ${link} up${again.join('')}`)).endedMs;
  }

  async #removeAddresses(
    machine: Machine,
    select: (held: { link: string; address: string; prefixLength: number }) => boolean,
  ): Promise<number> {
    const held = (await machine.held()).filter(select);
    const commands = held.map(
      ({ link, address, prefixLength }) => `address delete ${address}/${prefixLength} dev ${link}`,
    );
    if (commands.length === 0) return performance.now();
    machine.host.write('/run/fidelity/remove', `${commands.join('\n')}\n`);
    return (await machine.shell.run('ip -batch /run/fidelity/remove')).endedMs;
  }

  async #applyRules(): Promise<number> {
    const { nodes, clients } = this.#plan.world;
    const plugs = [
      ...nodes.flatMap(({ name, kernel }) =>
        kernel.links.map(link => ({ name, link: link.name, segment: link.segment })),
      ),
      ...clients.map(({ name, segment }) => ({ name, link: 'eth0', segment })),
    ].map(({ name, link, segment }) => ({
      host: name,
      network: segment.name,
      port: this.#lab.portOf(this.#lab.host(name), link),
    }));
    const done = await Promise.all(
      [...this.#switches].map(([network, shell]) => {
        const here = plugs.filter(plug => plug.network === network);
        this.#lab.switchOf(network).write('/run/rules', this.#rules.file(here));
        return shell.run('nft -f /run/rules');
      }),
    );
    return Math.max(...done.map(({ endedMs }) => endedMs));
  }

  #course(deeds: readonly number[]): Course {
    const machines = [...this.#machines.values()];
    const inSeconds = (changes: readonly Change[]): Change[] =>
      changes
        .map(change => ({ ...change, at: (change.at - this.#zero) / 1_000 }))
        .sort((left, right) => left.at - right.at);
    return {
      deeds,
      starts: inSeconds(
        machines.flatMap(({ name, lives }) =>
          lives.flatMap(({ startedMs }) =>
            startedMs === undefined ? [] : { at: startedMs, node: name, subject: 'process', state: 'started' },
          ),
        ),
      ),
      transitions: inSeconds(machines.flatMap(({ lives }) => lives.flatMap(({ transitions }) => transitions))),
      addresses: withoutRepetition(
        inSeconds(machines.flatMap(machine => machine.addresses(this.#plan.virtualAddresses))),
      ),
      neighbours: withoutRepetition(
        inSeconds(this.#clients.flatMap(client => client.neighbours(this.#plan.virtualAddresses))),
      ),
      notifications: inSeconds(machines.flatMap(({ notifications }) => notifications)),
    };
  }

  #machine(name: string): Machine {
    return this.#machines.get(name)!;
  }

  get #names(): string[] {
    return [...this.#machines.keys(), ...this.#clients.map(({ name }) => name)];
  }
}

/** Whether the switches have to drop frames, for which the lab has no other means. */
export function needsNft({ deeds }: Plan): boolean {
  return deeds.some(({ deed: { type } }) => type === 'cut' || type === 'block' || type === 'quality');
}

function cannot(deed: Deed | Action): never {
  throw new Error(`there are no real means for "${deed.type}"`);
}
