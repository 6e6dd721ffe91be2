import type { IpAddress } from '../../base/ip-address.ts';
import type { CheckerConfigurations } from '../../engine/checker-process.ts';
import type { CheckerConfiguration } from '../../health/configuration.ts';
import type { RealServerConfiguration, VirtualServerConfiguration } from '../../lvs/configuration.ts';
import type { IpvsDestination, IpvsEntry } from '../../ports/ipvs.ts';
import type { MarkedRange } from '../../ports/marking.ts';
import type { InterfaceAddress } from '../../ports/network.ts';
import type { RunnableScript } from '../../ports/script.ts';
import { probeText } from '../checker-life.ts';
import { keyText } from '../ipvs-table.ts';
import { serverText } from '../real-servers.ts';
import { keysOf } from './marked-services.ts';

/** A checker as the manual page explains it. */
interface Checker {
  readonly configuration: CheckerConfiguration;
  /** What it asks for; empty for checkers that never probe. */
  readonly probes: readonly string[];
  up: boolean;
  /** In a row, while it is up. */
  failures: number;
  /** The daemon has just started: a first failure is final. */
  isFirst: boolean;
  /** Successes in a row that it still needs to be up. */
  missing: number;
  /** It has been asked: that it is down is more than a presumption. */
  isAsked: boolean;
}

interface Server {
  readonly configuration: RealServerConfiguration;
  readonly checkers: readonly Checker[];
  alive: boolean;
}

interface Service {
  readonly configuration: VirtualServerConfiguration;
  readonly servers: ReadonlyMap<string, Server>;
  hasQuorum: boolean;
  /** ha_suspend, and no address of it is on the machine: what is known of its servers stays. */
  suspended: boolean;
}

/**
 * What the IPVS table has to say, and which scripts have to run, by the configuration and by what the probes said: retries,
 * quorum with hysteresis, sorry server, inhibit_on_failure, weights. A second opinion: it shares no code with the engine.
 */
export class ExpectedBalancing {
  #checkers = new Map<string, Checker>();
  #services = new Map<string, Service>();
  #unclear: ReadonlySet<string> = new Set();
  /** Addresses of the machine, with where they are; undefined before the process has read them. */
  #local: Map<IpAddress, Set<string>> | undefined;
  readonly #run: (script: RunnableScript | undefined) => void;

  /** A process that has just been started. `run`: what it has to run. */
  constructor(configuration: CheckerConfigurations, run: (script: RunnableScript | undefined) => void) {
    this.#run = run;
    this.#configure(configuration, true);
  }

  /**
   * Probes that several checkers ask for, alike but for their schedules: whose result one is, nobody can tell from
   * outside, and so nothing is expected of what depends on it.
   */
  get unclear(): ReadonlySet<string> {
    return this.#unclear;
  }

  /** By the service's key, its entry of the table, where packets are marked so. */
  entries(marks: readonly MarkedRange[]): ReadonlyMap<string, IpvsEntry> {
    const entries = new Map<string, IpvsEntry>();
    for (const { configuration, servers, hasQuorum } of this.#services.values()) {
      for (const key of keysOf(configuration, marks)) {
        const port = key.type === 'address' ? key.port : 0;
        const destinations = destinationsOf(configuration, servers, hasQuorum).map(destination =>
          destination.forwarding.type === 'nat' ? destination : { ...destination, port },
        );
        entries.set(keyText(key), { service: { ...configuration.service, key }, destinations });
      }
    }
    return entries;
  }

