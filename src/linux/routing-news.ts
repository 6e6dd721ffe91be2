import type { NetlinkMessage } from '../netlink/message.ts';
import { decodeRouteKey, routeKey, routeMessage } from '../netlink/route-route.ts';
import { decodeRuleKey, ruleKey, ruleMessage } from '../netlink/route-rule.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import { MonitorSocket, netlinkProtocol, routeGroup } from './netlink-socket.ts';
import type { Poller } from './poller.ts';

export interface RoutingNewsReceiver {
  removed(kind: 'route' | 'rule', key: string): void;
  malformed(reason: string): void;
  /** The kernel had to drop news. */
  overrun(): void;
}

/**
 * Hears of routes and rules like ours that go. Listens only once there are any of ours: a machine that speaks BGP changes thousands of
 * others, and each of those costs a look. On a socket of its own, so that they push out nothing that adverts depend on.
 */
export class RoutingNews {
  readonly #poller: Poller;
  readonly #receiver: RoutingNewsReceiver;
  readonly #receiveBufferBytes: number | undefined;
  #monitor: MonitorSocket | undefined;
  /** Keys of all that was ever asked for. */
  readonly #routes = new Set<string>();
  readonly #rules = new Set<string>();

  constructor(poller: Poller, receiver: RoutingNewsReceiver, receiveBufferBytes: number | undefined) {
    this.#poller = poller;
    this.#receiver = receiver;
    this.#receiveBufferBytes = receiveBufferBytes;
  }

  /** To be called before a change is made, also a removal: whoever asked for it waits to hear of it. Throws KernelError the first time. */
  know(effect: VrrpEffect & { readonly type: 'change-routes' | 'change-rules' }): void {
    this.#monitor ??= this.#listen();
    if (effect.type === 'change-routes') for (const route of effect.routes) this.#routes.add(routeKey(route));
    else for (const rule of effect.rules) this.#rules.add(ruleKey(rule));
  }

  close(): void {
    this.#monitor?.close();
  }

  #listen(): MonitorSocket {
    const { ipv4Route, ipv4Rule, ipv6Route, ipv6Rule } = routeGroup;
    const monitor: MonitorSocket = new MonitorSocket(
      this.#poller,
      netlinkProtocol.route,
      [ipv4Route, ipv4Rule, ipv6Route, ipv6Rule],
      'route netlink monitor of routes',
      {
        message: message => this.#news(message),
        malformed: reason => this.#receiver.malformed(reason),
        overrun: () => {
          monitor.discard();
          this.#receiver.overrun();
        },
      },
      this.#receiveBufferBytes,
    );
    return monitor;
  }

  #news(message: NetlinkMessage): void {
    if (message.type !== routeMessage.delete && message.type !== ruleMessage.delete) return;
    const isRoute = message.type === routeMessage.delete;
    const key = isRoute ? decodeRouteKey(message) : decodeRuleKey(message);
    if (!key.ok) this.#receiver.malformed(key.reason);
    else if (key.value !== undefined && (isRoute ? this.#routes : this.#rules).has(key.value)) {
      this.#receiver.removed(isRoute ? 'route' : 'rule', key.value);
    }
  }
}
