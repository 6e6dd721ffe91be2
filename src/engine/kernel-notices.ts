import type { Instant } from '../base/instant.ts';
import type { InterfaceAddress, Link } from '../ports/network.ts';
import { addressKey } from '../vrrp/address-holding.ts';
import { type LogLine, linkLine } from '../vrrp/log-lines.ts';
import type { Instance } from './instance.ts';
import type { NetworkView } from './network-view.ts';

/** Tells the instances of an address that came or went. Returns whether it is a virtual one of theirs. */
export function noteAddress(
  now: Instant,
  instances: readonly Instance[],
  address: InterfaceAddress,
  added: boolean,
): boolean {
  const key = addressKey(address);
  let virtual = false;
  for (const instance of instances) {
    if (!instance.holding.has(key)) continue;
    virtual = true;
    if (added) instance.holding.appeared(key);
    else {
      const lost = instance.holding.removed(key);
      if (lost) instance.lost(now, lost);
    }
  }
  return virtual;
}

/** Compares what the instances believe with a fresh dump. */
export function noteDump(now: Instant, instances: readonly Instance[], network: NetworkView): void {
  for (const instance of instances) {
    const missing = instance.holding.resynchronise(request => network.hasExactly(request));
    for (const request of missing) instance.lost(now, request);
    instance.possessions.newsLost();
  }
}

/** The line about a link that is about to change, if it concerns anybody. */
export function linkNews(instances: readonly Instance[], network: NetworkView, link: Link): LogLine | undefined {
  const up = link.adminUp && link.running;
  if (network.link(link.index) === undefined || network.isUp(link.name) === up) return undefined;
  return instances.some(instance => instance.dependsOn(link.name)) ? linkLine(link.name, up) : undefined;
}
