import { type Duration, microseconds, milliseconds, zero } from '../base/duration.ts';
import { after, elapsed, type Instant } from '../base/instant.ts';
import { type CheckerConfigurations, CheckerProcess } from '../engine/checker-process.ts';
import type { CheckerEffect, CheckerInput } from '../ports/checker-world.ts';
import type { ProbeResult, ProbeSpec } from '../ports/probe.ts';
import type { VrrpInput } from '../ports/vrrp-world.ts';
import type { Happening } from './event-heap.ts';
import type { FakeKernel } from './fake-kernel.ts';
import type { Ground } from './ground.ts';
import { commandText } from './ipvs-table.ts';
import type { NodeClock } from './node-clock.ts';
import type { CheckerEvent } from './observation.ts';
import { ProcessAlarm } from './process-alarm.ts';
import { serverText } from './real-servers.ts';
import { RespawnDelay } from './respawn-delay.ts';

/** The machine that a checker process runs on. */
export interface CheckerHost {
  readonly name: string;
  readonly kernel: FakeKernel;
  readonly clock: NodeClock;
  /** Gets no processor just now; a suspended machine as a whole. */
  readonly frozen: boolean;
  readonly suspended: boolean;
  /** Microseconds that timers are late, at most. */
  readonly lateness: number;
  /** What the parent process knows of the virtual routers. */
  readonly routerStates: ReadonlyMap<string, 'master' | 'backup'>;
}

/** From the start of a process to its first look at the kernel. */
const processBootTime = milliseconds(250);
/** A command on its way to the kernel and back. */
const commandCost = microseconds(15);
const answerTime = milliseconds(2);

/** The process that balances and checks, on one machine: the engine of production between servers and a fake IPVS. */
export class CheckerLife implements Happening {
  readonly #ground: Ground;
  readonly #host: CheckerHost;
  readonly #respawn = new RespawnDelay();
  /** What a process is to have. */
  #configuration: CheckerConfigurations | undefined;
  /** What the process has: a reload may be waiting. */
  #own: CheckerConfigurations | undefined;
  #engine: CheckerProcess | undefined;
  /** Which servers a probe is about, by the probe as text: those whose checkers ask for it. */
  #subjects = new Map<string, readonly string[]>();
  readonly #running = new Set<number>();
  readonly #waiting: (CheckerInput | (() => void))[] = [];
  /** Once there was a process: most machines have none. */
  #alarm: ProcessAlarm | undefined;
  #startedAt: Instant;
  /** Counts lives, so that answers to an earlier one do not reach a later one. */
  #life = 0;
  /** Whether the parent is about to start another process. */
  #respawns = false;
  #isOverdue = false;

  constructor(ground: Ground, host: CheckerHost) {
    this.#ground = ground;
    this.#host = host;
    this.#startedAt = ground.now;
  }

  /** Undefined: no process runs. */
  get engine(): CheckerProcess | undefined {
    return this.#engine;
  }

  /** What it runs, or would. */
  get configuration(): CheckerConfigurations | undefined {
    return this.#engine ? this.#own : this.#configuration;
  }

