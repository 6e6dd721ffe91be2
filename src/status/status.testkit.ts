import type { Instant } from '../base/instant.ts';
import { VrrpProcess } from '../engine/vrrp-process.ts';
import { interfaceAddress, link } from '../ports/network.testkit.ts';
import type { VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import type { VirtualRouterConfiguration, VrrpConfiguration } from '../vrrp/configuration.ts';
import { router as plainRouter, virtualAddress } from '../vrrp/router.testkit.ts';

export function router(changes: Partial<VirtualRouterConfiguration> = {}): VirtualRouterConfiguration {
  const addresses = [virtualAddress('10.9.0.100/24')];
  return plainRouter({ name: 'V1', initialState: 'master', priority: 150, addresses, ...changes });
}

/** An engine on a link of its own, where every address change succeeds, after so many seconds. */
export function processAfter(configuration: VrrpConfiguration, count: number): { process: VrrpProcess; now: Instant } {
  const process = new VrrpProcess(configuration, { detail: false, receiveBufferBytes: undefined });
  const at = (micros: number): Instant => micros as Instant;
  const settle = (now: Instant, effects: readonly VrrpEffect[]): void => {
    for (const effect of effects) {
      if (effect.type !== 'change-addresses') continue;
      const answer: VrrpInput = { type: 'addresses-changed', batch: effect.batch, errors: [] };
      settle(now, process.handle(now, answer));
    }
  };
  settle(
    at(0),
    process.handle(at(0), {
      type: 'resynchronised',
      links: [link(3, 'eth0')],
      addresses: [interfaceAddress(3, '10.9.0.1/24')],
      forwardingLinks: [],
    }),
  );
  let now = at(0);
  for (let due = process.nextDeadline(); due !== undefined && due <= count * 1_000_000; due = process.nextDeadline()) {
    now = due > now ? due : at(now + 1);
    settle(now, process.advance(now));
  }
  return { process, now };
}
