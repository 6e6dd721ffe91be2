import type { VirtualRouterConfiguration, VrrpConfiguration } from '../vrrp/configuration.ts';
import { routeText, ruleText } from '../vrrp/routing-text.ts';
import { addressText } from './address-text.ts';

/** Routes and rules of an instance, in the words of keepalived's dump. */
export function routingLines({ routes = [], rules = [] }: VirtualRouterConfiguration): string[] {
  const lines: string[] = [];
  if (routes.length > 0) lines.push('   Virtual Routes :', ...routes.map(route => `     ${routeText(route)}`));
  if (rules.length > 0) lines.push('   Virtual Rules :', ...rules.map(rule => `     ${ruleText(rule)}`));
  return lines;
}

/** What stays whoever is master. */
export function staticLines({ statics }: VrrpConfiguration): string[] {
  if (!statics) return [];
  const { addresses, routes, rules, trackGroups = [] } = statics;
  const lines: string[] = [];
  if (addresses.length > 0) lines.push('------< Static Addresses >------');
  for (const { trackGroup, ...address } of addresses) {
    const text = addressText({ configuration: address, interface: address.interface, isSet: false });
    lines.push(`     ${text}${trackGroup === undefined ? '' : ` track_group ${trackGroup}`}`);
  }
  if (routes.length > 0)
    lines.push('------< Static Routes >------', ...routes.map(route => `     ${routeText(route)}`));
  if (rules.length > 0) lines.push('------< Static Rules >------', ...rules.map(rule => `     ${ruleText(rule)}`));
  if (trackGroups.length > 0) lines.push('------< Static Track groups >------');
  for (const { name, members } of trackGroups) {
    lines.push(
      ` Static Track Group = ${name}`,
      '   VRRP member instances :',
      ...members.map(member => `     ${member}`),
    );
  }
  return lines;
}
