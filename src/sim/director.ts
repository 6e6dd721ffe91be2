import { type Duration, milliseconds, seconds } from '../base/duration.ts';
import { after } from '../base/instant.ts';
import { type Action, formatAction, type PathSelector, type QualityChange, type Step } from './action.ts';
import { entryText } from './fake-routing.ts';
import { damagedFrame, foreignFrame } from './foreign-frame.ts';
import type { NodeConfiguration } from './node-configuration.ts';
import { serverText } from './real-servers.ts';
import { goodQuality, type LinkQuality, type Segment } from './segment.ts';
import type { SimNode } from './sim-node.ts';
import { changeTable } from './table-change.ts';
import type { World } from './world.ts';

/** From power on to the start of the daemon. */
const machineBootTime = seconds(15);

/** Carries out what scenarios say. */
export class Director {
  readonly #world: World;
  readonly #files: ReadonlyMap<string, NodeConfiguration>;
  #active = 0;

  /** `files`: configurations by the name that `reload` knows them by. */
  constructor(world: World, files: ReadonlyMap<string, NodeConfiguration>) {
    this.#world = world;
    this.#files = files;
  }

  /** Faults that go on and make packets or timers unreliable. */
  get active(): number {
    return this.#active;
  }

  plan(steps: readonly Step[]): void {
    for (const { at, action } of steps) {
      this.#world.at(after(this.#world.now, at), () => this.perform(action));
    }
  }

