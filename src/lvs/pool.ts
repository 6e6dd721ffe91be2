import type { RealServerConfiguration, VirtualServerConfiguration } from './configuration.ts';

/** What an operator has said of a server; survives reloads. */
export type ServerOverride =
  /** No new connections: weight 0, whatever the checkers say. */
  | 'drain'
  /** Counts as failed. */
  | 'down'
  /** Counts as alive. */
  | 'up';

/** One real server of one virtual server. */
export interface PoolMember {
  configuration: RealServerConfiguration;
  /** By the checkers alone. */
  healthy: boolean;
  /** What dynamic checkers add to the configured weight. */
  dynamicWeight: number;
  override: ServerOverride | undefined;
}

/** What the checkers find of a server. */
export type CheckerVerdict = Pick<PoolMember, 'healthy' | 'dynamicWeight'>;

/** Something happened to the pool; ordered. Wording and scripts are elsewhere. */
export type PoolEvent =
  | { readonly type: 'member-changed'; readonly member: PoolMember; readonly alive: boolean }
  /** Of a server that was `alive` by then, or was not. */
  | {
      readonly type: 'weight-changed';
      readonly member: PoolMember;
      readonly alive: boolean;
      readonly from: number;
      readonly to: number;
    }
  | { readonly type: 'quorum-lost'; readonly threshold: number; readonly weight: number }
  | { readonly type: 'quorum-gained'; readonly threshold: number; readonly weight: number };

/** The real servers of a virtual server, which of them are alive, and whether they are enough. */
export class Pool {
  #configuration: VirtualServerConfiguration;
  #members: readonly PoolMember[];
  #quorumUp: boolean;

  constructor(
    configuration: VirtualServerConfiguration,
    verdictOf: (server: RealServerConfiguration) => CheckerVerdict,
  ) {
    this.#configuration = configuration;
    this.#members = configuration.realServers.map(server => newMember(server, verdictOf(server)));
    this.#quorumUp = this.aliveWeight >= configuration.quorum + configuration.hysteresis;
  }

  get configuration(): VirtualServerConfiguration {
    return this.#configuration;
  }

  get members(): readonly PoolMember[] {
    return this.#members;
  }

  get quorumUp(): boolean {
    return this.#quorumUp;
  }

  /** The sorry server stands in for everybody else. */
  get sorry(): boolean {
    return !this.#quorumUp && this.#configuration.sorryServer !== undefined;
  }

  /** Total effective weight of the living servers. */
  get aliveWeight(): number {
    let sum = 0;
    for (const member of this.#members) if (isAlive(member)) sum += effectiveWeight(member);
    return sum;
  }

  member(address: string, port: number): PoolMember | undefined {
    return this.#members.find(({ configuration }) => configuration.address === address && configuration.port === port);
  }

  /** Changes a member and tells what follows from it; of its weight only if that is news. */
  change(member: PoolMember, change: Partial<PoolMember>, weightIsNews = true): readonly PoolEvent[] {
    const events = alter(member, change, weightIsNews);
    return events ? [...events, ...this.#judgeQuorum()] : [];
  }

  /** A reload: servers that stay keep an operator's word, matched by address and port. */
  reconfigure(
    configuration: VirtualServerConfiguration,
    verdictOf: (server: RealServerConfiguration) => CheckerVerdict,
  ): readonly PoolEvent[] {
    const before = new Map(this.#members.map(member => [memberKey(member.configuration), member]));
    this.#configuration = configuration;
    const events: PoolEvent[] = [];
    this.#members = configuration.realServers.map(server => {
      const known = before.get(memberKey(server));
      if (!known) return newMember(server, verdictOf(server));
      events.push(...(alter(known, { configuration: server, ...verdictOf(server) }, true) ?? []));
      return known;
    });
    return [...events, ...this.#judgeQuorum()];
  }

  #judgeQuorum(): readonly PoolEvent[] {
    const { quorum, hysteresis } = this.#configuration;
    const weight = this.aliveWeight;
    if (this.#quorumUp && (weight === 0 || weight < quorum - hysteresis)) {
      this.#quorumUp = false;
      return [{ type: 'quorum-lost', threshold: quorum - hysteresis, weight }];
    }
    if (!this.#quorumUp && weight >= quorum + hysteresis) {
      this.#quorumUp = true;
      return [{ type: 'quorum-gained', threshold: quorum + hysteresis, weight }];
    }
    return [];
  }
}

function newMember(configuration: RealServerConfiguration, verdict: CheckerVerdict): PoolMember {
  return { configuration, ...verdict, override: undefined };
}

/** Undefined: it weighs what it did, and is as alive. */
function alter(member: PoolMember, change: Partial<PoolMember>, weightIsNews: boolean): PoolEvent[] | undefined {
  const wasAlive = isAlive(member);
  const from = effectiveWeight(member);
  Object.assign(member, change);
  const alive = isAlive(member);
  const to = effectiveWeight(member);
  if (alive === wasAlive && to === from) return undefined;
  const events: PoolEvent[] = [];
  // Nobody asks for the weight of a server that goes; one that comes has it before.
  const hasGone = wasAlive && !alive;
  if (to !== from && weightIsNews && !hasGone) {
    events.push({ type: 'weight-changed', member, alive: wasAlive, from, to });
  }
  if (alive !== wasAlive) events.push({ type: 'member-changed', member, alive });
  return events;
}

/**
 * Tells the virtual servers of a configuration apart: a group may be served by one for each protocol, and which of them comes
 * first may change.
 */
export function serviceIdentity({ name, protocol }: VirtualServerConfiguration): string {
  return `${name.replace(/\]:\d+$/, ']')} ${protocol ?? ''}`;
}

export function memberKey({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address} ${port}`;
}

/** Alive in the eyes of quorum and table; an operator's word goes before the checkers'. */
export function isAlive({ healthy, override }: PoolMember): boolean {
  if (override === 'up') return true;
  return override !== 'down' && healthy;
}

/** What the kernel's field holds. */
const largestWeight = 2_147_483_647;

/** Configured plus dynamic, never below 0; a draining server gets no new connections. */
export function effectiveWeight({ configuration, dynamicWeight, override }: PoolMember): number {
  return override === 'drain' ? 0 : Math.min(largestWeight, Math.max(0, configuration.weight + dynamicWeight));
}
