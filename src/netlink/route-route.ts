import { assert } from '../base/assert.ts';
import {
  type Family,
  familyOf,
  type IpAddress,
  ipAddressBytes,
  ipAddressFromBytes,
  maximumPrefixLength,
} from '../base/ip-address.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type {
  Encapsulation,
  NextHop,
  PlainMetric,
  Realms,
  RouteMetrics,
  RouteRequest,
  TimeMetric,
} from '../ports/route.ts';
import { attributeNumber, decodeAttributes } from './attribute.ts';
import { messageFlag, type NetlinkMessage, type NetlinkProblem, viewOf } from './message.ts';
import type { MessageWriter } from './message-writer.ts';

/** RTM_* of rtnetlink(7) for routes. */
export const routeMessage = { new: 24, delete: 25 } as const;

const familyNumbers = { 4: 2, 6: 10 } as const;
const headerLength = 12;
/** NLM_F_APPEND: behind routes that match as well. */
const append = 0x800;
const onlinkFlag = 4;

/** RTA_* of linux/rtnetlink.h. */
const attribute = {
  destination: 1,
  source: 2,
  outputInterface: 4,
  gateway: 5,
  priority: 6,
  preferredSource: 7,
  metrics: 8,
  multipath: 9,
  flow: 11,
  table: 15,
  preference: 20,
  encapsulationType: 21,
  encapsulation: 22,
  expires: 23,
  propagateTtl: 26,
} as const;

/** RTAX_*. */
const metricNumbers: Readonly<Record<PlainMetric | TimeMetric | 'congctl', number>> = {
  mtu: 2,
  window: 3,
  rtt: 4,
  rttvar: 5,
  ssthresh: 6,
  cwnd: 7,
  advmss: 8,
  reordering: 9,
  hoplimit: 10,
  initcwnd: 11,
  rto_min: 13,
  initrwnd: 14,
  quickack: 15,
  congctl: 16,
  fastopen_no_cookie: 17,
};
const lockMetric = 1;
const featuresMetric = 12;
const ecnFeature = 1;
/** Microseconds in what the kernel counts. */
const timeUnits: Readonly<Record<TimeMetric, number>> = { rtt: 125, rttvar: 250, rto_min: 1_000 };

/** ICMPV6_ROUTER_PREF_*, RFC 4191. */
const preferences = { low: 3, medium: 0, high: 1 } as const;

/** LWTUNNEL_ENCAP_*. */
const encapsulationTypes = { mpls: 1, ip: 2, ila: 3, ip6: 4 } as const;

/** RTM_NEWROUTE. EEXIST: the very route is there, or, for `add`, another one that matches as well. */
export function encodeAddRoute(
  writer: MessageWriter,
  route: RouteRequest,
  sequence: number,
  acknowledge: boolean,
): void {
  const place = route.place === 'append' ? append : route.place === 'add' ? messageFlag.exclusive : 0;
  encode(writer, routeMessage.new, messageFlag.create | place, route, sequence, acknowledge);
}

/** RTM_DELROUTE of this very route and no other. ESRCH: it is not there. */
export function encodeRemoveRoute(
  writer: MessageWriter,
  route: RouteRequest,
  sequence: number,
  acknowledge: boolean,
): void {
  encode(writer, routeMessage.delete, 0, route, sequence, acknowledge);
}

