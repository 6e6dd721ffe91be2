// The other side: the same scenario with real processes in network namespaces.
import { assert } from '../../src/base/assert.ts';
import { inMilliseconds } from '../../src/base/duration.ts';
import type { Lab } from '../../src/lab/lab.ts';
import type { Shell } from '../../src/lab/shell.ts';
import { pause, waitFor } from '../../src/lab/wait.ts';
import type { Action, QualityChange } from '../../src/sim/action.ts';
import type { SimNode } from '../../src/sim/sim-node.ts';
import { openTestLab } from '../net/daemon.testkit.ts';
import { Client } from './client.testkit.ts';
import { type Change, type Course, withoutRepetition } from './course.testkit.ts';
import { type Life, Machine } from './machine.testkit.ts';
import type { Deed, Plan } from './plan.testkit.ts';
import type { Timing } from './prediction.testkit.ts';
import { Relay } from './relay.testkit.ts';
import type { FidelityScenario } from './scenario.testkit.ts';
import { Stranger } from './stranger.testkit.ts';
import { SwitchRules } from './switch-rules.testkit.ts';

/** So many seconds of the plan are there for machines to boot in. */
const bootAllowance = 0.5;
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
  readonly #relays: Relay[] = [];
  #stranger: Stranger | undefined;
  /** `performance.now()` when the scenario's clock shows zero: when the first process looked at the world. */
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

  /** Lets the scenario happen, and tells what became of it and when everything was done. */
  async play(): Promise<{ readonly course: Course; readonly timing: Timing }> {
    const machines = [...this.#machines.values()];
    const booting = machines.filter(({ name }) => !this.#plan.held.has(name));
    for (const machine of booting) {
      machine.start();
      if (!this.#scenario.bootTogether) await this.#started(machine);
    }
    for (const machine of booting) await this.#started(machine);
    const zero = (): number => Math.min(...booting.map(({ lives }) => lives[0]!.startedMs!));
    this.#zero = zero();
    // Whatever takes longer than planned delays all that follows: the steps stay as far apart as they are in the plan.
    let delay = Math.max(0, this.#time(performance.now()) - bootAllowance);
    const deeds: number[] = [];
    for (const { at: planned, deed } of this.#plan.deeds) {
      const at = planned + delay;
      if (deed.type === 'stop' || deed.type === 'crash' || deed.type === 'power-off') {
        await this.#until(at - lastWords);
        await this.#started(this.#machine(deed.node));
        await this.#machine(deed.node).record();
      }
      await this.#until(at);
      deeds.push(await this.#perform(deed));
      if (deed.type === 'start') await this.#started(this.#machine(deed.node));
      delay = Math.max(delay, this.#time(performance.now()) - planned);
    }
    await this.#until(this.#plan.end + delay);
    for (const machine of machines) if (machine.isRunning) await this.#started(machine);
    const respawned = machines.flatMap(({ lives }) => lives).filter(life => life.respawned);
    const starting = respawned.reduce((sum, { launchedMs, startedMs = launchedMs }) => sum + startedMs - launchedMs, 0);
    await this.#until(this.#plan.end + delay + starting / 1_000);
    const endMs = performance.now();
    for (const machine of machines) if (machine.isRunning) await machine.record();
    for (const { deed } of this.#plan.deeds) {
      if (deed.type === 'overrun') assert(this.#machine(deed.node).hasLostNews, 'what floods the monitor is enough');
    }
    // Known exactly now.
    this.#zero = zero();
    const times = deeds.map(ms => this.#time(ms));
    return {
      course: this.#course(times, endMs),
      timing: { deeds: times, starts: this.#starts(({ respawned }) => !respawned), end: this.#time(endMs) },
    };
  }

  #started(machine: Machine): Promise<unknown> {
    const what = `${machine.name} to start`;
    return waitFor(() => machine.startedMs, { what, evidence: () => this.evidence });
  }

  /** Seconds since the scenario began. */
  #time(ms: number): number {
    return (ms - this.#zero) / 1_000;
  }

  #starts(select: (life: Life) => boolean): Change[] {
    return [...this.#machines.values()].flatMap(({ name, lives }) =>
      lives
        .filter(select)
        .flatMap(({ startedMs }) =>
          startedMs === undefined
            ? []
            : { at: this.#time(startedMs), node: name, subject: 'process', state: 'started' },
        ),
    );
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
      const machine = await Machine.set(node.name, host, text, node.configuration);
      if (setsClocks(this.#plan)) machine.giveOwnClock();
      this.#machines.set(node.name, machine);
    }
    for (const client of world.clients) {
      this.#clients.push(await Client.set(this.#lab, world, client, this.#plan.virtualAddresses));
    }
    for (const { name } of world.segments) this.#switches.set(name, this.#lab.switchOf(name).openShell());
    if (needsRelay(this.#plan)) await this.#insertRelays();
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
        if (isForRelay(deed.change)) return this.#tellRelays(deed);
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
      case 'late':
        return machine.makeLate(inMilliseconds(deed.by), inMilliseconds(deed.span!));
      case 'overrun':
        return machine.overrun();
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
      case 'clock':
        return machine.stepClock(inMilliseconds(deed.by));
      case 'file': {
        const { files } = this.#plan.world.node(machine.name)!.configuration;
        return machine.write(files.find(({ name }) => name === deed.file)!.path, deed.number);
      }
      case 'remove-routing': {
        const { entry } = deed;
        const what =
          entry.kind === 'route'
            ? `route delete ${entry.destination.address}/${entry.destination.prefixLength}`
            : `rule delete preference ${entry.preference}`;
        return (await shell.run(`ip ${what}`)).endedMs;
      }
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
    // The daemon may have been quicker with the rest of them.
    return (await machine.shell.run('ip -force -batch /run/fidelity/remove || true')).endedMs;
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

  /** A relay in every cable. */
  async #insertRelays(): Promise<void> {
    const { nodes, clients, segments } = this.#plan.world;
    for (const segment of segments) {
      const ports = [
        ...nodes.flatMap(({ name, kernel }) =>
          kernel.links.filter(link => link.segment === segment).map(link => [name, link.name] as const),
        ),
        ...clients.filter(client => client.segment === segment).map(({ name }) => [name, 'eth0'] as const),
      ].map(([host, link]) => this.#lab.portOf(this.#lab.host(host), link));
      this.#relays.push(await Relay.insert(this.#lab.switchOf(segment.name), ports));
    }
  }

  /** For everybody's frames. */
  async #tellRelays(deed: Deed & { readonly type: 'quality' }): Promise<number> {
    if (deed.path !== undefined) return cannot(deed);
    return Math.max(...(await Promise.all(this.#relays.map(relay => relay.obey(deed.change)))));
  }

  #course(deeds: readonly number[], endMs: number): Course {
    const machines = [...this.#machines.values()];
    const { virtualAddresses } = this.#plan;
    const onTheClock = (changes: readonly Change[]): Change[] =>
      changes
        .filter(({ at }) => at <= endMs)
        .map(change => ({ ...change, at: this.#time(change.at) }))
        .sort((left, right) => left.at - right.at);
    return {
      deeds,
      starts: this.#starts(() => true),
      transitions: onTheClock(machines.flatMap(({ lives }) => lives.flatMap(({ transitions }) => transitions))),
      addresses: withoutRepetition(onTheClock(machines.flatMap(machine => machine.addresses(virtualAddresses)))),
      neighbours: withoutRepetition(onTheClock(this.#clients.flatMap(client => client.neighbours(virtualAddresses)))),
      notifications: onTheClock(machines.flatMap(({ notifications }) => notifications)),
    };
  }

  #machine(name: string): Machine {
    return this.#machines.get(name)!;
  }

  get #names(): string[] {
    return [...this.#machines.keys(), ...this.#clients.map(({ name }) => name)];
  }
}

/** Whether frames are to come later, or twice, for which the kernel may have no means. */
export function needsRelay({ deeds }: Plan): boolean {
  return deeds.some(({ deed }) => deed.type === 'quality' && isForRelay(deed.change));
}

/** As a share of frames is drawn by lot, only a whole one can be compared. */
function isForRelay(change: QualityChange): boolean {
  return (change.type === 'delay' && change.jitter === 0) || (change.type === 'duplicate' && change.share % 1 === 0);
}

/** Whether the switches have to drop frames, for which the lab has no other means. */
export function needsNft({ deeds }: Plan): boolean {
  return deeds.some(
    ({ deed }) =>
      deed.type === 'cut' || deed.type === 'block' || (deed.type === 'quality' && deed.change.type === 'lose'),
  );
}

/** Whether daemons need wall clocks of their own. */
function setsClocks({ deeds }: Plan): boolean {
  return deeds.some(({ deed: { type } }) => type === 'clock');
}

function cannot(deed: Deed | Action): never {
  throw new Error(`there are no real means for "${deed.type}"`);
}
