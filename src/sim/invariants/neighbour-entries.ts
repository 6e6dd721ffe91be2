import { type Duration, milliseconds, plus, seconds, zero } from '../../base/duration.ts';
import { after, type Instant, instantFromMicroseconds } from '../../base/instant.ts';
import type { IpAddress } from '../../base/ip-address.ts';
import { longestGap } from '../../engine/announcement-pacing.ts';
import type { Client } from '../client.ts';
import type { KernelLink } from '../kernel-link.ts';
import type { Observation } from '../observation.ts';
import type { World } from '../world.ts';
import type { Member } from './cluster-view.ts';
import type { Invariant, Report } from './invariant.ts';
import type { Quiet } from './quiet.ts';

/** Every client must know the one master this long after it became the one. */
const knownWithin = seconds(2);

/** Frames of a time of delays may still be under way. */
const heldUp = seconds(1);
/** How long the kernel's news take to reach the process. */
const newsTime = milliseconds(5);

/** Interference that leaves the ways between nodes alone. */
const aboutNodes =
  /^(crash|stop|start|freeze|suspend|power|reload|script|remove|flush|overrun|clock|garbage|server|ipvsadm)/;

/** A client that a master has had the chance to tell of an address. */
interface Debt {
  readonly client: Client;
  readonly address: IpAddress;
  readonly link: KernelLink;
  readonly holder: Member;
  readonly because: string;
  /** What it has beyond the usual time. */
  readonly extra: Duration;
}

/** Where the clients' packets go: to the one master, soon after there is one, and nowhere else for long. */
export class NeighbourEntries implements Invariant {
  readonly #world: World;
  readonly #quiet: Quiet;
  readonly #report: Report;
  readonly #debts = new Set<Debt>();
  readonly #removedAt = new Map<string, Instant>();
  readonly #thawedAt = new Map<string, Instant>();
  readonly #reloadedAt = new Map<string, Instant>();
  readonly #diedAt = new Map<string, Instant>();
  #pathsChangedAt = instantFromMicroseconds(0);
  /** Clients that were told by whoever holds the address now; by `client address`. */
  readonly #informedBy = new Map<string, Member>();
  /** Who worked as master when we looked last. */
  readonly #masters = new Map<string, readonly Member[]>();

  constructor(world: World, quiet: Quiet, report: Report) {
    this.#world = world;
    this.#quiet = quiet;
    this.#report = report;
  }