function encode(
  writer: MessageWriter,
  type: number,
  flags: number,
  route: RouteRequest,
  sequence: number,
  acknowledge: boolean,
): void {
  writer.begin(type, messageFlag.request | flags | (acknowledge ? messageFlag.acknowledge : 0), sequence);
  const { destination, from, table, nextHops } = route;
  const header = new Uint8Array(headerLength);
  header[0] = familyNumbers[route.family];
  header[1] = destination.prefixLength;
  header[2] = from?.prefixLength ?? 0;
  header[3] = route.tos;
  header[4] = table < 256 ? table : 0;
  header[5] = route.protocol;
  header[6] = route.scope;
  header[7] = route.type;
  viewOf(header).setUint32(8, route.onlink && nextHops.length === 0 ? onlinkFlag : 0, true);
  writer.append(header);
  if (destination.prefixLength > 0) writer.attribute(attribute.destination, ipAddressBytes(destination.address));
  if (from && from.prefixLength > 0) writer.attribute(attribute.source, ipAddressBytes(from.address));
  if (table >= 256) writer.attributeNumber(attribute.table, table);
  if (route.preferredSource !== undefined) {
    writer.attribute(attribute.preferredSource, ipAddressBytes(route.preferredSource));
  }
  if (route.metric !== undefined) writer.attributeNumber(attribute.priority, route.metric);
  appendMetrics(writer, route.metrics);
  if (route.expiresSeconds !== undefined) writer.attributeNumber(attribute.expires, route.expiresSeconds);
  if (route.preference !== undefined) writer.attribute(attribute.preference, [preferences[route.preference]]);
  if (route.propagateTtl !== undefined) writer.attribute(attribute.propagateTtl, [route.propagateTtl ? 1 : 0]);
  if (nextHops.length > 0) appendHops(writer, nextHops);
  else {
    if (route.gateway !== undefined) writer.attribute(attribute.gateway, ipAddressBytes(route.gateway));
    if (route.device !== undefined) writer.attributeNumber(attribute.outputInterface, route.device);
    appendEncapsulation(writer, route.encapsulation);
  }
  if (route.realms) writer.attributeNumber(attribute.flow, flowOf(route.realms));
  writer.end();
}

export function flowOf({ source, destination }: Realms): number {
  return ((source << 16) | destination) >>> 0;
}

function appendMetrics(writer: MessageWriter, metrics: RouteMetrics): void {
  const numbers = new Map<number, number>();
  for (const name of Object.keys(metrics.plain) as PlainMetric[]) {
    numbers.set(metricNumbers[name], metrics.plain[name]!);
  }
  for (const name of Object.keys(metrics.times) as TimeMetric[]) {
    numbers.set(metricNumbers[name], Math.min(0xffff_ffff, Math.floor(metrics.times[name]! / timeUnits[name])));
  }
  if (metrics.ecn) numbers.set(featuresMetric, ecnFeature);
  let locks = 0;
  for (const name of metrics.locked) locks |= 1 << metricNumbers[name];
  if (locks !== 0) numbers.set(lockMetric, locks >>> 0);
  const { congestionControl } = metrics;
  if (numbers.size === 0 && congestionControl === undefined) return;
  const nested = writer.beginNested(attribute.metrics);
  for (const [type, value] of numbers) writer.attributeNumber(type, value);
  if (congestionControl !== undefined) writer.attributeText(metricNumbers.congctl, congestionControl);
  writer.endNested(nested);
}

/** struct rtnexthop before the attributes of each hop. */
function appendHops(writer: MessageWriter, hops: readonly NextHop<number>[]): void {
  const all = writer.beginNested(attribute.multipath);
  for (const hop of hops) {
    const start = writer.beginHop(hop.onlink ? onlinkFlag : 0, hop.weight - 1, hop.device ?? 0);
    if (hop.gateway !== undefined) writer.attribute(attribute.gateway, ipAddressBytes(hop.gateway));
    if (hop.realms) writer.attributeNumber(attribute.flow, flowOf(hop.realms));
    appendEncapsulation(writer, hop.encapsulation);
    writer.endNested(start);
  }
  writer.endNested(all);
}

function appendEncapsulation(writer: MessageWriter, encapsulation: Encapsulation | undefined): void {
  if (!encapsulation) return;
  const nested = writer.beginNested(attribute.encapsulation);
  switch (encapsulation.type) {
    case 'mpls':
      writer.attribute(1, labelStack(encapsulation.labels));
      break;
    case 'ila':
      writer.attribute(1, locatorBytes(encapsulation.locator));
      break;
    default:
      appendTunnel(writer, encapsulation);
  }
  writer.endNested(nested);
  writer.attributeShort(attribute.encapsulationType, encapsulationTypes[encapsulation.type]);
}

/** LWTUNNEL_IP_* and LWTUNNEL_IP6_*, which agree. */
function appendTunnel(writer: MessageWriter, tunnel: Encapsulation & { readonly type: 'ip' | 'ip6' }): void {
  if (tunnel.id !== undefined) writer.attribute(1, bytesOf64(BigInt(tunnel.id)));
  if (tunnel.destination !== undefined) writer.attribute(2, ipAddressBytes(tunnel.destination));
  if (tunnel.source !== undefined) writer.attribute(3, ipAddressBytes(tunnel.source));
  if (tunnel.hopLimit !== undefined) writer.attribute(4, [tunnel.hopLimit & 0xff]);
  if (tunnel.trafficClass !== undefined) writer.attribute(5, [tunnel.trafficClass & 0xff]);
  if (tunnel.flags !== undefined) writer.attribute(6, [(tunnel.flags >> 8) & 0xff, tunnel.flags & 0xff]);
}

