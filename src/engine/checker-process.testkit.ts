import { type Duration, milliseconds, seconds, zero } from '../base/duration.ts';
import { after, earliest, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import { sameValue } from '../base/same-value.ts';
import type { CheckerConfiguration, CheckSchedule } from '../health/configuration.ts';
import type { LvsConfiguration, LvsGlobals, VirtualServerConfiguration } from '../lvs/configuration.ts';
import { destinationKeyText, serviceKeyText } from '../lvs/reconcile.ts';
import type { CheckerEffect, CheckerInput } from '../ports/checker-world.ts';
import type { IpvsCommand, IpvsEntry, IpvsSyncDaemon } from '../ports/ipvs.ts';
import type { Mail } from '../ports/mail.ts';
import type { MarkingTable } from '../ports/marking.ts';
import { plainEndpoint } from '../ports/probe.testkit.ts';
import type { ProbeFailure, ProbeResult, ProbeSpec } from '../ports/probe.ts';
import { type CheckerConfigurations, CheckerProcess } from './checker-process.ts';
import type { ServerWord } from './early-words.ts';

export const globals: LvsGlobals = {
  flushAtStart: false,
  stop: 'destinations',
  timeouts: undefined,
  syncDaemon: undefined,
  notifyAtStart: false,
};

export const schedule: CheckSchedule = {
  delayLoop: seconds(10),
  delayBeforeRetry: seconds(1),
  retries: 1,
  warmup: zero,
  alpha: false,
};

/** A TCP check of 10.0.0.LAST:80. */
export function tcpCheck(last: number, rest: Partial<CheckSchedule> = {}): CheckerConfiguration {
  return {
    kind: 'probe',
    keyword: 'TCP_CHECK',
    schedule: { ...schedule, ...rest },
    logAllFailures: false,
    shadow: false,
    probe: {
      type: 'tcp',
      endpoint: plainEndpoint(`10.0.0.${last}`, 80),
    },
  };
}

export function configurations(
  virtualServers: readonly VirtualServerConfiguration[],
  checkers: readonly CheckerConfiguration[],
  global: Partial<LvsGlobals> = {},
): CheckerConfigurations {
  const lvs: LvsConfiguration = { global: { ...globals, ...global }, virtualServers };
  return { lvs, health: { checkers } };
}

/** An engine over a table that obeys and servers that do as the test says; time moves when told to. */
export class CheckerBench {
  now: Instant = instantFromMicroseconds(0);
  readonly engine: CheckerProcess;
  readonly logs: string[] = [];
  readonly scripts: string[] = [];
  readonly mails: Mail[] = [];
  /** Lines written to FIFOs, and how many there were whenever they were opened. */
  readonly fifoLines: (string | number)[] = [];
  readonly probes: { readonly at: Instant; readonly address: string }[] = [];
  readonly commands: IpvsCommand[] = [];
  readonly table: Map<string, IpvsEntry>;
  /** Which run, an earlier life's among them; a test may meddle with them. */
  readonly syncDaemons: Set<IpvsSyncDaemon['state']>;
  /** Tables of nftables, by name; a test may meddle with them. */
  readonly marking = new Map<string, MarkingTable>();
  /** Why the kernel marks nothing. */
  refuseMarking: string | undefined;
  /** Addresses that fail, with the reason. */
  readonly failing = new Map<string, ProbeFailure>();
  stopped = false;
  /** An errno name for commands that the kernel refuses. */
  refuse: (command: IpvsCommand) => string | undefined = () => undefined;
  statusOf: (spec: ProbeSpec) => number | undefined = () => undefined;
  #queue: { readonly at: Instant; readonly input: CheckerInput }[] = [];

  /** `entries`: what an earlier life left in the kernel. */
  constructor(
    configuration: CheckerConfigurations,
    entries: ReadonlyMap<string, IpvsEntry> = new Map(),
    words: readonly ServerWord[] = [],
    syncDaemons: readonly IpvsSyncDaemon['state'][] = [],
  ) {
    this.table = new Map(entries);
    this.syncDaemons = new Set(syncDaemons);
    this.engine = new CheckerProcess(configuration, words);
    this.perform(this.engine.start());
  }

  /** The destinations of the one service: `LAST:WEIGHT`. */
  get destinations(): string[] {
    const [entry] = this.table.values();
    return (entry?.destinations ?? []).map(({ address, weight }) => `${address.split('.')[3]}:${weight}`).sort();
  }

  pass(span: Duration): void {
    const end = after(this.now, span);
    for (let turns = 0; ; turns++) {
      if (turns > 100_000) throw new Error('the engine never comes to rest');
      let next = this.engine.nextDeadline();
      for (const { at } of this.#queue) next = earliest(next, at);
      if (next === undefined || next > end) break;
      if (next > this.now) this.now = next;
      const due = this.#queue.filter(({ at }) => at <= this.now);
      this.#queue = this.#queue.filter(({ at }) => at > this.now);
      for (const { input } of due) this.perform(this.engine.handle(this.now, input));
      const deadline = this.engine.nextDeadline();
      if (deadline !== undefined && deadline <= this.now) this.perform(this.engine.advance(this.now));
    }
    this.now = end;
  }

  send(input: CheckerInput): void {
    this.perform(this.engine.handle(this.now, input));
  }

  perform(effects: readonly CheckerEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'log':
          this.logs.push(effect.text);
          break;
        case 'read-ipvs':
          this.#later({
            type: 'ipvs-read',
            entries: [...this.table.values()],
            timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
            syncDaemons: [...this.syncDaemons],
          });
          break;
        case 'change-ipvs': {
          const errors = effect.commands.flatMap((command, place) => {
            this.commands.push(command);
            const error = this.refuse(command) ?? this.#obeySyncDaemon(command);
            if (error === undefined) this.#obey(command);
            return error === undefined ? [] : [{ place, error }];
          });
          this.#later({ type: 'ipvs-changed', batch: effect.batch, errors });
          break;
        }
        case 'read-marking':
          this.#later({ type: 'marking-read', ranges: this.marking.get(effect.table)?.ranges ?? [] });
          break;
        case 'mark-packets':
          this.#mark(effect.request, effect.table);
          break;
        case 'start-probe':
          this.#probe(effect.probe, effect.spec);
          break;
        case 'send-mail':
          this.mails.push(effect.mail);
          break;
        case 'open-fifos':
          this.fifoLines.push(effect.fifos.length);
          break;
        case 'write-fifos':
          this.fifoLines.push(effect.line);
          break;
        case 'run-script':
          this.scripts.push(effect.script.text);
          this.#later({ type: 'script-ended', run: effect.run, outcome: { type: 'exited', status: 0 } });
          break;
        case 'stopped':
          this.stopped = true;
          break;
        default:
          break;
      }
    }
  }

  #probe(probe: number, spec: ProbeSpec): void {
    const address = 'endpoint' in spec ? spec.endpoint.address : '';
    this.probes.push({ at: this.now, address });
    const result: ProbeResult = {
      failure: this.failing.get(address),
      took: milliseconds(1),
      status: this.statusOf(spec),
      digest: undefined,
      excerpt: undefined,
    };
    this.#later({ type: 'probe-ended', probe, result });
  }

  #later(input: CheckerInput): void {
    this.#queue.push({ at: after(this.now, milliseconds(1)), input });
  }

  /** An errno name, as a real kernel has them. */
  #mark(request: number, table: MarkingTable): void {
    const error = this.refuseMarking;
    const changed = error === undefined && !sameValue(this.marking.get(table.name)?.ranges ?? [], table.ranges);
    if (changed && table.ranges.length > 0) this.marking.set(table.name, table);
    else if (changed) this.marking.delete(table.name);
    this.#later({ type: 'packets-marked', request, changed, error });
  }

  #obeySyncDaemon(command: IpvsCommand): string | undefined {
    if (command.type === 'stop-sync-daemon') return this.syncDaemons.delete(command.state) ? undefined : 'ESRCH';
    if (command.type !== 'start-sync-daemon') return undefined;
    const { state } = command.daemon;
    if (this.syncDaemons.has(state)) return 'EEXIST';
    this.syncDaemons.add(state);
    return undefined;
  }

  #obey(command: IpvsCommand): void {
    switch (command.type) {
      case 'flush':
        this.table.clear();
        break;
      case 'add-service':
        this.table.set(serviceKeyText(command.service.key), { service: command.service, destinations: [] });
        break;
      case 'edit-service': {
        const text = serviceKeyText(command.service.key);
        this.table.set(text, { service: command.service, destinations: this.table.get(text)?.destinations ?? [] });
        break;
      }
      case 'remove-service':
        this.table.delete(serviceKeyText(command.key));
        break;
      case 'add-destination':
      case 'edit-destination':
      case 'remove-destination': {
        const text = serviceKeyText(command.key);
        const entry = this.table.get(text);
        if (!entry) break;
        const target = command.type === 'remove-destination' ? command : command.destination;
        const others = entry.destinations.filter(each => destinationKeyText(each) !== destinationKeyText(target));
        const added = command.type === 'remove-destination' ? [] : [command.destination];
        this.table.set(text, { ...entry, destinations: [...others, ...added] });
        break;
      }
      default:
        break;
    }
  }
}