  /** What an action names that neither exists here nor comes to exist by a step; undefined if it can be carried out. */
  complaint(action: Action, steps: readonly Step[] = []): string | undefined {
    if ('node' in action) {
      const node = this.#world.node(action.node);
      if (!node) return `there is no node "${action.node}"`;
      if (action.type === 'script' || action.type === 'script-flaps') {
        const known = node.configuration.scripts.map(({ name }) => name);
        if (!known.includes(action.script)) {
          return `${action.node} tracks no script "${action.script}"${known.length > 0 ? `, but ${known.join(', ')}` : ''}`;
        }
      }
      if (action.type === 'remove-routing') {
        const known = [...new Set([node.configuration, ...this.#files.values()].flatMap(routingTexts))];
        const text = entryText(action.entry);
        if (!known.includes(text)) {
          return `${action.node} has no ${text}${known.length > 0 ? `, but ${known.join(', ')}` : ''}`;
        }
      }
      const { files, processes } = node.configuration;
      if (action.type === 'file' && !files.some(({ name }) => name === action.file)) {
        return `${action.node} tracks no file "${action.file}"`;
      }
      if (action.type === 'process' && !processes.some(({ name }) => name === action.process)) {
        return `${action.node} tracks no process "${action.process}"`;
      }
      if ('link' in action && action.link !== undefined && !this.#hasLink(node, action.link, steps)) {
        const known = node.kernel.links.map(({ name }) => name).join(', ');
        return `${action.node} has no interface "${action.link}", but ${known}`;
      }
      if (action.type === 'reload' && action.file !== undefined && !this.#files.has(action.file)) {
        return `there is no file "${action.file}"`;
      }
    }
    if ('server' in action && !this.#servers().has(action.server)) {
      const known = [...this.#servers()].join(', ');
      return `there is no real server ${action.server}${known === '' ? '' : `, but ${known}`}`;
    }
    if ('from' in action && action.from !== undefined && !this.#world.node(action.from)) {
      return `there is no node "${action.from}"`;
    }
    if ('path' in action && action.path) {
      for (const name of [action.path.from, action.path.to]) {
        if (name !== undefined && this.#plugsOf(name).length === 0) return `there is nobody named "${name}"`;
      }
    }
    return undefined;
  }

  #hasLink(node: SimNode, name: string, steps: readonly Step[]): boolean {
    if (node.kernel.linkNamed(name)) return true;
    return steps.some(({ action }) => action.type === 'rename' && action.node === node.name && action.name === name);
  }

  perform(action: Action): void {
    if (makesUnreliable(action)) this.#active++;
    this.#say(formatAction(action));
    this.#carryOut(action);
  }

  #carryOut(action: Action): void {
    const node = 'node' in action ? this.#world.node(action.node) : undefined;
    switch (action.type) {
      case 'cut':
        this.#eachPair(action.path, (segment, from, to) => segment.cut(from, to));
        this.#undo(action.span, { type: 'heal', path: action.path });
        break;
      case 'heal':
        this.#heal(action.path);
        break;
      case 'block':
      case 'allow':
        for (const segment of this.#world.segments) segment.multicastBlocked = action.type === 'block';
        this.#undo(action.span, { type: 'allow', what: 'multicast' });
        break;
      case 'quality':
        this.#spoil(action.change, action.path, action.span);
        break;
      case 'server':
        this.#world.servers.behave(action.server, action.from, action.behaviour);
        this.#undo(action.span, { ...withoutSpan(action), behaviour: 'answers' });
        break;
      case 'server-flaps':
        this.#flapServer(action);
        break;
      case 'foreign':
        this.#repeat(action.every, action.span, segment => foreignFrame(this.#world, segment, action), action.segment);
        break;
      case 'garbage':
        this.#repeat(action.every, action.span, segment => damagedFrame(this.#world, segment), action.segment, false);
        break;
      default:
        if (node) this.#toNode(node, action);
    }
  }

  #toNode(node: SimNode, action: Action): void {
    const { kernel } = node;
    switch (action.type) {
      case 'unplug':
      case 'plug': {
        const carrier = action.type === 'plug';
        const names = action.link === undefined ? kernel.links.map(({ name }) => name) : [action.link];
        for (const name of names) kernel.setCarrier(name, carrier);
        if (action.type === 'unplug') this.#undo(action.span, { type: 'plug', node: node.name, link: action.link });
        break;
      }
      case 'down':
        kernel.setAdminUp(action.link, false);
        this.#undo(action.span, { type: 'up', node: node.name, link: action.link });
        break;
      case 'up':
        kernel.setAdminUp(action.link, true);
        break;
      case 'rename':
        kernel.rename(action.link, action.name);
        break;
      case 'delete':
        kernel.deleteLink(action.link);
        this.#undo(action.span, { type: 'create', node: node.name, link: action.link });
        break;
      case 'create':
        kernel.createLink(action.link);
        break;
      case 'freeze':
      case 'suspend':
        node.freeze(action.span, action.type === 'freeze' ? 'process' : 'machine');
        break;
      case 'late':
        node.setLateness(action.by);
        if (action.span !== undefined)
          this.#later(action.span, () => this.#endOf(action, () => node.setLateness(undefined)));
        break;
      case 'crash':
        node.crash(action.process);
        break;
      case 'stop':
        node.stop();
        this.#undo(action.span, { type: 'start', node: node.name });
        break;
      case 'start':
        node.start();
        break;
      case 'power-off':
        node.powerOff();
        this.#undo(action.span, { type: 'power-on', node: node.name });
        break;
      case 'power-on':
        node.powerOn(machineBootTime);
        break;
      case 'reload':
        node.reload(action.file === undefined ? node.configuration : this.#files.get(action.file)!);
        break;
      case 'script':
        node.scripts.behave(action.script, action.behaviour);
        this.#undo(action.span, {
          type: 'script',
          script: action.script,
          node: node.name,
          behaviour: { type: 'exits', status: 0 },
        });
        break;
      case 'file':
        node.objects.write(action.file, action.number);
        this.#undo(action.span, { type: 'file', file: action.file, node: node.name, number: 0 });
        break;
      case 'process':
        node.objects.run(action.process, action.count);
        this.#undo(action.span, { type: 'process', process: action.process, node: node.name, count: undefined });
        break;
      case 'script-flaps':
        this.#flap(node, action);
        break;
      case 'ipvsadm':
        changeTable(this.#world, node, action.change);
        break;
      case 'remove':
        kernel.removeAddress(action.address);
        break;
      case 'remove-routing':
        kernel.routing.remove(action.entry);
        break;
      case 'flush':
        kernel.flush(action.link);
        break;
      case 'overrun':
        node.overrun(action.span);
        break;
      case 'clock':
        node.clock.stepWallClock(action.by);
        break;
    }
  }

  #flap(node: SimNode, action: Action & { type: 'script-flaps' }): void {
    const end = after(this.#world.now, action.span);
    let good = false;
    const turn = (): void => {
      const over = this.#world.now >= end;
      node.scripts.behave(action.script, { type: 'exits', status: good || over ? 0 : 1 });
      good = !good;
      if (over) this.#endOf(action, () => {});
      else this.#later(action.every, turn);
    };
    turn();
  }

  #flapServer(action: Action & { type: 'server-flaps' }): void {
    const { server, from, every, span } = action;
    const end = after(this.#world.now, span);
    let good = false;
    const turn = (): void => {
      const over = this.#world.now >= end;
      this.#world.servers.behave(server, from, good || over ? 'answers' : 'refuses');
      good = !good;
      if (over) this.#say(`end of ${formatAction(action)}`);
      else this.#later(every, turn);
    };
    turn();
  }

  #heal(path: PathSelector | undefined): void {
    if (path) {
      this.#eachPair(path, (segment, from, to) => segment.heal(from, to));
      return;
    }
    for (const segment of this.#world.segments) segment.healAll();
  }

  #spoil(change: QualityChange, path: PathSelector | undefined, span: Duration | undefined): void {
    const apply = (quality: LinkQuality): void => {
      if (!path) {
        for (const segment of this.#world.segments) segment.quality = quality;
        return;
      }
      this.#eachPair(path, (segment, from, to) =>
        segment.setQuality(from, to, quality === goodQuality ? undefined : quality),
      );
    };
    apply(spoiled(change));
    if (span === undefined) return;
    this.#later(span, () => {
      if (makesUnreliable({ type: 'quality', change, path, span })) this.#active--;
      apply(goodQuality);
      this.#say(`end of ${formatAction({ type: 'quality', change, path, span: undefined })}`);
    });
  }

