import { type Duration, inMilliseconds } from '../base/duration.ts';
import { familyOf, maximumPrefixLength } from '../base/ip-address.ts';
import type { Encapsulation, NextHop, PlainMetric, Prefix, Realms, RouteMetrics, TimeMetric } from '../ports/route.ts';
import type { VirtualRoute, VirtualRule } from './configuration.ts';
import { routeTypes } from './route-section.ts';

/** `prepend 10.1.0.0/24 via inet 10.0.0.9 dev eth0 proto 18 metric 5`, word for word as keepalived shows it. */
export function routeText(route: VirtualRoute): string {
  const words: (string | number)[] = [route.place];
  if (route.type !== 1) words.push(routeTypes[route.type] ?? route.type);
  words.push(prefixText(route.destination));
  if (route.from) words.push('from', prefixText(route.from));
  if (route.preferredSource !== undefined) words.push('src', route.preferredSource);
  if (route.tos !== 0) words.push('tos', route.tos);
  if (route.encapsulation) words.push(...encapsulationWords(route.encapsulation));
  if (route.gateway !== undefined) words.push('via', `inet${route.family === 6 ? '6' : ''}`, route.gateway);
  if (route.device !== undefined) words.push('dev', route.device);
  if (route.table !== 254) words.push('table', route.table);
  if (route.said.protocol) words.push('proto', route.protocol);
  if (route.said.scope) words.push('scope', route.scope);
  if (route.metric !== undefined) words.push('metric', route.metric);
  if (route.onlink) words.push('onlink');
  if (route.realms) words.push(...realmWords(route.realms));
  if (route.expiresSeconds !== undefined) words.push('expires', `${route.expiresSeconds}sec`);
  words.push(...metricWords(route.metrics));
  if (route.preference !== undefined) words.push('pref', route.preference);
  if (route.propagateTtl !== undefined) words.push('ttl-propagate', route.propagateTtl ? 'enabled' : 'disabled');
  for (const hop of route.nextHops) words.push(...hopWords(hop));
  if (route.noTrack) words.push('no_track');
  if (route.trackGroup !== undefined) words.push('track_group', route.trackGroup);
  return words.join(' ');
}

/** `from 10.9.0.0/24 priority 100 tos 0x0 protocol 18 lookup 200`, word for word as keepalived shows it. */
export function ruleText(rule: VirtualRule): string {
  const words: (string | number)[] = rule.inverted ? ['not'] : [];
  words.push('from', rule.from ? prefixText(rule.from) : 'all');
  if (rule.to) words.push('to', prefixText(rule.to));
  words.push('priority', rule.preference, 'tos', hexadecimal(rule.tos));
  if (rule.mark) {
    const { value, mask } = rule.mark;
    words.push('fwmark', `${hexadecimal(value)}${mask === undefined ? '' : `/${hexadecimal(mask)}`}`);
  }
  if (rule.inputInterface !== undefined) words.push('iif', rule.inputInterface);
  if (rule.outputInterface !== undefined) words.push('oif', rule.outputInterface);
  if (rule.suppressPrefixLength !== undefined) words.push('suppress_prefixlen', rule.suppressPrefixLength);
  if (rule.suppressInterfaceGroup !== undefined) words.push('suppress_ifgroup', rule.suppressInterfaceGroup);
  if (rule.tunnelId !== undefined) words.push('tunnel-id', rule.tunnelId);
  if (rule.userIds) words.push('uidrange', `${rule.userIds.first}-${rule.userIds.last}`);
  if (rule.l3mdev) words.push('l3mdev');
  if (rule.protocol !== undefined) words.push('protocol', rule.protocol);
  if (rule.ipProtocol !== undefined) words.push('ipproto', rule.ipProtocol);
  if (rule.sourcePorts) words.push('sport', `${rule.sourcePorts.first}-${rule.sourcePorts.last}`);
  if (rule.destinationPorts) words.push('dport', `${rule.destinationPorts.first}-${rule.destinationPorts.last}`);
  if (rule.realms) words.push('realms', `${rule.realms.source}/${rule.realms.destination}`);
  words.push(...actionWords(rule.action));
  if (rule.noTrack) words.push('no_track');
  if (rule.trackGroup !== undefined) words.push('track_group', rule.trackGroup);
  return words.join(' ');
}

