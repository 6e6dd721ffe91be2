import { seconds } from '../base/duration.ts';
import { after, type Instant } from '../base/instant.ts';
import { familyOf } from '../base/ip-address.ts';
import type { SyncDaemonConfiguration } from '../lvs/configuration.ts';
import type { IpvsCommand } from '../ports/ipvs.ts';
import type { InterfaceAddress, Link } from '../ports/network.ts';

type Role = 'master' | 'backup';
type LinkState = Pick<Link, 'index' | 'name' | 'adminUp'>;

/** From news of the interface to another try: all that goes with it has happened, and no flapping makes it more often. */
const retryDelay = seconds(1);

/**
 * Which of the kernel's connection-sync daemons run: both, or the one that matches a VRRP instance's state. One that the
 * kernel refused is asked for again when there is news of its interface.
 */
export class SyncDaemons {
  #configuration: SyncDaemonConfiguration | undefined;
  /** Undefined: the kernel has not told yet what an earlier life left, and nothing is asked of it before. */
  #running: ReadonlySet<Role> | undefined;
  /** What VRRP told last, by instance. */
  readonly #states = new Map<string, Role>();
  /** Undefined: not told yet. */
  #links: ReadonlyMap<number, LinkState> | undefined;
  readonly #refused = new Set<Role>();
  /** There was news of the interface since the kernel was asked last: a refusal may be older than that. */
  #isAskedBeforeNews = false;
  #retryAt: Instant | undefined;

  configure(configuration: SyncDaemonConfiguration | undefined): readonly IpvsCommand[] {
    const same = JSON.stringify(configuration) === JSON.stringify(this.#configuration);
    if (same) return [];
    this.#configuration = configuration;
    return this.#anew();
  }

  /** Those that run, all that was asked of the kernel being done. */
  found(running: readonly Role[]): readonly IpvsCommand[] {
    const isFirst = this.#running === undefined;
    this.#running = new Set(running);
    return isFirst && this.#configuration ? this.#anew() : [];
  }

  follow(instance: string, state: Role): readonly IpvsCommand[] {
    this.#states.set(instance, state);
    return this.#configuration?.instance === instance ? this.#adjust() : [];
  }

  /** The kernel could not start it. */
  refused(now: Instant, role: Role): void {
    if (!this.#wanted().has(role)) return;
    this.#running = new Set([...(this.#running ?? [])].filter(each => each !== role));
    this.#refused.add(role);
    if (this.#isAskedBeforeNews) this.#retryAt ??= after(now, retryDelay);
  }

  /** All interfaces there are. */
  linksRead(now: Instant, links: readonly LinkState[]): void {
    const isFirst = this.#links === undefined;
    const wasUp = this.#isUp();
    this.#links = new Map(links.map(link => [link.index, link]));
    if (!isFirst && !wasUp && this.#isUp()) this.#heardNews(now);
  }

  /** `link` undefined: it is gone. */
  linkChanged(now: Instant, index: number, link: LinkState | undefined): void {
    const wasUp = this.#isUp();
    const links = new Map(this.#links);
    if (link) links.set(index, link);
    else links.delete(index);
    this.#links = links;
    if (!wasUp && this.#isUp()) this.#heardNews(now);
  }

  /** To send to an IPv6 group, the kernel needs an address that has passed duplicate detection. */
  addressAdded(now: Instant, { address, flags, linkIndex }: InterfaceAddress): void {
    const { group, interface: name } = this.#configuration ?? {};
    if (group === undefined || familyOf(group) === 4 || familyOf(address) === 4 || flags.tentative) return;
    if (this.#links?.get(linkIndex)?.name === name) this.#heardNews(now);
  }

  nextDeadline(): Instant | undefined {
    return this.#retryAt;
  }

  advance(now: Instant): readonly IpvsCommand[] {
    if (this.#retryAt === undefined || this.#retryAt > now) return [];
    this.#retryAt = undefined;
    return this.#refused.size > 0 ? this.#adjust() : [];
  }

  #heardNews(now: Instant): void {
    this.#isAskedBeforeNews = true;
    if (this.#refused.size > 0) this.#retryAt ??= after(now, retryDelay);
  }

  #isUp(): boolean {
    for (const { adminUp, name } of this.#links?.values() ?? []) {
      if (adminUp && name === this.#configuration?.interface) return true;
    }
    return false;
  }

  /** Whatever runs was started otherwise than it shall be, or who knows how. */
  #anew(): readonly IpvsCommand[] {
    if (!this.#running) return [];
    const stops = Array.from(this.#running, state => ({ type: 'stop-sync-daemon', state }) as const);
    this.#running = new Set();
    return [...stops, ...this.#adjust()];
  }

  #adjust(): readonly IpvsCommand[] {
    if (!this.#running) return [];
    const wanted = this.#wanted();
    const commands: IpvsCommand[] = [];
    for (const state of this.#running) if (!wanted.has(state)) commands.push({ type: 'stop-sync-daemon', state });
    for (const state of wanted) {
      if (this.#running.has(state) || !this.#configuration) continue;
      const { interface: name, syncId, maximumLength, port, ttl, group } = this.#configuration;
      const daemon = { state, interface: name, syncId, maximumLength, port, ttl, group };
      commands.push({ type: 'start-sync-daemon', daemon });
    }
    this.#running = wanted;
    // Whoever is refused again says so.
    this.#refused.clear();
    this.#retryAt = undefined;
    this.#isAskedBeforeNews = false;
    return commands;
  }

  #wanted(): Set<Role> {
    if (!this.#configuration) return new Set();
    const { instance } = this.#configuration;
    if (instance === undefined) return new Set(['master', 'backup']);
    return new Set([this.#states.get(instance) ?? 'backup']);
  }
}