  #repeat(
    every: Duration,
    span: Duration,
    frameFor: (segment: Segment) => ReturnType<typeof damagedFrame>,
    segmentName: string | undefined,
    unreliable = true,
  ): void {
    const end = after(this.#world.now, span);
    const segments = this.#world.segments.filter(({ name }) => segmentName === undefined || name === segmentName);
    const turn = (): void => {
      if (this.#world.now >= end) {
        if (unreliable) this.#active--;
        this.#say('end of foreign packets');
        return;
      }
      for (const segment of segments) {
        const frame = frameFor(segment);
        if (frame) segment.inject(frame);
      }
      this.#later(every, turn);
    };
    turn();
  }

  #endOf(action: Action, run: () => void): void {
    this.#active--;
    run();
    this.#say(`end of ${formatAction(action)}`);
  }

  #undo(span: Duration | undefined, action: Action): void {
    if (span !== undefined) this.#later(span, () => this.perform(action));
  }

  #later(span: Duration, run: () => void): void {
    this.#world.after(span, run);
  }

  #say(text: string): void {
    this.#world.observe({ type: 'disturbance', text, active: this.#active });
  }

  /** Every ordered pair of plugs that a path selects. */
  #eachPair(path: PathSelector, run: (segment: Segment, fromId: number, toId: number) => void): void {
    const { from, to, direction } = path;
    for (const segment of this.#world.segments) {
      const sources = this.#plugsOf(from).filter(id => segment.plugs.has(id));
      const others = [...segment.plugs].filter(id => !sources.includes(id));
      const targets = to === undefined ? others : this.#plugsOf(to).filter(id => segment.plugs.has(id));
      for (const source of sources) {
        for (const target of targets) {
          run(segment, source, target);
          if (direction === 'both') run(segment, target, source);
        }
      }
    }
  }

  /** The real servers of all virtual servers. */
  #servers(): ReadonlySet<string> {
    const balancing = [...this.#world.nodes.map(node => node.configuration), ...this.#files.values()];
    const servers = balancing.flatMap(each => each.balancing?.lvs.virtualServers ?? []);
    return new Set(servers.flatMap(({ realServers }) => realServers.map(serverText)));
  }

  #plugsOf(name: string): readonly number[] {
    const client = this.#world.clients.find(client => client.name === name);
    return client ? [client.portId] : (this.#world.node(name)?.kernel.portIds ?? []);
  }
}

/** Routes and rules as a scenario names them. */
function routingTexts({ instances, statics }: NodeConfiguration): readonly string[] {
  const owners = [...instances, ...(statics ? [statics] : [])];
  return owners.flatMap(({ routes = [], rules = [] }) => [
    ...routes.map(({ destination }) => entryText({ kind: 'route', destination })),
    ...rules.map(({ preference }) => entryText({ kind: 'rule', preference })),
  ]);
}

/** Packets or timers cannot be relied on while it lasts. */
function makesUnreliable(action: Action): boolean {
  if (action.type === 'quality') {
    return action.change.type !== 'delay' || action.change.latency + action.change.jitter > milliseconds(20);
  }
  return action.type === 'late' || action.type === 'script-flaps' || action.type === 'foreign';
}

function withoutSpan({ type, server, from, behaviour }: Action & { type: 'server' }): Action & { type: 'server' } {
  return { type, server, from, behaviour };
}

function spoiled(change: QualityChange): LinkQuality {
  switch (change.type) {
    case 'lose':
      return { ...goodQuality, loss: change.share };
    case 'duplicate':
      return { ...goodQuality, duplication: change.share };
    case 'reorder':
      return { ...goodQuality, reordering: change.share };
    case 'delay':
      return { ...goodQuality, latency: change.latency, jitter: change.jitter };
  }
}
