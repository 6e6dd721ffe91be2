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

/** Something happened to the pool; ordered. Wording and scripts are elsewhere. */
export type PoolEvent =
  | { readonly type: 'member-changed'; readonly member: PoolMember; readonly alive: boolean }
  | { readonly type: 'weight-changed'; readonly member: PoolMember; readonly from: number; readonly to: number }
  | { readonly type: 'quorum-lost'; readonly threshold: number; readonly weight: number }
  | { readonly type: 'quorum-gained'; readonly threshold: number; readonly weight: number };

/** The real servers of a virtual server, which of them are alive, and whether they are enough. */
export class Pool {
  #configuration: VirtualServerConfiguration;
  #members: readonly PoolMember[];
  #quorumUp: boolean;

  constructor(configuration: VirtualServerConfiguration, healthy: (server: RealServerConfiguration) => boolean) {
    this.#configuration = configuration;
    this.#members = configuration.realServers.map(server => ({
      configuration: server,
      healthy: healthy(server),
      dynamicWeight: 0,
      override: undefined,
    }));
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

  /** Changes a member and tells what follows from it. */
  change(member: PoolMember, change: Partial<Omit<PoolMember, 'configuration'>>): readonly PoolEvent[] {
    const wasAlive = isAlive(member);
    const oldWeight = effectiveWeight(member);
    Object.assign(member, change);
    const events: PoolEvent[] = [];
    const alive = isAlive(member);
    const weight = effectiveWeight(member);
    if (alive !== wasAlive) events.push({ type: 'member-changed', member, alive });
    if (weight !== oldWeight) events.push({ type: 'weight-changed', member, from: oldWeight, to: weight });
    if (events.length > 0) events.push(...this.#judgeQuorum());
    return events;
  }

  /** A reload: servers that stay keep what is known of them, matched by address and port. */
  reconfigure(
    configuration: VirtualServerConfiguration,
    healthy: (server: RealServerConfiguration) => boolean,
  ): readonly PoolEvent[] {
    const before = new Map(this.#members.map(member => [memberKey(member.configuration), member]));
    this.#configuration = configuration;
    const events: PoolEvent[] = [];
    this.#members = configuration.realServers.map(server => {
      const known = before.get(memberKey(server));
      const unchecked = server.checkers.length === 0;
      if (!known) return { configuration: server, healthy: healthy(server), dynamicWeight: 0, override: undefined };
      const from = effectiveWeight(known);
      known.configuration = server;
      const to = effectiveWeight(known);
      if (to !== from) events.push({ type: 'weight-changed', member: known, from, to });
      if (unchecked) {
        known.healthy = true;
        known.dynamicWeight = 0;
      } else known.healthy = healthy(server);
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

/** Tells the virtual servers of a configuration apart: a group may be served by one for each protocol. */
export function serviceIdentity({ name, protocol }: VirtualServerConfiguration): string {
  return `${name} ${protocol ?? ''}`;
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
