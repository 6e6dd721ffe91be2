import { seconds } from '../base/duration.ts';
import { after, earliest, type Instant } from '../base/instant.ts';
import { failureText, scriptText, successText } from '../health/check-lines.ts';
import type { HealthConfiguration } from '../health/configuration.ts';
import type { LvsConfiguration, VirtualServerConfiguration } from '../lvs/configuration.ts';
import { desiredEntries } from '../lvs/desired-table.ts';
import {
  checkerText,
  memberText,
  quorumText,
  shutdownText,
  sorryTexts,
  startsDownText,
  weightText,
} from '../lvs/log-lines.ts';
import {
  isAlive,
  memberKey,
  Pool,
  type PoolEvent,
  type PoolMember,
  type ServerOverride,
  serviceIdentity,
} from '../lvs/pool.ts';
import { serviceKeyText } from '../lvs/reconcile.ts';
import type { CheckerEffect, CheckerInput } from '../ports/checker-world.ts';
import type { IpvsTimeouts } from '../ports/ipvs.ts';
import type { LogLevel } from '../ports/log.ts';
import type { ProbeResult } from '../ports/probe.ts';
import type { RunnableScript } from '../ports/script.ts';
import type { Engine } from '../ports/vrrp-world.ts';
import { Checks } from './checks.ts';
import { KernelTable } from './kernel-table.ts';
import { LocalAddresses } from './local-addresses.ts';
import { dynamicWeight, isHealthy, type Service } from './service.ts';
import type { SharedCheck } from './shared-check.ts';
import { SyncDaemons } from './sync-daemons.ts';

/** Scripts that run at a stop get this long. */
const stopGrace = seconds(1);

export interface CheckerConfigurations {
  readonly lvs: LvsConfiguration;
  readonly health: HealthConfiguration;
}

/** An operator's word on one real server; undefined takes it back. */
export interface ServerWord {
  /** VirtualServerConfiguration.name. */
  readonly service: string;
  readonly address: string;
  readonly port: number;
  readonly word: ServerOverride | undefined;
}

/**
 * Load balancing and health checking of one machine: what the kernel's table shall say is a function of configuration
 * and health; this engine computes it, keeps the kernel in step, and tells who wants to know. Pure, as the VRRP engine.
 */
export class CheckerProcess implements Engine<CheckerInput, CheckerEffect> {
  readonly #out: CheckerEffect[] = [];
  readonly #checks = new Checks();
  readonly #table = new KernelTable();
  readonly #addresses = new LocalAddresses();
  readonly #syncDaemons = new SyncDaemons();
  readonly #scripts = new Set<number>();
  readonly #dirty = new Set<Service>();
  /** BFD sessions that somebody has told of. */
  readonly #sessions = new Map<string, boolean>();

  #configuration: CheckerConfigurations;
  #services: readonly Service[] = [];
  #phase: 'reading' | 'running' | 'stopping' | 'stopped' = 'reading';
  #lastRun = 0;
  #stopBy: Instant | undefined;
  #originalTimeouts: IpvsTimeouts | undefined;
  /** Words on servers that are not there before the kernel's table has been read. */
  readonly #earlyWords = new Map<string, ServerOverride>();
  #ipvsError: string | undefined;

  /** `words`: what operators have said in an earlier life of this process. */
  constructor(configuration: CheckerConfigurations, words: readonly ServerWord[] = []) {
    this.#configuration = configuration;
    for (const word of words) this.#keepEarlyWord(word);
  }

  get services(): readonly Service[] {
    return this.#services;
  }

  /** Why the kernel's table cannot be used right now; undefined while it can. */
  get ipvsError(): string | undefined {
    return this.#ipvsError;
  }

  /** Asks for the kernel's table: everything else follows from the answer. */
  start(): readonly CheckerEffect[] {
    this.#table.read(this.#out);
    return this.#out.splice(0);
  }

