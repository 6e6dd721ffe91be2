import { seconds } from '../base/duration.ts';
import { after, earliest, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import type { HealthConfiguration } from '../health/configuration.ts';
import type { LvsConfiguration, RealServerConfiguration, VirtualServerConfiguration } from '../lvs/configuration.ts';
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
import type { Engine } from '../ports/vrrp-world.ts';
import { Checks } from './checks.ts';
import { type CheckedBefore, ConfiguredChecks } from './configured-checks.ts';
import { EarlyWords, type ServerWord } from './early-words.ts';
import { KernelTable } from './kernel-table.ts';
import { PacketMarks } from './packet-marks.ts';
import { PendingEntries, portions } from './pending-entries.ts';
import { shutdownTexts, suspensionTexts } from './pool-news.ts';
import { probeNews, toldNews } from './probe-news.ts';
import { type CheckNews, isNews } from './server-mails.ts';
import { ServerReports } from './server-reports.ts';
import { type Service, verdictOf } from './service.ts';
import type { SharedCheck } from './shared-check.ts';
import { Suspensions } from './suspensions.ts';
import { SyncDaemons } from './sync-daemons.ts';

/** Scripts that run at a stop get this long. */
const stopGrace = seconds(1);
/** Servers, and services of the kernel's table, that are changed in one go: some milliseconds. */
const portion = 250;

export interface CheckerConfigurations {
  readonly lvs: LvsConfiguration;
  readonly health: HealthConfiguration;
}

/**
 * Load balancing and health checking of one machine: what the kernel's table shall say is a function of configuration
 * and health; this engine computes it, keeps the kernel in step, and tells who wants to know. Pure, as the VRRP engine.
 */
export class CheckerProcess implements Engine<CheckerInput, CheckerEffect> {
  readonly #out: CheckerEffect[] = [];
  readonly #checks = new Checks();
  readonly #table = new KernelTable();
  readonly #suspensions = new Suspensions();
  readonly #syncDaemons = new SyncDaemons();
  readonly #reports = new ServerReports(this.#out, () => this.#configuration.lvs);
  readonly #pending = new PendingEntries(this.#table);
  readonly #marks = new PacketMarks(this.#out);
  /** BFD sessions that somebody has told of. */
  readonly #sessions = new Map<string, boolean>();
  /** Values of the files that are watched. */
  readonly #files = new Map<string, number>();

  #configuration: CheckerConfigurations;
  #services: readonly Service[] = [];
  #phase: 'reading' | 'running' | 'stopping' | 'stopped' = 'reading';
  #stopBy: Instant | undefined;
  #originalTimeouts: IpvsTimeouts | undefined;
  readonly #earlyWords = new EarlyWords();
  #ipvsError: string | undefined;
  /** A configuration waits until it is known whether packets are marked: the first one, or another. */
  #waiting: 'first' | 'another' | undefined;
  /** A configuration that takes effect in portions, so that what is due meanwhile is not kept waiting. */
  #change: Generator<undefined, void, undefined> | undefined;
  #now: Instant = instantFromMicroseconds(0);

  /** `words`: what operators have said in an earlier life of this process. */
  constructor(configuration: CheckerConfigurations, words: readonly ServerWord[] = []) {
    this.#configuration = configuration;
    for (const word of words) this.#earlyWords.keep(word);
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
    this.#reports.configured();
    this.#table.read(this.#out);
    return this.#out.splice(0);
  }

  handle(now: Instant, input: CheckerInput): readonly CheckerEffect[] {
    this.#now = now;
    switch (input.type) {
      case 'ipvs-read':
        this.#tableRead(now, input);
        break;
      case 'ipvs-unavailable':
        this.#table.wasUnavailable(now);
        // It is tried again and again; that needs no line each time.
        if (input.error !== this.#ipvsError) this.#log('error', `Cannot use IPVS: ${input.error}`);
        this.#ipvsError = input.error;
        if (this.#phase === 'reading') this.#begin();
        break;
      case 'ipvs-changed':
        for (const { command, error } of this.#table.answered(now, input.batch, input.errors)) {
          this.#log('error', `IPVS refused ${command.type}: ${error}`);
          if (command.type === 'start-sync-daemon') this.#syncDaemons.refused(now, command.daemon.state);
        }
        break;
      case 'marking-read':
      case 'packets-marked':
        if (this.#marks.handle(now, input) && this.#phase === 'running') this.#apply();
        break;
      case 'probe-ended': {
        const check = this.#checks.ended(input.probe);
        if (check) this.#probed(now, check, input.result);
        break;
      }
      case 'script-ended':
        this.#reports.scriptEnded(input.run);
        break;
      case 'links-read':
        this.#syncDaemons.linksRead(now, input.links);
        break;
      case 'link-changed':
        this.#syncDaemons.linkChanged(now, input.link.index, input.link);
        break;
      case 'link-removed':
        this.#syncDaemons.linkChanged(now, input.index, undefined);
        break;
      case 'addresses-read':
        this.#addressesChanged(this.#suspensions.replace(input.addresses));
        break;
      case 'address-added':
      case 'address-removed':
        this.#addressesChanged(this.#suspensions.change(input.address, input.type === 'address-added'));
        if (input.type === 'address-added') this.#syncDaemons.addressAdded(now, input.address);
        break;
      case 'file-value':
      case 'bfd-state':
        if (input.type === 'bfd-state') this.#sessions.set(input.session, input.up);
        else this.#files.set(input.file, input.value);
        for (const check of this.#checks.all) {
          const wasUp = check.isUp;
          if (!check.hear(input)) continue;
          for (const text of toldNews(check, wasUp, this.#checks.listenersOf(check))) this.#say(text);
          // As keepalived: what a file weighs is not told where it takes a server out, or back.
          this.#judge(check, { passed: check.isUp, failure: undefined }, check.isUp === wasUp);
        }
        break;
      case 'vrrp-state':
        this.#table.command(...this.#syncDaemons.follow(input.instance, input.state));
        break;
    }
    return this.#finish(now);
  }

  advance(now: Instant): readonly CheckerEffect[] {
    this.#now = now;
    for (const check of this.#checks.due(now)) {
      const spec = check.advance(now);
      if (spec) this.#out.push({ type: 'start-probe', probe: this.#checks.started(check), spec });
      this.#checks.reschedule(check);
    }
    if (this.#phase === 'running') this.#table.command(...this.#syncDaemons.advance(now));
    if (this.#phase === 'running') this.#marks.advance(now);
    this.#table.advance(now, this.#out);
    this.#compareOn();
    this.#changeOn();
    return this.#finish(now);
  }

  nextDeadline(): Instant | undefined {
    if (this.#phase === 'stopping') return this.#stopBy;
    if (this.#change || this.#table.isComparing || (this.#canProgram && !this.#pending.isEmpty)) return this.#now;
    const isRunning = this.#phase === 'running';
    const retry = isRunning ? earliest(this.#syncDaemons.nextDeadline(), this.#marks.nextDeadline()) : undefined;
    return earliest(earliest(this.#checks.earliest, retry), this.#table.nextDeadline());
  }

  /**
   * Another configuration; what stays keeps its health, its overrides and its checks' beat. A big one takes effect a
   * portion at a time, one now and one at each deadline until it is through.
   */
  reload(now: Instant, configuration: CheckerConfigurations): readonly CheckerEffect[] {
    if (this.#phase === 'stopping' || this.#phase === 'stopped') return [];
    this.#now = now;
    this.#configuration = configuration;
    this.#reports.configured();
    if (this.#phase === 'running') this.#configure(false);
    return this.#finish(now);
  }

  /** Takes our services out of the kernel; `keepTable` (-I) leaves them. `stopped` follows when all is done. */
  stop(now: Instant, keepTable: boolean): readonly CheckerEffect[] {
    if (this.#phase === 'stopping' || this.#phase === 'stopped') return [];
    // What an earlier life left behind is known once all services are.
    while (this.#table.isComparing) this.#compareOn();
    while (this.#change) this.#changeOn();
    this.#phase = 'stopping';
    this.#stopBy = after(now, stopGrace);
    for (const probe of this.#checks.clear()) this.#out.push({ type: 'cancel-probe', probe });
    for (const { pool } of this.#services) if (pool.configuration.omega) this.#reports.goodbye(pool);
    if (!keepTable) {
      this.#clearTable();
      this.#marks.stop();
    }
    this.#table.command(...this.#syncDaemons.configure(undefined));
    if (this.#originalTimeouts && this.#configuration.lvs.global.timeouts) {
      this.#table.command({ type: 'set-timeouts', timeouts: this.#originalTimeouts });
    }
    return this.#finish(now);
  }

  /** An operator's word on a server of the service of that identity. Undefined: there is no such server. */
  override(
    now: Instant,
    identity: string,
    server: { readonly address: string; readonly port: number },
    word: ServerOverride | undefined,
  ): readonly CheckerEffect[] | undefined {
    const early = { service: identity, address: server.address, port: server.port, word };
    if (this.#phase === 'reading') {
      this.#earlyWords.keep(early);
      return [];
    }
    const service = this.#services.find(({ pool }) => serviceIdentity(pool.configuration) === identity);
    const member = service?.pool.member(server.address, server.port);
    if (!service || !member) {
      if (!this.#change) return undefined;
      this.#earlyWords.keep(early);
      return [];
    }
    const wasAlive = isAlive(member);
    this.#changed(service, service.pool.change(member, { override: word }));
    this.#reports.overridden(service, member, wasAlive);
    return this.#finish(now);
  }

  #tableRead(now: Instant, { entries, timeouts, syncDaemons }: CheckerInput & { type: 'ipvs-read' }): void {
    this.#table.wasRead(now, entries);
    if (!this.#table.isComparing) return;
    if (this.#ipvsError !== undefined) this.#say('IPVS can be used now');
    this.#ipvsError = undefined;
    this.#originalTimeouts ??= timeouts;
    this.#table.command(...this.#syncDaemons.found(syncDaemons));
    this.#compareOn();
  }

  #compareOn(): void {
    const wasKnown = this.#table.isKnown;
    const differing = this.#table.compareOn(portion);
    if (differing === undefined) return;
    if (this.#phase === 'reading') {
      this.#begin();
      return;
    }
    if (!wasKnown) for (const service of this.#services) this.#pending.add(service);
    if (differing.length === 0) return;
    const changed = new Set(differing);
    for (const service of this.#services) {
      if (!service.pool.configuration.keys.some(key => changed.has(serviceKeyText(key)))) continue;
      this.#pending.add(service);
      this.#log('warning', `The IPVS table of VS ${service.pool.configuration.name} was not as it should be: repaired`);
    }
  }

  #begin(): void {
    this.#phase = 'running';
    const { global } = this.#configuration.lvs;
    if (global.flushAtStart) this.#table.command({ type: 'flush' });
    this.#configure(true);
  }

  #configure(isStart: boolean): void {
    const { lvs } = this.#configuration;
    if (lvs.global.timeouts) this.#table.command({ type: 'set-timeouts', timeouts: lvs.global.timeouts });
    this.#table.command(...this.#syncDaemons.configure(lvs.global.syncDaemon));
    this.#waiting = isStart || this.#waiting === 'first' ? 'first' : 'another';
    this.#marks.configure(lvs);
    if (this.#marks.isSettled) this.#apply();
  }

  #apply(): void {
    const isStart = this.#waiting === 'first';
    this.#waiting = undefined;
    // One that is not through yet is overtaken: each service has been changed as a whole or not at all.
    this.#change = this.#portions(isStart);
    this.#changeOn();
  }

  #changeOn(): void {
    if (this.#change?.next().done === true) this.#change = undefined;
  }

  /** Puts the configuration into effect, pausing after each portion; in between, some services are as they were. */
  *#portions(isStart: boolean): Generator<undefined, void, undefined> {
    const virtualServers = this.#marks.servers;
    const isEnough = portions(portion);
    const configured = new ConfiguredChecks(this.#checks, this.#configuration.health.checkers, isStart);
    while (configured.prepare(portion)) yield;
    const claimed = new Set<string>();
    for (const { keys } of virtualServers) {
      for (const key of keys) {
        claimed.add(serviceKeyText(key));
        if (isEnough(1)) yield;
      }
    }
    this.#pending.claim(claimed);
    const before = new Map(this.#services.map(service => [serviceIdentity(service.pool.configuration), service]));
    const services: Service[] = [];
    const pausesAfter = ({ keys, realServers }: VirtualServerConfiguration): boolean => {
      if (!isEnough(realServers.length + keys.length)) return false;
      this.#services = [...services, ...before.values()];
      return true;
    };
    for (const configuration of virtualServers) {
      const identity = serviceIdentity(configuration);
      const known = before.get(identity);
      before.delete(identity);
      services.push(this.#adopt(configuration, known, configured));
      if (pausesAfter(configuration)) yield;
    }
    for (const [identity, service] of before) {
      before.delete(identity);
      this.#removeService(service);
      if (pausesAfter(service.pool.configuration)) yield;
    }
    this.#services = services;
    for (const probe of this.#checks.sweep()) this.#out.push({ type: 'cancel-probe', probe });
    const files = this.#checks.files();
    for (const file of this.#files.keys()) if (!files.has(file)) this.#files.delete(file);
    if (files.size > 0 || !isStart) this.#out.push({ type: 'watch-files', files: [...files].sort() });
    this.#checks.rest();
    this.#earlyWords.clear();
  }

  /** Makes a service of a configuration, out of the one that was there under its name if there was. */
  #adopt(configuration: VirtualServerConfiguration, known: Service | undefined, configured: ConfiguredChecks): Service {
    if (known && configured.areOf(known, configuration)) {
      this.#judgeSuspension(known, true);
      return known;
    }
    const oldMembers = new Map(known?.pool.members.map(member => [memberKey(member.configuration), member]));
    const checksOf = new Map(
      configuration.realServers.map(server => {
        const old = oldMembers.get(memberKey(server));
        const before = old && { checks: known?.checksOf.get(old) ?? [], wasWell: old.healthy };
        return [server, this.#checksFor(server, configured, before)];
      }),
    );
    const verdict = (server: RealServerConfiguration) => verdictOf(checksOf.get(server) ?? [], server.weight);
    if (known) this.#checks.unsubscribe(known);
    this.#pending.release(known?.pool.configuration.keys ?? []);
    const service: Service = known ?? { pool: new Pool(configuration, verdict), checksOf: new Map(), suspended: false };
    const events = [...(known ? known.pool.reconfigure(configuration, verdict) : [])];
    service.checksOf = new Map(service.pool.members.map(member => [member, checksOf.get(member.configuration) ?? []]));
    for (const [member, checks] of service.checksOf) {
      for (const check of checks) this.#checks.subscribe(check, member, service);
      if (oldMembers.delete(memberKey(member.configuration))) continue;
      // Found by checks that others share with it.
      if (!isAlive(member) && checks.some(check => check.hasFailed)) {
        events.push({ type: 'member-changed', member, alive: false });
      }
      const word = this.#earlyWords.of(serviceIdentity(configuration), member.configuration);
      if (word !== undefined) events.push(...service.pool.change(member, { override: word }));
      if (this.#configuration.lvs.global.notifyAtStart && isAlive(member)) {
        this.#reports.startsAlive(configuration, member);
      }
    }
    for (const gone of oldMembers.values()) this.#reports.dismissed(configuration, gone);
    this.#changed(service, events, true);
    this.#reportFailures(service, events);
    if (!known) this.#reports.began(service.pool);
    this.#suspensions.watch(service);
    this.#judgeSuspension(service, true);
    this.#pending.add(service);
    return service;
  }

  #checksFor(
    { checkers }: RealServerConfiguration,
    configured: ConfiguredChecks,
    before: CheckedBefore | undefined,
  ): readonly SharedCheck[] {
    const checks = checkers.flatMap(place => configured.at(this.#now, place, before) ?? []);
    for (const check of checks) check.follow(this.#sessions, this.#files);
    return checks;
  }

  /** Servers that a reload gave a check that others have, and that it had found failing. */
  #reportFailures(service: Service, events: readonly PoolEvent[]): void {
    for (const event of events) {
      if (event.type !== 'member-changed' || event.alive) continue;
      const failed = service.checksOf.get(event.member)?.find(check => check.hasFailed);
      const news = { passed: false, failure: failed?.last?.result.failure };
      if (failed) this.#reports.checked(service, event.member, true, failed, news);
    }
  }

  /** A reload took a whole service away. */
  #removeService(service: Service): void {
    this.#checks.unsubscribe(service);
    this.#pending.forget(service);
    this.#suspensions.forget(service);
    this.#reports.removed(service.pool);
    this.#pending.release(service.pool.configuration.keys);
  }

  #probed(now: Instant, check: SharedCheck, result: ProbeResult): void {
    const before = check.last?.result.status;
    const step = check.ended(now, result);
    this.#checks.reschedule(check);
    for (const text of probeNews(check, step, result, this.#checks.listenersOf(check))) this.#say(text);
    const news = isNews(check, step) ? { passed: !result.failure, failure: result.failure } : undefined;
    if (news || result.status !== before) this.#judge(check, news);
  }

  /** A check may have changed its mind: so may every server that it speaks for. `news`: it has. */
  #judge(check: SharedCheck, news: CheckNews | undefined, weightIsNews = true): void {
    for (const [member, service] of this.#checks.listenersOf(check)) {
      const wasAlive = isAlive(member);
      this.#judgeMember(service, member, weightIsNews);
      if (news) this.#reports.checked(service, member, wasAlive, check, news);
    }
  }

  #judgeMember(service: Service, member: PoolMember, weightIsNews = true): void {
    const verdict = verdictOf(service.checksOf.get(member) ?? [], member.configuration.weight);
    this.#changed(service, service.pool.change(member, verdict, weightIsNews));
    if (!weightIsNews) this.#pending.add(service);
  }

  /** Says, tells and does what the events of a pool ask for. */
  #changed(service: Service, events: readonly PoolEvent[], reloading = false): void {
    if (events.length === 0) return;
    this.#reports.happened(service, events, reloading);
    this.#pending.add(service);
  }

  #clearTable(): void {
    const { stop } = this.#configuration.lvs.global;
    if (stop === 'destinations') for (const { pool } of this.#services) shutdownTexts(pool).forEach(this.#say, this);
    this.#pending.clear(this.#services, stop === 'flush');
  }

  #addressesChanged(concerned: Iterable<Service>): void {
    for (const service of concerned) {
      if (!this.#judgeSuspension(service, false)) continue;
      for (const checks of service.checksOf.values()) this.#checks.rest(checks);
    }
  }

  /** ha_suspend: checks rest while no address of their service is on this machine. Returns whether that changed. */
  #judgeSuspension(service: Service, isNew: boolean): boolean {
    const suspended = this.#suspensions.shallRest(service);
    if (suspended === service.suspended && !isNew) return false;
    service.suspended = suspended;
    for (const text of suspensionTexts(service, isNew)) this.#say(text);
    // Checks that others share have gone on meanwhile.
    if (!suspended && !isNew) for (const member of service.pool.members) this.#judgeMember(service, member);
    return true;
  }

  #say(text: string): void {
    this.#reports.say(text);
  }

  #log(level: LogLevel, text: string): void {
    this.#out.push({ type: 'log', level, text, detail: false });
  }

  #finish(now: Instant): readonly CheckerEffect[] {
    if (this.#canProgram) this.#pending.write(portion);
    if (this.#table.isKnown) this.#table.pump(this.#out);
    this.#concludeStop(now);
    return this.#out.splice(0);
  }

  get #canProgram(): boolean {
    return this.#table.isKnown && this.#phase === 'running';
  }

  #concludeStop(now: Instant): void {
    if (this.#phase !== 'stopping') return;
    if (this.#stopBy !== undefined && this.#stopBy <= now) this.#reports.abandon();
    if (this.#reports.running === 0) this.#stopBy = undefined;
    if (this.#reports.running > 0 || (this.#table.isKnown && this.#table.isBusy)) return;
    this.#phase = 'stopped';
    this.#out.push({ type: 'stopped' });
  }
}
