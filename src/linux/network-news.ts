import type { NetlinkMessage } from '../netlink/message.ts';
import { encodeAddressDump } from '../netlink/route-address.ts';
import { configurationMessage, decodeIpv6Forwarding } from '../netlink/route-configuration.ts';
import { decodeLink, encodeLinkDump, type LinkMessage, linkMessage } from '../netlink/route-link.ts';
import type { Link } from '../ports/network.ts';
import type { VrrpInput } from '../ports/vrrp-world.ts';
import { type AddressNews, addressesOf, addressNews } from './interface-address.ts';
import { MonitorSocket, netlinkProtocol, routeGroup } from './netlink-socket.ts';
import type { Poller } from './poller.ts';
import type { RouteRequests } from './route-requests.ts';

/** What is told of the network. */
export type NetworkInput =
  | AddressNews
  | (VrrpInput & { readonly type: 'resynchronised' | 'link-changed' | 'link-removed' });

export interface NetworkNewsReceiver {
  readonly deliver: (input: NetworkInput) => void;
  /** Something made no sense. */
  readonly malformed: (reason: string) => void;
}

/** Links and addresses as the kernel tells of them: all there is at first and whenever news were lost, then what changes. */
export class NetworkNews {
  readonly #requests: RouteRequests;
  readonly #receiver: NetworkNewsReceiver;
  readonly #monitor: MonitorSocket;
  /** What was last told of each link: most of the kernel's news say nothing that concerns us. */
  readonly #links = new Map<number, Link>();
  /** Indices of the links that were last said to forward IPv6. */
  #forwarding: ReadonlySet<number> = new Set();
  #resynchronisationScheduled = false;
  #overruns = 0;
  #closed = false;

  /** Listening begins before the first dump, so that nothing falls between. Throws KernelError. */
  constructor(
    poller: Poller,
    requests: RouteRequests,
    receiver: NetworkNewsReceiver,
    receiveBufferBytes: number | undefined,
  ) {
    this.#requests = requests;
    this.#receiver = receiver;
    const { link, ipv4Address, ipv6Address, ipv6Configuration } = routeGroup;
    this.#monitor = new MonitorSocket(
      poller,
      netlinkProtocol.route,
      [link, ipv4Address, ipv6Address, ipv6Configuration],
      'route netlink monitor',
      {
        message: message => this.#news(message),
        malformed: receiver.malformed,
        overrun: () => {
          this.#monitor.discard();
          this.lost();
        },
      },
      receiveBufferBytes,
    );
  }

  /** How often the kernel dropped news. */
  get overruns(): number {
    return this.#overruns;
  }

  /** News were dropped, of whatever: all is read anew. */
  lost(): void {
    this.#overruns += 1;
    this.resynchronise();
  }

  /** Delivers `resynchronised`. */
  resynchronise(): void {
    const links: Link[] = [];
    const forwardingLinks: number[] = [];
    for (const message of this.#requests.dump(encodeLinkDump)) {
      if (message.type !== linkMessage.new) continue;
      const change = decodeLink(message);
      if (!change.ok) this.#receiver.malformed(change.reason);
      else if (change.value.type === 'present') {
        links.push(linkOf(change.value.link));
        if (change.value.link.ipv6Forwarding) forwardingLinks.push(change.value.link.index);
      }
    }
    const addresses = addressesOf(this.#requests.dump(encodeAddressDump), this.#receiver.malformed);
    this.#links.clear();
    for (const link of links) this.#links.set(link.index, link);
    this.#forwarding = new Set(forwardingLinks);
    this.#receiver.deliver({ type: 'resynchronised', links, addresses, forwardingLinks });
  }

  close(): void {
    this.#closed = true;
    this.#monitor.close();
  }

  #news(message: NetlinkMessage): void {
    switch (message.type) {
      case linkMessage.new:
      case linkMessage.delete: {
        const change = decodeLink(message);
        if (!change.ok) this.#receiver.malformed(change.reason);
        else if (change.value.type === 'removed') {
          this.#links.delete(change.value.index);
          this.#receiver.deliver({ type: 'link-removed', index: change.value.index });
        } else if (change.value.type === 'present') {
          this.#linkPresent(linkOf(change.value.link));
          this.#forwardingIs(change.value.link.index, change.value.link.ipv6Forwarding);
        }
        return;
      }
      case configurationMessage.new: {
        const change = decodeIpv6Forwarding(message);
        if (!change.ok) this.#receiver.malformed(change.reason);
        else if (change.value) this.#forwardingIs(change.value.linkIndex, change.value.forwarding);
        return;
      }
      default: {
        const news = addressNews(message, this.#receiver.malformed);
        if (news) this.#receiver.deliver(news);
      }
    }
  }

  #linkPresent(link: Link): void {
    const known = this.#links.get(link.index);
    if (known && sameLink(known, link)) return;
    this.#links.set(link.index, link);
    this.#receiver.deliver({ type: 'link-changed', link });
  }

  /** Routers rarely become hosts: the whole truth is told again, once for all that change together. */
  #forwardingIs(linkIndex: number, forwarding: boolean | undefined): void {
    if (forwarding === undefined || forwarding === this.#forwarding.has(linkIndex)) return;
    if (this.#resynchronisationScheduled) return;
    this.#resynchronisationScheduled = true;
    setImmediate(() => {
      this.#resynchronisationScheduled = false;
      if (!this.#closed) this.resynchronise();
    });
  }
}

function linkOf(message: LinkMessage): Link {
  const { ipv6Forwarding: _, ...link } = message;
  return link;
}

function sameLink(left: Link, right: Link): boolean {
  return (
    left.name === right.name &&
    left.adminUp === right.adminUp &&
    left.running === right.running &&
    left.loopback === right.loopback &&
    left.mtu === right.mtu &&
    left.mac === right.mac &&
    left.multicast === right.multicast &&
    left.noArp === right.noArp
  );
}
