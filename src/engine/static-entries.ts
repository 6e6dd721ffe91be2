import { seconds } from '../base/duration.ts';
import { after, type Instant } from '../base/instant.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import { addressKey } from '../vrrp/address-holding.ts';
import type { StaticEntries as Configuration, VrrpConfiguration } from '../vrrp/configuration.ts';
import { line } from '../vrrp/log-lines.ts';
import { estateOf } from './estate.ts';
import type { NetworkView } from './network-view.ts';
import { type Loss, Possessions, type SavedPossessions, type Work } from './possessions.ts';

/** A refused entry is asked for again after this. */
const retryDelay = seconds(1);

/** StaticEntries as plain data. */
export interface SavedStatics {
  readonly possessions: SavedPossessions;
  readonly retryAt: Instant | undefined;
  readonly said: readonly string[];
}

/** Addresses, routes and rules that are there for as long as the process runs; what others remove is put back. */
export class StaticEntries {
  readonly possessions: Possessions;
  readonly #network: NetworkView;
  readonly #out: VrrpEffect[];
  #configuration: Configuration | undefined;
  #retryAt: Instant | undefined;
  /** Refusals that were told. */
  readonly #said = new Set<string>();

  constructor(network: NetworkView, out: VrrpEffect[]) {
    this.#network = network;
    this.#out = out;
    this.possessions = new Possessions({ addresses: [], routes: [], rules: [] }, network, false);
  }

  save(): SavedStatics {
    return { possessions: this.possessions.save(), retryAt: this.#retryAt, said: [...this.#said] };
  }

  restore({ statics }: VrrpConfiguration, saved: SavedStatics): void {
    this.#configuration = statics;
    this.possessions.restore(saved.possessions);
    this.#retryAt = saved.retryAt;
    for (const what of saved.said) this.#said.add(what);
  }

  /** Goes over to a configuration; only what differs is touched. */
  configure({ statics }: VrrpConfiguration): void {
    this.#configuration = statics;
    this.#said.clear();
    this.#resolve();
    this.possessions.want(true);
  }

  /** Interfaces came or went. */
  followLinks(): void {
    if (this.possessions.wanted) this.#resolve();
  }

  #resolve(): void {
    const { addresses = [], routes = [], rules = [] } = this.#configuration ?? {};
    this.possessions.followLinks(estateOf({ addresses, routes, rules }, undefined, this.#network));
  }

  give(): void {
    this.#retryAt = undefined;
    this.possessions.want(false);
  }

  settle(now: Instant, work: Work, errors: ReadonlyMap<number, string>): void {
    for (const text of this.possessions.settle(work, errors).refused) {
      if (!this.#said.has(text)) this.#say(`Static entries: ${text}`, 'error');
      this.#said.add(text);
    }
    if (this.possessions.anyRefused && this.possessions.wanted) this.#retryAt = after(now, retryDelay);
  }

  nextDeadline(): Instant | undefined {
    return this.#retryAt;
  }

  /** Asks again for what was refused; whether there is anything. */
  advance(now: Instant): boolean {
    if (this.#retryAt === undefined || this.#retryAt > now) return false;
    this.#retryAt = undefined;
    this.possessions.retryRefused();
    return true;
  }

  /** An address is gone; whether it has to be put back. */
  addressRemoved(key: string): boolean {
    const lost = this.possessions.addresses.removed(key);
    if (!lost) return false;
    const { address, prefixLength, linkIndex } = lost;
    const name = this.#network.link(linkIndex)?.name ?? `interface ${linkIndex}`;
    return this.#restore({ text: `address ${address}/${prefixLength} dev ${name}`, linkIndex });
  }

  /** Somebody put an address back. */
  addressAppeared(key: string): void {
    this.possessions.addresses.appeared(key);
  }

  /** A route or rule is gone; whether it has to be put back. */
  routingRemoved(kind: 'route' | 'rule', key: string): boolean {
    const lost = this.possessions.routingRemoved(kind, key);
    return lost !== undefined && this.#restore(lost);
  }

  /** An interface that is down would only refuse it: linkIsUp will put it back. */
  #restore({ text, linkIndex }: Loss): boolean {
    if (linkIndex !== undefined && this.#network.link(linkIndex)?.adminUp !== true) return false;
    this.#say(`Restoring deleted static ${text}`, 'info');
    this.possessions.want(true);
    return true;
  }

  linkIsUp(linkIndex: number): void {
    if (!this.possessions.wanted) return;
    this.possessions.want(true);
    this.possessions.linkIsUp(linkIndex);
  }

  /** After the kernel dropped news. */
  newsLost(): void {
    if (!this.possessions.wanted) return;
    this.possessions.addresses.resynchronise(request => this.#network.hasExactly(request));
    this.possessions.newsLost();
    this.possessions.want(true);
  }

  /** Whether the address is one of these. */
  has(address: Parameters<typeof addressKey>[0]): boolean {
    return this.possessions.addresses.has(addressKey(address));
  }

  #say(text: string, level: 'info' | 'error'): void {
    this.#out.push({ type: 'log', ...line(text, level) });
  }
}
