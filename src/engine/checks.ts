import type { Instant } from '../base/instant.ts';
import { sameValue } from '../base/same-value.ts';
import type { CheckerConfiguration } from '../health/configuration.ts';
import type { PoolMember } from '../lvs/pool.ts';
import { Deadlines } from './deadlines.ts';
import type { Service } from './service.ts';
import type { SharedCheck } from './shared-check.ts';

/** The real servers that a check speaks for, and the service of each. */
export type Subscribers = ReadonlyMap<PoolMember, Service>;

const nobody: Subscribers = new Map();

/** All checks, each shared by every server that is checked alike, with their deadlines. */
export class Checks {
  /** Few are about one subject and yet not alike. */
  readonly #bySubject = new Map<string, SharedCheck[]>();
  /** A reload that leaves a check as it is may bring the very same configuration. */
  readonly #byConfiguration = new Map<CheckerConfiguration, SharedCheck>();
  readonly #subscribers = new Map<SharedCheck, Map<PoolMember, Service>>();
  readonly #deadlines = new Deadlines<SharedCheck>();
  readonly #byProbe = new Map<number, SharedCheck>();
  #lastProbe = 0;

  get all(): Iterable<SharedCheck> {
    return this.#each();
  }

  /** Those that they read. */
  files(): ReadonlySet<string> {
    const files = new Set<string>();
    for (const { configuration } of this.#each()) if (configuration.kind === 'file') files.add(configuration.file);
    return files;
  }

  get earliest(): Instant | undefined {
    return this.#deadlines.earliest;
  }

  subscribersOf(check: SharedCheck): Subscribers {
    return this.#subscribers.get(check) ?? nobody;
  }

  /** Those of them that a verdict concerns: what is known of the servers of a suspended service stays as it was. */
  listenersOf(check: SharedCheck): Subscribers {
    const all = this.subscribersOf(check);
    for (const { suspended } of all.values()) {
      if (suspended) return new Map([...all].filter(([, service]) => !service.suspended));
    }
    return all;
  }

  /** The check that does exactly this. */
  find(configuration: CheckerConfiguration): SharedCheck | undefined {
    const known = this.#byConfiguration.get(configuration);
    if (known) return known;
    const candidates = this.#bySubject.get(subjectOf(configuration));
    return candidates?.find(check => sameValue(check.configuration, configuration));
  }

  /** A check that does what none does yet. */
  add(check: SharedCheck): SharedCheck {
    this.#byConfiguration.set(check.configuration, check);
    const subject = subjectOf(check.configuration);
    const others = this.#bySubject.get(subject);
    if (others) others.push(check);
    else this.#bySubject.set(subject, [check]);
    this.reschedule(check);
    return check;
  }

  subscribe(check: SharedCheck, member: PoolMember, service: Service): void {
    const known = this.#subscribers.get(check);
    if (known) known.set(member, service);
    else this.#subscribers.set(check, new Map([[member, service]]));
  }

  /** None of the checks speaks for a server of this service any more. */
  unsubscribe({ checksOf }: Service): void {
    for (const [member, checks] of checksOf) {
      for (const check of checks) {
        const known = this.#subscribers.get(check);
        known?.delete(member);
        if (known?.size === 0) this.#subscribers.delete(check);
      }
    }
  }

  /** Checks rest while all the services of their servers are suspended. */
  rest(checks: Iterable<SharedCheck> = this.#each()): void {
    for (const check of checks) check.state.suspend(areSuspended(this.subscribersOf(check)));
  }

  /** Ends the checks that speak for nobody; the probes of theirs that are under way. */
  sweep(): readonly number[] {
    const cancelled: number[] = [];
    for (const [subject, checks] of this.#bySubject) {
      const needed = checks.filter(check => this.#subscribers.has(check));
      if (needed.length === checks.length) continue;
      if (needed.length > 0) this.#bySubject.set(subject, needed);
      else this.#bySubject.delete(subject);
      for (const check of checks) {
        if (this.#subscribers.has(check)) continue;
        this.#byConfiguration.delete(check.configuration);
        this.#deadlines.set(check, undefined);
        if (check.probe === undefined) continue;
        this.#byProbe.delete(check.probe);
        cancelled.push(check.probe);
      }
    }
    return cancelled;
  }

  reschedule(check: SharedCheck): void {
    this.#deadlines.set(check, check.nextDeadline());
  }

  due(now: Instant): readonly SharedCheck[] {
    return this.#deadlines.due(now);
  }

  /** Gives a probe its number. */
  started(check: SharedCheck): number {
    const probe = ++this.#lastProbe;
    check.probe = probe;
    this.#byProbe.set(probe, check);
    return probe;
  }

  /** Whose probe ended; undefined for one that was cancelled meanwhile. */
  ended(probe: number): SharedCheck | undefined {
    const check = this.#byProbe.get(probe);
    this.#byProbe.delete(probe);
    return check;
  }

  /** Ends everything; the probes under way. */
  clear(): readonly number[] {
    const probes = [...this.#byProbe.keys()];
    this.#byProbe.clear();
    this.#deadlines.clear();
    this.#bySubject.clear();
    this.#byConfiguration.clear();
    this.#subscribers.clear();
    return probes;
  }

  *#each(): Iterable<SharedCheck> {
    for (const checks of this.#bySubject.values()) yield* checks;
  }
}

/** What a check is about, for finding those that might be alike. */
function subjectOf(configuration: CheckerConfiguration): string {
  const { keyword } = configuration;
  switch (configuration.kind) {
    case 'file':
      return `${keyword} ${configuration.file}`;
    case 'bfd':
      return `${keyword} ${configuration.session}`;
    default: {
      const probe = configuration.kind === 'urls' ? configuration.probes[0] : configuration.probe;
      if (!probe) return keyword;
      return `${keyword} ${'endpoint' in probe ? `${probe.endpoint.address} ${probe.endpoint.port}` : probe.script.text}`;
    }
  }
}

/** All of them, and there are some. */
function areSuspended(subscribers: Subscribers): boolean {
  for (const { suspended } of subscribers.values()) if (!suspended) return false;
  return subscribers.size > 0;
}