  handle(now: Instant, input: CheckerInput): readonly CheckerEffect[] {
    switch (input.type) {
      case 'ipvs-read':
        this.#tableRead(now, input);
        break;
      case 'ipvs-unavailable':
        this.#table.wasUnavailable(now);
        // It is tried again and again; that needs no line each time.
        if (input.error !== this.#ipvsError) this.#log('error', `Cannot use IPVS: ${input.error}`);
        this.#ipvsError = input.error;
        if (this.#phase === 'reading') this.#begin(now);
        break;
      case 'ipvs-changed':
        for (const { command, error } of this.#table.answered(now, input.batch, input.errors)) {
          this.#log('error', `IPVS refused ${command.type}: ${error}`);
        }
        break;
      case 'probe-ended': {
        const check = this.#checks.ended(input.probe);
        if (check) this.#probed(now, check, input.result);
        break;
      }
      case 'script-ended':
        this.#scripts.delete(input.run);
        break;
      case 'addresses-read':
        this.#addresses.replace(input.addresses);
        this.#judgeSuspension();
        break;
      case 'address-added':
      case 'address-removed':
        this.#addresses.change(input.address, input.type === 'address-added');
        this.#judgeSuspension();
        break;
      case 'file-value':
        for (const check of this.#checks.all) {
          if (check.configuration.kind !== 'file' || check.configuration.file !== input.file) continue;
          check.value = input.value;
          this.#judge(check);
        }
        break;
      case 'bfd-state':
        this.#sessions.set(input.session, input.up);
        for (const check of this.#checks.all) {
          if (check.configuration.kind !== 'bfd' || check.configuration.session !== input.session) continue;
          check.sessionUp = input.up;
          this.#judge(check);
        }
        break;
      case 'vrrp-state':
        for (const command of this.#syncDaemons.follow(input.instance, input.state)) this.#table.command(command);
        break;
    }
    return this.#finish(now);
  }

  advance(now: Instant): readonly CheckerEffect[] {
    for (const check of this.#checks.due(now)) {
      const spec = check.advance(now);
      if (spec) this.#out.push({ type: 'start-probe', probe: this.#checks.started(check), spec });
      this.#checks.reschedule(check);
    }
    this.#table.advance(now, this.#out);
    return this.#finish(now);
  }

  nextDeadline(): Instant | undefined {
    if (this.#phase === 'stopping') return this.#stopBy;
    return earliest(this.#checks.earliest, this.#table.nextDeadline());
  }

  /** Another configuration; what stays keeps its health, its overrides and its checks' beat. */
  reload(now: Instant, configuration: CheckerConfigurations): readonly CheckerEffect[] {
    if (this.#phase === 'stopping' || this.#phase === 'stopped') return [];
    this.#configuration = configuration;
    if (this.#phase === 'running') this.#configure(now, false);
    return this.#finish(now);
  }

  /** Takes our services out of the kernel; `keepTable` (-I) leaves them. `stopped` follows when all is done. */
  stop(now: Instant, keepTable: boolean): readonly CheckerEffect[] {
    if (this.#phase === 'stopping' || this.#phase === 'stopped') return [];
    this.#phase = 'stopping';
    this.#stopBy = after(now, stopGrace);
    for (const probe of this.#checks.clear()) this.#out.push({ type: 'cancel-probe', probe });
    for (const { pool } of this.#services) if (pool.configuration.omega) this.#sayGoodbye(pool);
    if (!keepTable) this.#clearTable();
    for (const command of this.#syncDaemons.stop()) this.#table.command(command);
    if (this.#originalTimeouts && this.#configuration.lvs.global.timeouts) {
      this.#table.command({ type: 'set-timeouts', timeouts: this.#originalTimeouts });
    }
    return this.#finish(now);
  }

  /** An operator's word on one server, or undefined to take it back. Undefined: there is no such server. */
  override(
    now: Instant,
    serviceName: string,
    server: { readonly address: string; readonly port: number },
    word: ServerOverride | undefined,
  ): readonly CheckerEffect[] | undefined {
    if (this.#phase === 'reading') {
      this.#keepEarlyWord({ service: serviceName, address: server.address, port: server.port, word });
      return [];
    }
    const service = this.#services.find(({ pool }) => pool.configuration.name === serviceName);
    const member = service?.pool.member(server.address, server.port);
    if (!service || !member) return undefined;
    this.#changed(service, service.pool.change(member, { override: word }));
    return this.#finish(now);
  }

  #tableRead(now: Instant, { entries, timeouts }: CheckerInput & { type: 'ipvs-read' }): void {
    const wasKnown = this.#table.isKnown;
    const differing = this.#table.wasRead(now, entries);
    if (differing === undefined) return;
    if (this.#ipvsError !== undefined) this.#say('IPVS can be used now');
    this.#ipvsError = undefined;
    this.#originalTimeouts ??= timeouts;
    if (this.#phase === 'reading') {
      this.#begin(now);
      return;
    }
    if (!wasKnown) for (const service of this.#services) this.#dirty.add(service);
    const changed = new Set(differing);
    for (const service of this.#services) {
      if (!service.pool.configuration.keys.some(key => changed.has(serviceKeyText(key)))) continue;
      this.#dirty.add(service);
      this.#log('warning', `The IPVS table of VS ${service.pool.configuration.name} was not as it should be: repaired`);
    }
  }

  #begin(now: Instant): void {
    this.#phase = 'running';
    const { global } = this.#configuration.lvs;
    if (global.flushAtStart) this.#table.command({ type: 'flush' });
    this.#configure(now, true);
    this.#earlyWords.clear();
  }

  #keepEarlyWord({ service, address, port, word }: ServerWord): void {
    const key = wordKey(service, { address, port });
    if (word === undefined) this.#earlyWords.delete(key);
    else this.#earlyWords.set(key, word);
  }

  #configure(now: Instant, isStart: boolean): void {
    const { lvs, health } = this.#configuration;
    if (lvs.global.timeouts) this.#table.command({ type: 'set-timeouts', timeouts: lvs.global.timeouts });
    for (const command of this.#syncDaemons.configure(lvs.global.syncDaemon)) this.#table.command(command);
    const { places, cancelled } = this.#checks.configure(now, health, isStart);
    for (const probe of cancelled) this.#out.push({ type: 'cancel-probe', probe });
    for (const check of this.#checks.all) {
      if (check.configuration.kind === 'bfd')
        check.sessionUp = this.#sessions.get(check.configuration.session) === true;
    }
    const before = new Map(this.#services.map(service => [serviceIdentity(service.pool.configuration), service]));
    this.#services = lvs.virtualServers.map(configuration => {
      const identity = serviceIdentity(configuration);
      const known = before.get(identity);
      before.delete(identity);
      return this.#adopt(configuration, known, places);
    });
    for (const { pool } of before.values()) this.#removeService(pool);
    const files = new Set<string>();
    for (const { configuration } of this.#checks.all) if (configuration.kind === 'file') files.add(configuration.file);
    if (files.size > 0 || !isStart) this.#out.push({ type: 'watch-files', files: [...files].sort() });
    this.#judgeSuspension(true);
  }

  /** Makes a service of a configuration, out of the one that was there under its name if there was. */
  #adopt(
    configuration: VirtualServerConfiguration,
    known: Service | undefined,
    places: readonly SharedCheck[],
  ): Service {
    const checksFor = (server: { readonly checkers: readonly number[] }): SharedCheck[] =>
      server.checkers.flatMap(place => places[place] ?? []);
    const healthy = (server: { readonly checkers: readonly number[] }): boolean => isHealthy(checksFor(server));
    const oldKeys = new Set(known?.pool.configuration.keys.map(serviceKeyText));
    const oldMembers = new Map(known?.pool.members.map(member => [memberKey(member.configuration), member]));
    const service: Service = known ?? { pool: new Pool(configuration, healthy), checksOf: new Map(), suspended: false };
    const events = [...(known ? known.pool.reconfigure(configuration, healthy) : [])];
    for (const key of configuration.keys) oldKeys.delete(serviceKeyText(key));
    for (const text of oldKeys) this.#table.want(text, undefined);
    service.checksOf = new Map(service.pool.members.map(member => [member, checksFor(member.configuration)] as const));
    for (const [member, checks] of service.checksOf) {
      for (const check of checks) this.#checks.subscribe(check, { service, member });
      member.dynamicWeight = dynamicWeight(checks, member.configuration.weight);
      const isNew = !oldMembers.delete(memberKey(member.configuration));
      if (!isNew) continue;
      const word = this.#earlyWords.get(wordKey(configuration.name, member.configuration));
      if (word !== undefined) events.push(...service.pool.change(member, { override: word }));
      if (this.#configuration.lvs.global.notifyAtStart && isAlive(member)) this.#run(member.configuration.notifyUp);
    }
    for (const gone of oldMembers.values()) this.#dismiss(configuration, gone);
    if (known) this.#changed(service, events);
    else this.#sayQuorum(service.pool);
    this.#dirty.add(service);
    return service;
  }

  /** The quorum that a service starts with is news, too. */
  #sayQuorum({ configuration, quorumUp, aliveWeight }: Pool): void {
    this.#say(quorumUp ? quorumText(configuration, true, aliveWeight) : startsDownText(configuration, aliveWeight));
    if (!quorumUp) for (const text of sorryTexts(configuration, true)) this.#say(text);
    this.#run(quorumUp ? configuration.quorumUp : configuration.quorumDown);
  }

  /** A reload took a server out of its service. */
  #dismiss(service: VirtualServerConfiguration, member: PoolMember): void {
    this.#say(`service ${member.configuration.name} no longer exist`);
    if (!isAlive(member)) return;
    this.#say(memberText(service, { ...member.configuration, inhibitOnFailure: false }, false));
    this.#run(member.configuration.notifyDown);
  }

  /** A reload took a whole service away. */
  #removeService(pool: Pool): void {
    const { configuration } = pool;
    this.#say(`Removing Virtual Server ${configuration.name}`);
    for (const member of pool.members.filter(isAlive)) {
      this.#say(memberText(configuration, { ...member.configuration, inhibitOnFailure: false }, false));
      this.#run(member.configuration.notifyDown);
    }
    if (pool.quorumUp) this.#run(configuration.quorumDown);
    for (const key of configuration.keys) this.#table.want(serviceKeyText(key), undefined);
  }

  #probed(now: Instant, check: SharedCheck, result: ProbeResult): void {
    const before = check.last?.result.status;
    const { turned, retriesLeft, passed } = check.ended(now, result);
    this.#checks.reschedule(check);
    const { keyword, shadow, logAllFailures, schedule } = check.configuration;
    const script = scriptText(check.configuration.kind === 'probe' ? check.configuration.probe : undefined);
    const mark = shadow ? ' (shadow check, not acted on)' : '';
    for (const { service, member } of this.#checks.subscribersOf(check)) {
      const checked = { keyword, server: member.configuration.name, service: service.pool.configuration.name, script };
      const success = passed ? successText(checked) : undefined;
      if (success !== undefined) this.#say(`${success}${mark}`);
      if (!result.failure || (turned !== 'down' && !logAllFailures)) continue;
      const retries = turned === 'down' && check.hasRetried ? schedule.retries - (retriesLeft ?? 0) : 0;
      this.#say(`${failureText(checked, retries, result.failure)}${mark}`);
    }
    if (turned !== undefined || result.status !== before) this.#judge(check);
  }

  /** A check may have changed its mind: so may every server that it speaks for. */
  #judge(check: SharedCheck): void {
    for (const { service, member } of this.#checks.subscribersOf(check)) {
      const checks = service.checksOf.get(member) ?? [];
      const change = { healthy: isHealthy(checks), dynamicWeight: dynamicWeight(checks, member.configuration.weight) };
      this.#changed(service, service.pool.change(member, change));
    }
  }

  /** Says, tells and does what the events of a pool ask for. */
  #changed(service: Service, events: readonly PoolEvent[]): void {
    if (events.length === 0) return;
    const { pool } = service;
    const { configuration } = pool;
    for (const event of events) {
      switch (event.type) {
        case 'member-changed':
          this.#say(memberText(configuration, event.member.configuration, event.alive));
          this.#run(event.alive ? event.member.configuration.notifyUp : event.member.configuration.notifyDown);
          break;
        case 'weight-changed':
          this.#say(weightText(configuration, event.member.configuration, isAlive(event.member), event.from, event.to));
          break;
        case 'quorum-lost':
        case 'quorum-gained': {
          const gained = event.type === 'quorum-gained';
          this.#say(quorumText(configuration, gained, event.weight));
          for (const text of sorryTexts(configuration, !gained)) this.#say(text);
          this.#run(gained ? configuration.quorumUp : configuration.quorumDown);
          break;
        }
      }
    }
    this.#dirty.add(service);
  }

  /** omega: at a stop the scripts hear that everything goes down. */
  #sayGoodbye(pool: Pool): void {
    for (const member of pool.members) if (isAlive(member)) this.#run(member.configuration.notifyDown);
    this.#run(pool.configuration.quorumDown);
  }

  #clearTable(): void {
    const { stop } = this.#configuration.lvs.global;
    if (stop === 'flush') {
      this.#table.command({ type: 'flush' });
      return;
    }
    for (const { pool } of this.#services) {
      const { configuration } = pool;
      for (const member of stop === 'destinations' ? pool.members : []) {
        const inhibited = member.configuration.inhibitOnFailure && (!isAlive(member) || pool.sorry);
        this.#say(shutdownText(configuration, member.configuration, inhibited));
      }
      for (const key of configuration.keys) this.#table.want(serviceKeyText(key), undefined);
    }
  }

  /** ha_suspend: checks rest while no address of their service is on this machine. */
  #judgeSuspension(isStart = false): void {
    for (const service of this.#services) {
      const { configuration, members } = service.pool;
      const away = !configuration.keys.some(key => key.type === 'address' && this.#addresses.has(key.address));
      const suspended = configuration.haSuspend && this.#addresses.isKnown && away;
      if (suspended === service.suspended && !isStart) continue;
      service.suspended = suspended;
      const verb = suspended ? (isStart ? 'Deactivating' : 'Suspending') : 'Activating';
      for (const member of members) {
        for (const _ of service.checksOf.get(member) ?? []) {
          this.#say(checkerText(verb, configuration, member.configuration));
        }
      }
    }
    for (const check of this.#checks.all) {
      const subscribers = this.#checks.subscribersOf(check);
      check.state.suspend(subscribers.length > 0 && subscribers.every(({ service }) => service.suspended));
    }
  }

  #run(script: RunnableScript | undefined): void {
    if (!script) return;
    const run = ++this.#lastRun;
    this.#scripts.add(run);
    this.#out.push({ type: 'run-script', run, script, extraArguments: [] });
  }

  #say(text: string): void {
    this.#log('info', text);
  }

  #log(level: LogLevel, text: string): void {
    this.#out.push({ type: 'log', level, text, detail: false });
  }

  #finish(now: Instant): readonly CheckerEffect[] {
    if (this.#table.isKnown && this.#phase === 'running') {
      for (const { pool } of this.#dirty) {
        for (const entry of desiredEntries(pool)) this.#table.want(serviceKeyText(entry.service.key), entry);
      }
      this.#dirty.clear();
    }
    if (this.#table.isKnown) this.#table.pump(this.#out);
    this.#concludeStop(now);
    return this.#out.splice(0);
  }

  #concludeStop(now: Instant): void {
    if (this.#phase !== 'stopping') return;
    if (this.#stopBy !== undefined && this.#stopBy <= now) this.#scripts.clear();
    if (this.#scripts.size === 0) this.#stopBy = undefined;
    if (this.#scripts.size > 0 || (this.#table.isKnown && this.#table.isBusy)) return;
    this.#phase = 'stopped';
    this.#out.push({ type: 'stopped' });
  }
}

function wordKey(service: string, server: { readonly address: string; readonly port: number }): string {
  return `${service} ${memberKey(server)}`;
}