  /** Returns whether anything follows from the result. */
  probed(probe: string, good: boolean): boolean {
    for (const checker of this.#checkers.values()) if (checker.probes.includes(probe)) judge(checker, good);
    let changed = false;
    for (const service of this.#services.values()) if (!service.suspended && this.#judge(service)) changed = true;
    return changed;
  }

  /** The process has read of addresses that came, went, or are all there are. Returns whether anything follows. */
  toldAddresses(change: 'added' | 'removed' | 'all', addresses: readonly InterfaceAddress[]): boolean {
    if (change === 'all') this.#local = new Map();
    for (const { address, linkIndex, prefixLength } of addresses) {
      const places = this.#local?.get(address) ?? new Set();
      this.#local?.set(address, places);
      if (change === 'removed') places.delete(`${linkIndex}/${prefixLength}`);
      else places.add(`${linkIndex}/${prefixLength}`);
    }
    let changed = false;
    for (const service of this.#services.values()) {
      const suspended = this.#isSuspended(service.configuration);
      const isActivated = service.suspended && !suspended;
      service.suspended = suspended;
      if (isActivated && this.#judge(service)) changed = true;
    }
    return changed;
  }

  reload(configuration: CheckerConfigurations): void {
    this.#configure(configuration, false);
  }

  /** A graceful end: with omega the scripts hear that everything goes down. */
  stopping(): void {
    for (const { configuration, servers } of this.#services.values()) {
      if (!configuration.omega) continue;
      for (const server of servers.values()) if (server.alive) this.#run(server.configuration.notifyDown);
      this.#run(configuration.quorumDown);
    }
  }

  #configure({ lvs, health }: CheckerConfigurations, isStart: boolean): void {
    const checkers = new Map<string, Checker>();
    const fresh = new Set<Checker>();
    for (const configuration of health.checkers) {
      const text = JSON.stringify(configuration);
      const checker = this.#checkers.get(text) ?? newChecker(configuration, isStart);
      if (!this.#checkers.has(text)) fresh.add(checker);
      checkers.set(text, checker);
    }
    this.#checkers = checkers;
    const asked = [...checkers.values()].flatMap(({ probes }) => [...new Set(probes)]);
    this.#unclear = new Set(asked.filter((probe, place) => asked.indexOf(probe) !== place));
    const before = this.#services;
    const services = new Map<string, Service>();
    for (const configuration of lvs.virtualServers) {
      const name = `${configuration.name} ${configuration.protocol}`;
      const known = before.get(name);
      before.delete(name);
      const gone = new Map(known?.servers);
      const servers = new Map<string, Server>();
      for (const own of configuration.realServers) {
        const text = serverText(own);
        const old = gone.get(text);
        gone.delete(text);
        const ownCheckers = own.checkers.map(place => checkers.get(JSON.stringify(health.checkers[place]))!);
        for (const checker of ownCheckers) if (fresh.delete(checker) && old) takeOver(checker, old);
        const server = { configuration: own, checkers: ownCheckers, alive: isAlive(ownCheckers) };
        servers.set(text, server);
        if (!old && lvs.global.notifyAtStart && server.alive) this.#run(own.notifyUp);
        if (old && server.alive && !old.alive) this.#run(own.notifyUp);
        if (!server.alive && (old ? old.alive : hasFailed(ownCheckers))) this.#run(own.notifyDown);
      }
      for (const server of gone.values()) if (server.alive) this.#run(server.configuration.notifyDown);
      const suspended = this.#isSuspended(configuration);
      const service: Service = { configuration, servers, hasQuorum: known?.hasQuorum ?? false, suspended };
      services.set(name, service);
      if (known) this.#judgeQuorum(service);
      else {
        const { quorum, hysteresis, quorumUp, quorumDown } = configuration;
        service.hasQuorum = weightOf(servers) >= quorum + hysteresis;
        // That there never was one is told only where somebody has to say sorry.
        if (service.hasQuorum) this.#run(quorumUp);
        else if (configuration.sorryServer) this.#run(quorumDown);
      }
    }
    for (const { configuration, servers, hasQuorum } of before.values()) {
      for (const server of servers.values()) if (server.alive) this.#run(server.configuration.notifyDown);
      if (hasQuorum) this.#run(configuration.quorumDown);
    }
    this.#services = services;
  }

  /** The servers of a service are as their checkers have it. Returns whether that is news. */
  #judge(service: Service): boolean {
    let changed = false;
    for (const server of service.servers.values()) {
      const alive = isAlive(server.checkers);
      if (alive === server.alive) continue;
      changed = true;
      server.alive = alive;
      this.#run(alive ? server.configuration.notifyUp : server.configuration.notifyDown);
      this.#judgeQuorum(service);
    }
    return changed;
  }

  #isSuspended({ haSuspend, keys }: VirtualServerConfiguration): boolean {
    const isHere = (address: IpAddress): boolean => (this.#local?.get(address)?.size ?? 0) > 0;
    return haSuspend && this.#local !== undefined && !keys.some(key => key.type === 'address' && isHere(key.address));
  }

  #judgeQuorum(service: Service): void {
    const { quorum, hysteresis, quorumUp, quorumDown } = service.configuration;
    const weight = weightOf(service.servers);
    if (service.hasQuorum && (weight === 0 || weight < quorum - hysteresis)) {
      service.hasQuorum = false;
      this.#run(quorumDown);
    } else if (!service.hasQuorum && weight >= quorum + hysteresis) {
      service.hasQuorum = true;
      this.#run(quorumUp);
    }
  }
}

function newChecker(configuration: CheckerConfiguration, isStart: boolean): Checker {
  const { kind, schedule } = configuration;
  const probes = kind === 'urls' ? configuration.probes : kind === 'probe' ? [configuration.probe] : [];
  // A file that is not there counts as 0; a session of BFD that nobody tells of is down.
  const up = kind === 'file' ? true : kind === 'bfd' ? false : !schedule.alpha;
  const missing = probes.length;
  return { configuration, probes: probes.map(probeText), up, failures: 0, isFirst: isStart, missing, isAsked: false };
}

/** A reload gave it to a server that had others: what was found by one that asks the same holds, else what the server was. */
function takeOver(checker: Checker, { checkers, alive }: Server): void {
  const same = checkers.find(({ configuration }) => questionOf(configuration) === questionOf(checker.configuration));
  if (same && same.probes.length > 0) {
    checker.up = same.up;
    checker.isAsked = same.isAsked;
    checker.missing = same.missing;
  } else if (alive && checker.probes.length > 0) checker.up = true;
}

const patiently = new Set([
  'schedule',
  'keyword',
  'logAllFailures',
  'shadow',
  'fastRecovery',
  'timeout',
  'tls',
  'version',
]);

/** What is asked, however often and patiently. */
function questionOf(configuration: CheckerConfiguration): string {
  return JSON.stringify(configuration, (key, value: unknown) => (patiently.has(key) ? undefined : value));
}

/** Up at once when all that it asks for succeeds, down after so many retries. */
function judge(checker: Checker, good: boolean): void {
  const { isFirst } = checker;
  checker.isFirst = false;
  checker.isAsked = true;
  if (good) {
    checker.failures = 0;
    if (--checker.missing <= 0) checker.up = true;
    return;
  }
  // Of a web server's URLs the one that failed has to succeed, and then all of them, from the first on.
  checker.missing = checker.configuration.kind === 'urls' ? checker.probes.length + 1 : 1;
  if (!checker.up) return;
  checker.failures++;
  if (!isFirst && checker.failures <= checker.configuration.schedule.retries) return;
  checker.up = false;
  checker.failures = 0;
}

function isAlive(checkers: readonly Checker[]): boolean {
  return checkers.every(({ up, configuration }) => up || configuration.shadow);
}

/** It is known of a server that is new, from the checkers that it shares with others. */
function hasFailed(checkers: readonly Checker[]): boolean {
  return checkers.some(({ up, isAsked, configuration }) => isAsked && !up && !configuration.shadow);
}

function weightOf(servers: ReadonlyMap<string, Server>): number {
  let sum = 0;
  for (const { alive, configuration } of servers.values()) if (alive) sum += configuration.weight;
  return sum;
}

function destinationsOf(
  { sorryServer }: VirtualServerConfiguration,
  servers: ReadonlyMap<string, Server>,
  hasQuorum: boolean,
): readonly IpvsDestination[] {
  const isSorry = sorryServer !== undefined && !hasQuorum;
  const destinations = new Map<string, IpvsDestination>();
  for (const [text, { configuration, alive }] of servers) {
    const { address, port, forwarding, weight, upperThreshold, lowerThreshold, inhibitOnFailure } = configuration;
    const serves = alive && !isSorry;
    if (!serves && !inhibitOnFailure) continue;
    const ownWeight = serves ? weight : 0;
    destinations.set(text, { address, port, forwarding, weight: ownWeight, upperThreshold, lowerThreshold });
  }
  if (sorryServer && (isSorry || (sorryServer.inhibit && !destinations.has(serverText(sorryServer))))) {
    const { address, port, forwarding } = sorryServer;
    const weight = isSorry ? 1 : 0;
    const sorry = { address, port, forwarding, weight, upperThreshold: 0, lowerThreshold: 0 };
    destinations.set(serverText(sorryServer), sorry);
  }
  return [...destinations.values()];
}
