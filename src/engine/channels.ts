import { seconds } from '../base/duration.ts';
import { after, earliest, type Instant } from '../base/instant.ts';
import type { IpAddress } from '../base/ip-address.ts';
import type { ChannelSpec } from '../ports/network.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { VirtualRouterConfiguration } from '../vrrp/configuration.ts';
import { channelKey } from './instance.ts';
import type { NetworkView } from './network-view.ts';

const reopenDelay = seconds(1);

/** What is open and what is to be opened again, as plain data. */
export interface SavedChannels {
  readonly open: readonly ChannelSpec[];
  readonly reopen: readonly { readonly key: string; readonly at: Instant }[];
}

/** The sockets that the instances need: one per interface and family, a member of all their multicast groups. */
export class Channels {
  readonly #receiveBufferBytes: number | undefined;
  #open = new Map<string, ChannelSpec>();
  readonly #reopenAt = new Map<string, Instant>();

  constructor(receiveBufferBytes: number | undefined) {
    this.#receiveBufferBytes = receiveBufferBytes;
  }

  save(): SavedChannels {
    return { open: [...this.#open.values()], reopen: Array.from(this.#reopenAt, ([key, at]) => ({ key, at })) };
  }

  restore({ open, reopen }: SavedChannels): void {
    this.#open = new Map(open.map(spec => [spec.key, spec]));
    this.#reopenAt.clear();
    for (const { key, at } of reopen) this.#reopenAt.set(key, at);
  }

  /** Opens and closes so that every instance whose interface exists can send and receive. */
  configure(instances: readonly VirtualRouterConfiguration[], network: NetworkView, out: VrrpEffect[]): void {
    const wanted = new Map<string, ChannelSpec>();
    for (const instance of instances) {
      const key = channelKey(instance);
      const link = instance.interface === undefined ? undefined : network.linkNamed(instance.interface);
      if (instance.interface !== undefined && !link) continue;
      const groups = new Set<IpAddress>(wanted.get(key)?.groups);
      if (instance.destination.type === 'multicast') groups.add(instance.destination.group);
      wanted.set(key, {
        key,
        family: instance.family,
        link: link && { index: link.index, name: link.name },
        groups: [...groups].sort(),
        receiveBufferBytes: this.#receiveBufferBytes,
      });
    }
    for (const [key, spec] of this.#open) {
      const next = wanted.get(key);
      if (next && JSON.stringify(next) === JSON.stringify(spec)) wanted.set(key, spec);
      else {
        out.push({ type: 'close-channel', key });
        this.#reopenAt.delete(key);
      }
    }
    for (const [key, spec] of wanted) {
      if (this.#open.get(key) !== spec) out.push({ type: 'open-channel', channel: spec });
    }
    this.#open = wanted;
  }

  failed(now: Instant, key: string): void {
    if (this.#open.has(key)) this.#reopenAt.set(key, after(now, reopenDelay));
  }

  nextDeadline(): Instant | undefined {
    let deadline: Instant | undefined;
    for (const at of this.#reopenAt.values()) deadline = earliest(deadline, at);
    return deadline;
  }

  retry(now: Instant, out: VrrpEffect[]): void {
    for (const [key, at] of this.#reopenAt) {
      if (at > now) continue;
      this.#reopenAt.delete(key);
      const spec = this.#open.get(key);
      if (!spec) continue;
      out.push({ type: 'close-channel', key }, { type: 'open-channel', channel: spec });
    }
  }

  closeAll(out: VrrpEffect[]): void {
    for (const key of this.#open.keys()) out.push({ type: 'close-channel', key });
    this.#open.clear();
    this.#reopenAt.clear();
  }
}
