import type { VirtualRouterConfiguration } from '../vrrp/configuration.ts';
import { type LogLine, line } from '../vrrp/log-lines.ts';

/** "(NAME) setting VIPs." and its like, in keepalived's words and order. */
export function possessionLines(
  { name, addresses, excludedAddresses, routes = [], rules = [] }: VirtualRouterConfiguration,
  verb: 'setting' | 'removing',
): readonly LogLine[] {
  const what: string[] = [];
  if (addresses.length > 0) what.push('VIPs.');
  if (excludedAddresses.length > 0) what.push('E-VIPs.');
  const routing: string[] = [];
  if (routes.length > 0) routing.push('Virtual Routes');
  if (rules.length > 0) routing.push('Virtual Rules');
  const all = verb === 'setting' ? [...what, ...routing] : [...routing.reverse(), ...what];
  return all.map(each => line(`(${name}) ${verb} ${each}`));
}