  start(configuration: CheckerConfigurations | undefined): void {
    this.#configuration = configuration;
    if (this.#engine || !configuration) return;
    this.#life++;
    this.#respawns = false;
    this.#startedAt = this.#ground.now;
    this.#alarm ??= new ProcessAlarm(this.#ground, this.#host.clock, this);
    this.#learnSubjects(configuration);
    this.#engine = new CheckerProcess(configuration);
    this.#own = configuration;
    this.#tell('started');
    this.#perform(this.#engine.start());
    for (const [instance, state] of this.#host.routerStates) this.#handle({ type: 'vrrp-state', instance, state });
    this.#handle({ type: 'links-read', links: this.#host.kernel.links.map(link => link.view()) });
    this.#handle({ type: 'addresses-read', addresses: this.#host.kernel.links.flatMap(link => link.addresses) });
  }

  /** The process dies at once, its services stay; its parent starts another one. */
  crash(): void {
    if (!this.#engine) return;
    const lifetime = elapsed(this.#startedAt, this.#ground.now);
    this.#end('crashed');
    this.#respawns = true;
    const life = this.#life;
    this.#later((this.#respawn.after(lifetime) + processBootTime) as Duration, () => {
      if (!this.#respawns || this.#life !== life) return;
      // A machine that stands still starts it when it goes on.
      if (this.#host.suspended) this.#isOverdue = true;
      else this.start(this.#configuration);
    });
  }

  stop(): void {
    this.#respawns = false;
    this.#command(engine => {
      this.#tell('stopping');
      this.#perform(engine.stop(this.#now(), false));
    });
  }

  /** A configuration without virtual servers ends the process, another one begins it. */
  reload(configuration: CheckerConfigurations | undefined): void {
    this.#configuration = configuration;
    if (!this.#engine) {
      this.start(configuration);
      return;
    }
    if (!configuration) {
      this.stop();
      return;
    }
    this.#command(engine => {
      this.#learnSubjects(configuration);
      this.#own = configuration;
      this.#tell('reloaded');
      this.#perform(engine.reload(this.#now(), configuration));
    });
  }

  powerOff(): void {
    this.#respawns = false;
    this.#life++;
    if (this.#engine) this.#end('powered-off');
  }

  /** The machine or its processes go on: what waited is read. */
  thaw(): void {
    this.#alarm?.disarm();
    if (this.#isOverdue && this.#respawns) this.start(this.#configuration);
    this.#isOverdue = false;
    for (const input of this.#waiting.splice(0)) {
      if (typeof input === 'function') input();
      else this.#handle(input);
    }
    if (this.#engine) this.#advance(this.#engine);
  }

  /** Timers are more or less late than they were. */
  rearm(): void {
    this.#alarm?.spent();
    this.#arm();
  }

  /** What of the kernel's news concerns this process. */
  hear(news: VrrpInput): void {
    switch (news.type) {
      case 'address-added':
      case 'address-removed':
      case 'link-changed':
      case 'link-removed':
        this.tell(news);
    }
  }

  tell(input: CheckerInput): void {
    if (!this.#engine) return;
    if (this.#host.frozen) this.#waiting.push(input);
    else this.#handle(input);
  }

  /** The timer fired. */
  happen(): void {
    this.#alarm?.spent();
    if (this.#engine && !this.#host.frozen) this.#advance(this.#engine);
  }

  #advance(engine: CheckerProcess): void {
    const deadline = engine.nextDeadline();
    const now = this.#now(deadline);
    if (deadline !== undefined && deadline <= now) this.#perform(engine.advance(now));
    this.#arm();
  }

  #now(atLeast?: Instant): Instant {
    return this.#alarm!.now(atLeast);
  }

  #arm(): void {
    if (!this.#host.frozen) this.#alarm?.arm(this.#engine?.nextDeadline(), this.#host.lateness);
  }

  #handle(input: CheckerInput): void {
    if (!this.#engine) return;
    this.#tellAddresses(input);
    this.#perform(this.#engine.handle(this.#now(), input));
    this.#arm();
  }

  #tellAddresses(input: CheckerInput): void {
    const { name: node } = this.#host;
    if (input.type === 'addresses-read') {
      this.#ground.observe({ type: 'told-addresses', node, change: 'all', addresses: input.addresses });
    } else if (input.type === 'address-added' || input.type === 'address-removed') {
      const change = input.type === 'address-added' ? 'added' : 'removed';
      this.#ground.observe({ type: 'told-addresses', node, change, addresses: [input.address] });
    }
  }

  #command(work: (engine: CheckerProcess) => void): void {
    const run = (): void => {
      if (!this.#engine) return;
      work(this.#engine);
      this.#arm();
    };
    if (this.#host.frozen) this.#waiting.push(run);
    else run();
  }

  #end(event: CheckerEvent): void {
    this.#engine = undefined;
    this.#running.clear();
    this.#waiting.length = 0;
    this.#alarm?.disarm();
    this.#tell(event);
  }

  #tell(event: CheckerEvent): void {
    this.#ground.observe({ type: 'checker', node: this.#host.name, event });
  }

  #later(span: Duration, run: () => void): void {
    this.#ground.schedule(after(this.#ground.now, span), { happen: run });
  }

  /** An answer for this life of the process only. */
  #answer(span: Duration, input: () => CheckerInput): void {
    const life = this.#life;
    this.#later(span, () => {
      if (this.#life === life) this.tell(input());
    });
  }

  #perform(effects: readonly CheckerEffect[]): void {
    for (const effect of effects) this.#execute(effect);
  }

