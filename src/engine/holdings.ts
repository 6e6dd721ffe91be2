import type { Instant } from '../base/instant.ts';
import type { InterfaceAddress, Link } from '../ports/network.ts';
import type { VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import { addressKey } from '../vrrp/address-holding.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import type { Instance } from './instance.ts';
import { KernelBatches, type Owner } from './kernel-batches.ts';
import { noteAddress, noteDump } from './kernel-notices.ts';
import type { NetworkView } from './network-view.ts';
import { StaticEntries } from './static-entries.ts';

/** What the kernel holds for the instances and for the process itself, and what it tells of that. */
export class Holdings {
  readonly batches = new KernelBatches();
  readonly statics: StaticEntries;
  readonly #network: NetworkView;

  constructor(network: NetworkView, out: VrrpEffect[]) {
    this.#network = network;
    this.statics = new StaticEntries(network, out);
  }

  /** Something about what the owner wants changed. */
  touch(owner: Owner): void {
    this.batches.touch(owner);
  }

  /** From now on the static entries are those of this configuration. */
  configure(configuration: VrrpConfiguration): void {
    this.statics.configure(configuration);
    this.touch(this.statics);
  }

  told(
    now: Instant,
    instances: readonly Instance[],
    input: VrrpInput & { readonly type: 'addresses-changed' | 'routing-changed' | 'routing-removed' },
  ): void {
    if (input.type !== 'routing-removed') {
      this.batches.answered(now, input);
      return;
    }
    for (const instance of instances) instance.routingRemoved(now, input.kind, input.key);
    if (this.statics.routingRemoved(input.kind, input.key)) this.touch(this.statics);
  }

  /** Interfaces came or went. */
  followLinks(instances: readonly Instance[]): void {
    this.statics.followLinks();
    this.touch(this.statics);
    for (const instance of instances) if (instance.followLinks()) this.touch(instance);
  }

  /** When an interface comes up, routes that the kernel dropped as it went down can be put back. */
  setLink(instances: readonly Instance[], link: Link): void {
    const { index, adminUp } = link;
    const wasUp = this.#network.link(index)?.adminUp === true;
    this.#network.setLink(link);
    if (!adminUp || wasUp) return;
    for (const instance of instances) if (instance.possessions.linkIsUp(index)) this.touch(instance);
    this.statics.linkIsUp(index);
    this.touch(this.statics);
  }

  /** An address came or went. Returns whether it is a virtual one of the instances. */
  addressChanged(now: Instant, instances: readonly Instance[], address: InterfaceAddress, added: boolean): boolean {
    const key = addressKey(address);
    if (added) this.statics.addressAppeared(key);
    else if (this.statics.addressRemoved(key)) this.touch(this.statics);
    return noteAddress(now, instances, address, added);
  }

  /** News were lost: compare what we believe with what there is. */
  newsLost(now: Instant, instances: readonly Instance[]): void {
    noteDump(now, instances, this.#network);
    for (const instance of instances) this.touch(instance);
    this.statics.newsLost();
  }

  nextDeadline(): Instant | undefined {
    return this.statics.nextDeadline();
  }

  advance(now: Instant): void {
    if (this.statics.advance(now)) this.touch(this.statics);
  }

  /** At the end: the static entries go last, what the instances had may rest on them. Whether all is given up. */
  givenUp(out: VrrpEffect[]): boolean {
    if (this.batches.busy) return false;
    if (!this.statics.possessions.wanted) return true;
    this.statics.give();
    this.touch(this.statics);
    this.batches.pump(out);
    return !this.batches.busy;
  }
}