function actionWords(action: VirtualRule['action']): (string | number)[] {
  if (action.type === 'table') return ['lookup', action.table];
  if (action.type === 'goto') return ['goto', action.preference];
  return action.type === 'nop' ? ['nop'] : ['type', action.type];
}

/** Without its length if it is one address. */
function prefixText({ address, prefixLength }: Prefix): string {
  return prefixLength === maximumPrefixLength(familyOf(address)) ? address : `${address}/${prefixLength}`;
}

function hexadecimal(number: number): string {
  return `0x${number.toString(16)}`;
}

function realmWords({ source, destination }: Realms): string[] {
  return source === 0 ? ['realm', `${destination}`] : ['realms', `${source}/${destination}`];
}

function hopWords(hop: NextHop<string>): (string | number)[] {
  const words: (string | number)[] = ['nexthop'];
  if (hop.gateway !== undefined) words.push('via', `inet${familyOf(hop.gateway) === 6 ? '6' : ''}`, hop.gateway);
  if (hop.device !== undefined) words.push('dev', hop.device);
  if (hop.weight !== 1) words.push('weight', hop.weight);
  if (hop.onlink) words.push('onlink');
  if (hop.encapsulation) words.push(...encapsulationWords(hop.encapsulation));
  if (hop.realms) words.push(...realmWords(hop.realms));
  return words;
}

function encapsulationWords(encapsulation: Encapsulation): (string | number)[] {
  if (encapsulation.type === 'mpls') return ['encap', 'mpls', encapsulation.labels.join('/')];
  if (encapsulation.type === 'ila') return ['encap', 'ila', encapsulation.locator];
  const { type, id, destination, source, trafficClass, hopLimit, flags } = encapsulation;
  const words: (string | number)[] = ['encap', type];
  if (id !== undefined) words.push('id', id);
  if (destination !== undefined) words.push('dst', destination);
  if (source !== undefined) words.push('src', source);
  if (trafficClass !== undefined) words.push(type === 'ip' ? 'tos' : 'tc', trafficClass);
  if (hopLimit !== undefined) words.push(type === 'ip' ? 'ttl' : 'hoplimit', hopLimit);
  if (flags !== undefined) words.push('flags', hexadecimal(flags));
  return words;
}

/** In the order of keepalived's dump. */
const metricNames = [
  'rtt',
  'rttvar',
  'rto_min',
  'features',
  'mtu',
  'window',
  'ssthresh',
  'cwnd',
  'advmss',
  'reordering',
  'hoplimit',
  'initcwnd',
  'initrwnd',
  'quickack',
  'fastopen_no_cookie',
] as const;

function metricWords({ plain, times, ecn, congestionControl, locked }: RouteMetrics): string[] {
  const named = new Map<string, string>();
  for (const [name, value] of Object.entries(plain)) named.set(name as PlainMetric, String(value));
  for (const [name, value] of Object.entries(times)) named.set(name as TimeMetric, timeText(value));
  if (ecn) named.set('features', 'ecn');
  const lock = (name: string): string[] => (locked.some(each => each === name) ? ['lock'] : []);
  const words = congestionControl === undefined ? [] : ['congctl', ...lock('congctl'), congestionControl];
  for (const name of metricNames) {
    const value = named.get(name);
    if (value !== undefined) words.push(name, ...lock(name), value);
  }
  return words;
}

function timeText(span: Duration): string {
  const milliseconds = Math.floor(inMilliseconds(span));
  return milliseconds % 1_000 === 0 ? `${milliseconds / 1_000}s` : `${milliseconds}ms`;
}