  #execute(effect: CheckerEffect): void {
    const { name, kernel } = this.#host;
    switch (effect.type) {
      case 'read-ipvs': {
        const { entries } = kernel.ipvs;
        const syncDaemons = [...kernel.ipvs.syncDaemons];
        this.#answer(commandCost, () => ({
          type: 'ipvs-read',
          entries,
          timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
          syncDaemons,
        }));
        break;
      }
      case 'change-ipvs': {
        const errors = effect.commands.flatMap((command, place) => {
          const error = kernel.ipvs.obey(command);
          if (error !== undefined) return [{ place, error }];
          this.#ground.observe({ type: 'ipvs', node: name, text: commandText(command), by: 'engine' });
          return [];
        });
        const { batch, commands } = effect;
        this.#answer((commandCost * commands.length) as Duration, () => ({ type: 'ipvs-changed', batch, errors }));
        break;
      }
      case 'read-marking': {
        const ranges = kernel.marking.ranges(effect.table);
        this.#answer(commandCost, () => ({ type: 'marking-read', ranges }));
        break;
      }
      case 'mark-packets': {
        const { request, table } = effect;
        const outcome = kernel.marking.mark(table);
        const [changed, error] = typeof outcome === 'boolean' ? [outcome, undefined] : [false, outcome.error];
        this.#answer(commandCost, () => ({ type: 'packets-marked', request, changed, error }));
        break;
      }
      case 'start-probe':
        this.#running.add(effect.probe);
        this.#probe(effect.probe, effect.spec);
        break;
      case 'cancel-probe':
        this.#running.delete(effect.probe);
        break;
      case 'run-script': {
        this.#ground.observe({ type: 'balancing-script', node: name, text: effect.script.text });
        const { run } = effect;
        this.#answer(answerTime, () => ({ type: 'script-ended', run, outcome: { type: 'exited', status: 0 } }));
        break;
      }
      case 'signal-script':
        break;
      case 'watch-files':
        // No file is there, which counts as 0.
        for (const file of effect.files) this.#answer(zero, () => ({ type: 'file-value', file, value: 0 }));
        break;
      case 'log':
        this.#ground.observe({ type: 'log', node: name, level: effect.level, text: effect.text });
        break;
      case 'stopped':
        this.#end('stopped');
        break;
    }
  }

  #probe(probe: number, spec: ProbeSpec): void {
    const text = probeText(spec);
    const subjects = this.#subjects.get(text) ?? [];
    const behaviours = subjects.map(server => this.#ground.servers.behaviour(server, this.#host.name));
    const hangs = behaviours.includes('hangs');
    const good = behaviours.every(behaviour => behaviour === 'answers');
    const timeout = 'endpoint' in spec ? spec.endpoint.timeout : spec.timeout;
    const took = hangs ? timeout : ((answerTime + this.#ground.prng.below(1_000)) as Duration);
    const life = this.#life;
    const node = this.#host.name;
    const result = resultOf(spec, hangs ? 'hangs' : good ? 'answers' : 'refuses', took);
    this.#later(took, () => {
      if (this.#life !== life || !this.#engine) return;
      const deliver = (): void => {
        // Cancelled meanwhile: nobody waits for it.
        if (!this.#running.delete(probe)) return;
        this.#ground.observe({ type: 'probe', node, probe: text, good: result.failure === undefined });
        this.#handle({ type: 'probe-ended', probe, result });
      };
      if (this.#host.frozen) this.#waiting.push(deliver);
      else deliver();
    });
  }

  #learnSubjects({ lvs, health }: CheckerConfigurations): void {
    const subjects = new Map<string, Set<string>>();
    for (const { realServers } of lvs.virtualServers) {
      for (const server of realServers) {
        for (const place of server.checkers) {
          const checker = health.checkers[place];
          const specs = checker?.kind === 'urls' ? checker.probes : checker?.kind === 'probe' ? [checker.probe] : [];
          for (const spec of specs) {
            const text = probeText(spec);
            const servers = subjects.get(text) ?? new Set();
            subjects.set(text, servers.add(serverText(server)));
          }
        }
      }
    }
    this.#subjects = new Map(Array.from(subjects, ([text, servers]) => [text, [...servers]]));
  }
}

const probeTexts = new WeakMap<ProbeSpec, string>();

/** Tells probes apart, whatever object they are. */
export function probeText(spec: ProbeSpec): string {
  let text = probeTexts.get(spec);
  if (text === undefined) {
    text = JSON.stringify(spec);
    probeTexts.set(spec, text);
  }
  return text;
}

function resultOf(spec: ProbeSpec, behaviour: 'answers' | 'refuses' | 'hangs', took: Duration): ProbeResult {
  const base = { took, status: undefined, digest: undefined, excerpt: undefined };
  if (behaviour === 'answers') return { ...base, failure: undefined };
  if (spec.type === 'script') {
    const failure =
      behaviour === 'hangs'
        ? ({ type: 'timeout', during: 'script' } as const)
        : ({ type: 'exit-status', status: 1 } as const);
    return { ...base, failure };
  }
  if (behaviour === 'hangs') return { ...base, failure: { type: 'timeout', during: 'connect' } };
  return { ...base, failure: { type: 'connection', error: 'ECONNREFUSED' } };
}