/** RFC 3032: 20 bits of label, and in the last one the bottom of the stack. */
function labelStack(labels: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * labels.length);
  const view = viewOf(bytes);
  labels.forEach((label, place) => {
    view.setUint32(4 * place, ((label << 12) | (place === labels.length - 1 ? 0x100 : 0)) >>> 0);
  });
  return bytes;
}

function locatorBytes(locator: string): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = viewOf(bytes);
  locator.split(':').forEach((group, place) => {
    view.setUint16(2 * place, Number.parseInt(group, 16));
  });
  return bytes;
}

/** In network byte order. */
export function bytesOf64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  viewOf(bytes).setBigUint64(0, BigInt.asUintN(64, value));
  return bytes;
}

/** Enough of what the kernel tells of a route to tell ours from others. */
interface RouteIdentity {
  readonly family: Family;
  readonly table: number;
  readonly destination: { readonly address: IpAddress; readonly prefixLength: number };
  readonly from: { readonly address: IpAddress; readonly prefixLength: number } | undefined;
  readonly tos: number;
  readonly protocol: number;
  readonly type: number;
  readonly metric: number;
  readonly gateway: IpAddress | undefined;
  /** Index; undefined for several hops. */
  readonly device: number | undefined;
}

/** The routeKey of a route that RTM_NEWROUTE or RTM_DELROUTE tells of; undefined for other families and for what the kernel only remembers. */
export function decodeRouteKey(message: NetlinkMessage): Result<string | undefined, NetlinkProblem> {
  const { body } = message;
  if (body.length < headerLength) return failed('message-body-truncated');
  const family: Family | undefined = body[0] === 2 ? 4 : body[0] === 10 ? 6 : undefined;
  const isCloned = (viewOf(body).getUint32(8, true) & 0x200) !== 0;
  if (family === undefined || isCloned) return ok(undefined);
  const attributes = decodeAttributes(body, headerLength);
  if (attributes.problem) return failed(attributes.problem);
  const address = (type: number, prefixLength: number): RouteIdentity['destination'] | undefined => {
    const bytes = attributes.byType.get(type) ?? new Uint8Array(family === 4 ? 4 : 16);
    if (bytes.length !== (family === 4 ? 4 : 16) || prefixLength > maximumPrefixLength(family)) return undefined;
    return { address: ipAddressFromBytes(bytes), prefixLength };
  };
  const destination = address(attribute.destination, body[1]!);
  const from = body[2]! > 0 ? address(attribute.source, body[2]!) : undefined;
  if (!destination || (body[2]! > 0 && !from)) return failed('attribute-malformed');
  const gateway = attributes.byType.get(attribute.gateway);
  if (gateway && gateway.length !== 4 && gateway.length !== 16) return failed('attribute-malformed');
  const identity: RouteIdentity = {
    family,
    table: attributeNumber(attributes, attribute.table) ?? body[4]!,
    destination,
    from,
    tos: body[3]!,
    protocol: body[5]!,
    type: body[7]!,
    metric: attributeNumber(attributes, attribute.priority) ?? 0,
    gateway: gateway && ipAddressFromBytes(gateway),
    device: attributeNumber(attributes, attribute.outputInterface),
  };
  return ok(JSON.stringify(identity));
}

/** What a route of ours is known by when the kernel tells of it. */
export function routeKey(route: RouteRequest): string {
  const { family, destination, from, tos, protocol, type, nextHops } = route;
  assert(familyOf(destination.address) === family, 'a route is of the family of its destination');
  const identity: RouteIdentity = {
    family,
    table: route.table,
    destination,
    from: from && from.prefixLength > 0 ? from : undefined,
    tos,
    protocol,
    type,
    // IP6_RT_PRIO_USER
    metric: family === 6 && (route.metric ?? 0) === 0 ? 1_024 : (route.metric ?? 0),
    gateway: nextHops.length > 0 ? undefined : route.gateway,
    device: nextHops.length > 0 ? undefined : route.device,
  };
  return JSON.stringify(identity);
}
