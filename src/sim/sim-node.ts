import { type Duration, microseconds, milliseconds, zero } from '../base/duration.ts';
import { after, elapsed, type Instant } from '../base/instant.ts';
import { VrrpProcess } from '../engine/vrrp-process.ts';
import type { VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import { flood } from './announce.ts';
import { type CheckerHost, CheckerLife } from './checker-life.ts';
import type { Happening } from './event-heap.ts';
import { FakeKernel, type KernelOwner, type LinkSpec } from './fake-kernel.ts';
import type { Ground } from './ground.ts';
import type { KernelLink } from './kernel-link.ts';
import { NodeClock } from './node-clock.ts';
import type { NodeConfiguration } from './node-configuration.ts';
import { NodeRecorder } from './node-recorder.ts';
import type { InstanceState, LifeEvent } from './observation.ts';
import { ProcessAlarm } from './process-alarm.ts';
import { ProcessQueue } from './process-queue.ts';
import { RespawnDelay } from './respawn-delay.ts';
import { RouterStates } from './router-states.ts';
import { ScriptStage } from './script-stage.ts';
import type { VrrpFrame } from './segment.ts';
import { toldBy } from './told.ts';
import { VrrpSockets } from './vrrp-sockets.ts';
import { WatchedObjects } from './watched-objects.ts';

export interface NodeSpec {
  readonly name: string;
  readonly configuration: NodeConfiguration;
  readonly links: readonly LinkSpec[];
  /** Parts per million that its clock runs fast. */
  readonly driftPpm: number;
  /** What its monotonic clock shows when the world begins. */
  readonly uptime: Duration;
  /** Log detail lines, too. */
  readonly detail: boolean;
}

/** From the start of a process to its first look at the kernel. */
const processBootTime = milliseconds(250);
/** What it takes to read a file that is tracked, or to count processes. */
const lookTime = milliseconds(1);
/** A timer that fires in time fires this late, at most. */
const ordinaryLateness = 90;

/** A machine: a kernel, a clock, and a daemon whose engines are those of production. */
export class SimNode implements KernelOwner, CheckerHost, Happening {
  readonly name: string;
  readonly kernel: FakeKernel;
  readonly scripts: ScriptStage;
  /** The process that balances; there is none unless the configuration has virtual servers. */
  readonly checker: CheckerLife;
  readonly objects: WatchedObjects;
  readonly recorder: NodeRecorder;
  readonly #ground: Ground;
  readonly #detail: boolean;
  readonly clock: NodeClock;
  readonly #respawn = new RespawnDelay();
  readonly #sockets: VrrpSockets;
  readonly #queue: ProcessQueue;
  #states = new Map<string, InstanceState>();
  readonly #routers = new RouterStates();
  #configuration: NodeConfiguration;
  #engine: VrrpProcess | undefined;
  #startedAt: Instant;
  /** Counts lives, so that what an earlier process began does not reach a later one. */
  #life = 0;
  #powered = true;
  /** The daemon was started, and nobody has asked it to end. */
  #isWanted = false;
  #frozenUntil: Instant | undefined;
  #suspended = false;
  readonly #whenThawed: (() => void)[] = [];
  #lateness = ordinaryLateness;
  readonly #alarm: ProcessAlarm;
  #noticeAt: Instant;
  #overrunUntil: Instant | undefined;

  constructor(ground: Ground, spec: NodeSpec) {
    this.#ground = ground;
    this.name = spec.name;
    this.#detail = spec.detail;
    this.#configuration = spec.configuration;
    this.clock = new NodeClock(ground.now, spec.uptime, spec.driftPpm);
    this.recorder = new NodeRecorder(() => this.clock.reading(ground.now));
    this.#startedAt = ground.now;
    this.#noticeAt = ground.now;
    this.#alarm = new ProcessAlarm(ground, this.clock, this);
    this.kernel = new FakeKernel(ground, this, spec.links, false);
    this.#sockets = new VrrpSockets(ground, spec.name, this.kernel);
    this.scripts = new ScriptStage(ground, spec.name, (run, outcome) =>
      this.#deliver({ type: 'script-ended', run, outcome }),
    );
    this.objects = new WatchedObjects(ground, spec.name, spec.configuration, news => this.#tellLater(news));
    this.#queue = new ProcessQueue();
    this.checker = new CheckerLife(ground, this);
  }

  /** The engine, for those who look; undefined while no process runs. */
  get engine(): VrrpProcess | undefined {
    return this.#engine;
  }

  /** What the process runs, or what the next one will. */
  get configuration(): NodeConfiguration {
    return this.#engine?.configuration ?? this.#configuration;
  }

  get lateness(): number {
    return this.#lateness;
  }

  get routerStates(): ReadonlyMap<string, 'master' | 'backup'> {
    return this.#routers.all;
  }

  get frozen(): boolean {
    return this.#frozenUntil !== undefined;
  }

  /** The machine stands still, and packets for it are lost. */
  get suspended(): boolean {
    return this.#suspended;
  }

  /** Its monitor is losing news: what the process does not know, nobody can blame it for. */
  get missesNews(): boolean {
    return this.#overrunUntil !== undefined;
  }

  get powered(): boolean {
    return this.#powered;
  }

  /** Runs and is not frozen: whatever it does not do is its own fault. */
  get responsive(): boolean {
    return this.#engine !== undefined && !this.frozen;
  }

  /** When the process that runs now was started. */
  get startedAt(): Instant {
    return this.#startedAt;
  }

  get states(): ReadonlyMap<string, InstanceState> {
    return this.#states;
  }

  /** Starts the daemon: all its processes that do not run. */
  start(): void {
    if (!this.#powered || this.#waits(() => this.start())) return;
    // One that has not ended yet lets no other one begin.
    if (this.#engine && !this.#isWanted) return;
    this.#isWanted = true;
    if (!this.#engine) this.#routers.forget();
    this.#startVrrp();
    this.checker.start(this.#configuration.balancing);
  }

  #startVrrp(): void {
    if (this.#engine || !this.#powered || this.#waits(() => this.#startVrrp())) return;
    this.#life++;
    this.#startedAt = this.#ground.now;
    this.#queue.clear();
    this.#overrunUntil = undefined;
    this.scripts.configure(this.#configuration);
    this.objects.configure(this.#configuration);
    const options = { detail: this.#detail, receiveBufferBytes: undefined };
    this.#engine = this.recorder.begin(new VrrpProcess(this.#configuration, options), options);
    this.#tell('process-started');
    this.#handle(this.kernel.dump());
  }

  /** On a machine that stands still nothing begins: it does when the machine goes on. */
  #waits(run: () => void): boolean {
    if (this.#suspended) this.#whenThawed.push(run);
    return this.#suspended;
  }

  /** A process dies at once, its addresses or services stay; its parent starts another one. */
  crash(process: 'vrrp' | 'checker'): void {
    // A machine that stands still does not even crash.
    if (this.#suspended) return;
    if (process === 'checker') this.checker.crash();
    else this.#crashVrrp();
  }

  #crashVrrp(): void {
    if (!this.#engine) return;
    const lifetime = elapsed(this.#startedAt, this.#ground.now);
    const wasFrozen = this.frozen;
    this.#end('process-crashed');
    // Whoever kills a process that gets no processor lets the others have theirs again.
    if (wasFrozen) this.checker.thaw();
    const life = this.#life;
    const delay = (this.#respawn.after(lifetime) + processBootTime) as Duration;
    this.#later(delay, () => {
      if (this.#life === life && this.#isWanted) this.#startVrrp();
    });
  }

  /** The daemon is asked to end: it hands over first. */
  stop(): void {
    if (!this.#isWanted) return;
    this.#isWanted = false;
    this.#command(engine => {
      this.#tell('process-stopping');
      this.#perform(this.recorder.step(engine, this.#now(), { type: 'stop' }));
    });
    this.checker.stop();
  }

  /** Without a daemon it is what the next one will find. */
  reload(configuration: NodeConfiguration): void {
    this.#configuration = configuration;
    if (!this.#isWanted) return;
    this.#command(engine => {
      this.scripts.configure(configuration);
      this.objects.configure(configuration);
      const effects = this.recorder.step(engine, this.#now(), { type: 'reload', configuration });
      // Whoever watches has to know the new configuration to understand what follows.
      this.#tell('reloaded');
      this.#perform(effects);
      if (configuration.balancing) this.#routers.look(this.#engine, this.checker);
    });
    this.checker.reload(configuration.balancing);
  }

  powerOff(): void {
    if (!this.#powered) return;
    this.#powered = false;
    this.#isWanted = false;
    this.#life++;
    if (this.#engine) this.#end('powered-off');
    else this.#tell('powered-off');
    this.#frozenUntil = undefined;
    this.#suspended = false;
    this.#whenThawed.length = 0;
    this.checker.powerOff();
    for (const link of this.kernel.links) link.powered = false;
    this.kernel.reset();
    for (const link of this.kernel.links) link.powered = false;
  }

  /** Power comes back; the daemon starts once the machine has booted. */
  powerOn(bootTime: Duration): void {
    if (this.#powered) return;
    this.#powered = true;
    for (const link of this.kernel.links) link.powered = true;
    this.#tell('powered-on');
    const life = this.#life;
    this.#later(bootTime, () => {
      if (this.#life === life) this.start();
    });
  }

  /** The process gets no processor for so long; its sockets fill up. A suspended machine's clock stands still, too. */
  freeze(span: Duration, kind: 'process' | 'machine'): void {
    if (!this.#powered) return;
    const until = after(this.#ground.now, span);
    if (this.#frozenUntil !== undefined) {
      if (until > this.#frozenUntil) this.#frozenUntil = until;
      return;
    }
    this.#frozenUntil = until;
    this.#suspended = kind === 'machine';
    const since = this.#ground.now;
    this.#tell('frozen');
    this.#thawLater(span, since);
  }

  /** From now on timers fire up to so much late, those that are set already included; undefined: as usual. */
  setLateness(span: Duration | undefined): void {
    this.#lateness = span ?? ordinaryLateness;
    this.#alarm.spent();
    this.#arm();
    this.checker.rearm();
  }

  /** The VRRP process's netlink monitor loses everything for so long, and then reads all anew. */
  overrun(span: Duration): void {
    const until = after(this.#ground.now, span);
    this.#overrunUntil = until;
    const life = this.#life;
    this.#later(span, () => {
      if (this.#life !== life || this.#overrunUntil !== until) return;
      this.#overrunUntil = undefined;
      this.#deliver(this.kernel.dump());
      this.#tell('resynchronised');
    });
  }

  notify(input: VrrpInput): void {
    this.checker.hear(input);
    if (!this.#engine || this.#overrunUntil !== undefined) return;
    // One socket: news keep their order.
    const delay = microseconds(20 + this.#ground.prng.below(60));
    const at = after(this.#ground.now, delay);
    if (at > this.#noticeAt) this.#noticeAt = at;
    const life = this.#life;
    this.#ground.schedule(this.#noticeAt, {
      happen: () => {
        if (this.#life === life) this.#deliver(input);
      },
    });
  }

  packet(link: KernelLink, frame: VrrpFrame): void {
    if (!this.#engine || this.#suspended) return;
    for (const input of this.#sockets.receive(link, frame)) {
      if (this.frozen) this.#queue.packet(input);
      else this.#handle(input);
    }
  }

  /** The timer fired. */
  happen(): void {
    this.#alarm.spent();
    if (this.#engine && !this.frozen) this.#advance(this.#engine);
  }

  #advance(engine: VrrpProcess): void {
    const deadline = engine.nextDeadline();
    const now = this.#now(deadline);
    if (deadline !== undefined && deadline <= now) this.#perform(this.recorder.step(engine, now));
    this.#arm();
  }

  #now(atLeast?: Instant): Instant {
    return this.#alarm.now(atLeast);
  }

  #arm(): void {
    if (!this.frozen) this.#alarm.arm(this.#engine?.nextDeadline(), this.#lateness);
  }

  #deliver(input: VrrpInput): void {
    if (!this.#engine) return;
    if (this.frozen) this.#queue.event(input);
    else this.#handle(input);
  }

  /** Looking takes a moment, and whoever asked may be gone by then. */
  #tellLater(input: VrrpInput): void {
    const life = this.#life;
    this.#later(lookTime, () => {
      if (this.#life === life) this.#deliver(input);
    });
  }

  #handle(input: VrrpInput): void {
    const engine = this.#engine;
    if (!engine) return;
    this.#perform(this.recorder.step(engine, this.#now(), input));
    this.#arm();
  }

  #command(work: (engine: VrrpProcess) => void): void {
    const run = (): void => {
      if (!this.#engine) return;
      work(this.#engine);
      this.#arm();
    };
    if (this.frozen) this.#queue.command(run);
    else run();
  }

  #thawLater(span: Duration, since: Instant): void {
    this.#later(span, () => {
      const until = this.#frozenUntil;
      if (until === undefined) return;
      if (until > this.#ground.now) {
        this.#thawLater(elapsed(this.#ground.now, until), since);
        return;
      }
      this.#frozenUntil = undefined;
      if (this.#suspended) this.clock.suspended(elapsed(since, this.#ground.now));
      this.#suspended = false;
      this.#alarm.disarm();
      this.#tell('thawed');
      this.#catchUp();
      this.checker.thaw();
      for (const run of this.#whenThawed.splice(0)) run();
    });
  }

  /** What waited is served as the event loop does it: packets, the deadline, everything else, and over again. */
  #catchUp(): void {
    do {
      for (const packet of this.#queue.takePackets()) this.#handle(packet);
      if (this.#engine) this.#advance(this.#engine);
      for (const event of this.#queue.takeEvents()) {
        if (typeof event === 'function') event();
        else if (event === 'overrun') this.#handle(this.kernel.dump());
        else this.#handle(event);
      }
    } while (this.#engine && !this.#queue.isEmpty);
  }

  #later(span: Duration, run: () => void): void {
    this.#ground.schedule(after(this.#ground.now, span), { happen: run });
  }

  #end(event: LifeEvent): void {
    this.#engine = undefined;
    this.recorder.end();
    this.#frozenUntil = undefined;
    this.#suspended = false;
    this.#sockets.closeAll();
    this.#queue.clear();
    this.scripts.forget();
    this.objects.forget();
    this.#alarm.disarm();
    this.#states = new Map();
    this.#tell(event);
  }

  #tell(event: LifeEvent): void {
    this.#ground.observe({ type: 'life', node: this.name, event });
  }

  #perform(effects: readonly VrrpEffect[]): void {
    let mayHaveMoved = false;
    for (const effect of effects) {
      if (effect.type === 'log') mayHaveMoved = true;
      this.#execute(effect);
    }
    if (mayHaveMoved) this.#noteStates();
  }

  #noteStates(): void {
    for (const { name, machine } of this.#engine?.instances ?? []) {
      const state = machine.state.type;
      if (this.#states.get(name) === state) continue;
      this.#states.set(name, state);
      this.#ground.observe({ type: 'state', node: this.name, instance: name, state });
    }
    if (this.#configuration.balancing) this.#routers.look(this.#engine, this.checker);
  }

  #execute(effect: VrrpEffect): void {
    switch (effect.type) {
      case 'send-packet':
        this.#send(effect);
        break;
      case 'send-frames': {
        const link = this.kernel.link(effect.linkIndex);
        if (link) flood(this.#ground, this.name, link, effect.frames);
        break;
      }
      case 'change-addresses':
      case 'change-routes':
      case 'change-rules': {
        const { answer, cost } = this.kernel.change(effect);
        const life = this.#life;
        const isAlive = (): boolean => this.#life === life;
        this.#later((cost + this.#ground.prng.below(100)) as Duration, () => isAlive() && this.#deliver(answer));
        break;
      }
      case 'set-promote-secondaries':
        this.kernel.setPromoteSecondaries(effect.linkName, effect.enabled);
        break;
      case 'open-channel':
        this.#sockets.open(effect.channel);
        break;
      case 'close-channel':
        this.#sockets.close(effect.key);
        break;
      case 'run-script':
        this.scripts.run(effect.run, effect.script, effect.extraArguments);
        break;
      case 'signal-script':
        this.scripts.signal(effect.run, effect.signal);
        break;
      case 'watch-files':
        this.objects.watchFiles(effect.files);
        break;
      case 'watch-processes':
        this.objects.watchProcesses(effect.processes.map(({ name }) => name));
        break;
      case 'stopped':
        this.#end('process-stopped');
        break;
      default: {
        const told = toldBy(this.name, effect);
        if (told) this.#ground.observe(told);
      }
    }
  }

  #send(packet: VrrpEffect & { type: 'send-packet' }): void {
    const error = this.#sockets.send(packet);
    if (error === undefined) return;
    this.#later(zero, () => this.#deliver({ type: 'send-failed', channel: packet.channel, error }));
  }
}