  observe(now: Instant, seen: Observation): void {
    if (seen.type === 'address') {
      if (seen.change === 'removed') this.#removedAt.set(`${seen.node} ${seen.address}`, now);
      else this.#noteDuals(seen.node);
    } else if (seen.type === 'life' && seen.event === 'thawed') this.#thawedAt.set(seen.node, now);
    else if (seen.type === 'life' && seen.event === 'reloaded') this.#reloadedAt.set(seen.node, now);
    else if (seen.type === 'life' && (seen.event === 'process-crashed' || seen.event === 'powered-off')) {
      this.#diedAt.set(seen.node, now);
    }
    if (seen.type === 'disturbance' && !aboutNodes.test(seen.text)) this.#pathsChangedAt = now;
    if (seen.type !== 'announced') return;
    const node = this.#world.node(seen.node)!;
    if (node.kernel.holdsAnywhere(seen.address)) return;
    // Whoever does hold it may not have heard of that, and clients believe what they heard last.
    for (const { router, configuration } of this.#quiet.view.ofNode(seen.node)) {
      const all = [...configuration.addresses, ...configuration.excludedAddresses];
      if (all.some(({ address }) => address === seen.address)) this.#forget(router);
    }
    if (node.missesNews) return;
    // The news of a removal may be under way.
    const knowsSince = Math.max(
      this.#removedAt.get(`${seen.node} ${seen.address}`) ?? 0,
      this.#thawedAt.get(seen.node) ?? 0,
    );
    if (now - knowsSince < newsTime || this.#quiet.view.readyAt(node) > now) return;
    this.#report('announced-by-holder', `${seen.node} announces ${seen.address}, which it does not hold`);
  }

  disturbed(): void {
    for (const debt of this.#debts) {
      // Whom the announcements may not have reached, nobody can blame.
      if (!this.#isReached(debt.link, debt.client)) this.#debts.delete(debt);
    }
  }

  reconsider(): void {
    for (const router of this.#quiet.view.routers.keys()) {
      const holders = this.#holders(router);
      const before = this.#masters.get(router) ?? [];
      this.#masters.set(router, holders);
      const [holder] = holders;
      if (holders.length > 1) this.#forget(router);
      if (holders.length !== 1 || !holder) continue;
      if (before.length > 1) {
        const losers = before.filter(other => other !== holder);
        const mayKnow = losers.every(other => this.#hasHeard(holder, other));
        // One that died without its last word leaves it to the second burst.
        const isUnsaid = losers.some(({ node, advertisedAt }) => (this.#diedAt.get(node.name) ?? 0) > advertisedAt);
        this.#owe(holder, 'there were two masters', mayKnow, isUnsaid);
      } else if (before[0] !== holder) {
        this.#owe(holder, 'it became master', true, false);
      }
    }
  }

  calm(): void {
    const { view } = this.#quiet;
    for (const members of view.routers.values()) {
      const holders = members.filter(({ holdsSince, node }) => holdsSince !== undefined && node.responsive);
      const [holder] = holders;
      if (holders.length !== 1 || !holder) continue;
      for (const { client, address, link } of audience(this.#world, holder)) {
        if (!this.#isReached(link, client)) continue;
        const refreshed = holder.configuration.garp.masterRefresh > 0;
        const told = this.#informedBy.get(`${client.name} ${address}`) === holder;
        // Without a refresh, a client that was cut off when it mattered stays in the dark.
        if (told || (refreshed && this.#isRefreshDue(holder))) this.#check(client, address, link, holder, 'it is calm');
      }
    }
  }

  /** A master knows of another one by its advertisements: one at least must have reached it. */
  #hasHeard(holder: Member, other: Member): boolean {
    if (holder.node.suspended || !this.#quiet.view.hears(holder, other)) return false;
    // Its last word was in the version that it has left since.
    if (other.advertisedVersion !== holder.configuration.version) return false;
    // Before its reload the holder may have spoken another version.
    const { name } = holder.node;
    const since = Math.max(this.#pathsChangedAt, this.#thawedAt.get(name) ?? 0, this.#reloadedAt.get(name) ?? 0);
    return other.advertisedAt > since;
  }

  #isRefreshDue(holder: Member): boolean {
    return this.#world.now - this.#quiet.disturbedAt > holder.configuration.garp.masterRefresh + seconds(1);
  }

  /** Two masters for less than a millisecond are enough to confuse a client. */
  #noteDuals(node: string): void {
    for (const { router, holdsSince } of this.#quiet.view.ofNode(node)) {
      if (holdsSince === undefined) continue;
      const holders = this.#holders(router);
      if (holders.length < 2) continue;
      this.#masters.set(router, holders);
      // What was owed before begins anew with who is left.
      this.#forget(router);
    }
  }

  #holders(router: string): readonly Member[] {
    return this.#quiet.view
      .ofRouter(router)
      .filter(({ holdsSince, node }) => holdsSince !== undefined && node.engine !== undefined);
  }

  /** With two masters nobody knows whom the clients believe. */
  #forget(router: string): void {
    for (const debt of this.#debts) if (debt.holder.router === router) this.#debts.delete(debt);
    for (const [key, member] of this.#informedBy) if (member.router === router) this.#informedBy.delete(key);
  }

  #owe(holder: Member, because: string, mayKnow: boolean, isUnsaid: boolean): void {
    const extra = isUnsaid ? holder.configuration.garp.lowerPriorityDelay : zero;
    for (const { client, address, link } of audience(this.#world, holder)) {
      const key = `${client.name} ${address}`;
      this.#informedBy.delete(key);
      if (!this.#isReached(link, client) || !mayKnow) continue;
      const debt: Debt = { client, address, link, holder, because, extra };
      this.#debts.add(debt);
      this.#world.at(after(this.#world.now, plus(this.#due(holder), extra)), () => this.#collect(debt));
    }
  }

  /** Announcements may be paced, and the winner may learn of the loser by its next advertisement only. */
  #due({ node, configuration, router }: Member): Duration {
    // One queue for all, first announcements first: the last may wait for those of a burst under way, then of its own.
    const frames = node.configuration.instances.reduce(
      (sum, { addresses, excludedAddresses }) => sum + 2 * (addresses.length + excludedAddresses.length),
      0,
    );
    // A frame that was held up may overtake the first burst; the second one corrects that.
    const late = this.#world.now - this.#quiet.reliableSince < heldUp ? configuration.garp.lowerPriorityDelay : 0;
    return (knownWithin +
      late +
      this.#quiet.view.interval(router) +
      longestGap(node.configuration) * frames) as Duration;
  }

  #collect(debt: Debt): void {
    if (!this.#debts.delete(debt)) return;
    const { client, address, link, holder, because, extra } = debt;
    const holders = this.#holders(holder.router);
    if (holders.length !== 1 || holders[0] !== holder || holder.node.suspended) return;
    // What it was told while it stood still waited in its sockets.
    const resumedAt = holder.node.responsive ? this.#thawedAt.get(holder.node.name) : this.#world.now;
    const dueAt = resumedAt === undefined ? undefined : after(resumedAt, plus(this.#due(holder), extra));
    if (dueAt !== undefined && dueAt > this.#world.now) {
      this.#debts.add(debt);
      this.#world.at(dueAt, () => this.#collect(debt));
      return;
    }
    if (!this.#isReached(link, client)) return;
    this.#check(client, address, link, holder, because);
    this.#informedBy.set(`${client.name} ${address}`, holder);
  }

  #check(client: Client, address: IpAddress, link: KernelLink, holder: Member, because: string): void {
    const entry = client.neighbours.get(address);
    if (entry === link.mac) return;
    const where = entry === undefined ? 'knows nobody' : `sends to ${entry}`;
    this.#report(
      'neighbour-entry',
      `${holder.router}: ${client.name} ${where} for ${address}, which ${holder.node.name} (${link.mac}) holds; ${because}`,
    );
  }

  #isReached(link: KernelLink, client: Client): boolean {
    return !this.#quiet.unreliable && link.segment.isClean(link, client);
  }
}

interface Listener {
  readonly client: Client;
  readonly address: IpAddress;
  readonly link: KernelLink;
}

function audience(world: World, { node, configuration }: Member): readonly Listener[] {
  return [...configuration.addresses, ...configuration.excludedAddresses].flatMap(
    ({ address, interface: name = configuration.interface }) => {
      const link = name === undefined ? node.kernel.links[0] : node.kernel.linkNamed(name);
      if (!link) return [];
      return world.clients.filter(({ segment }) => segment === link.segment).map(client => ({ client, address, link }));
    },
  );
}
