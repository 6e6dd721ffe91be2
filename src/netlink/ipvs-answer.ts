import { type Family, type IpAddress, ipAddressFromBytes } from '../base/ip-address.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type {
  IpvsDestination,
  IpvsForwarding,
  IpvsLoad,
  IpvsProtocol,
  IpvsService,
  IpvsServiceKey,
  IpvsSyncDaemon,
  IpvsTimeouts,
} from '../ports/ipvs.ts';
import { type Attributes, attributeNumber, attributeText, decodeAttributes } from './attribute.ts';
import { genericCommand, genericHeaderLength } from './generic.ts';
import {
  daemonAttribute,
  daemonState,
  destinationAttribute,
  familyNumber,
  forwardingMask,
  forwardingMethod,
  ipvsAttribute,
  ipvsCommand,
  protocolNumber,
  serviceAttribute,
  serviceFamily,
  serviceFlag,
  tunnelFlag,
  tunnelType,
} from './ipvs-format.ts';
import type { NetlinkMessage, NetlinkProblem } from './message.ts';
import { viewOf } from './message.ts';

/** `not-ours`: something that this codec never writes, such as a protocol without ports. */
export type IpvsProblem = NetlinkProblem | 'not-ours';

/** Reads one message of a dump of services. */
export function decodeService(message: NetlinkMessage): Result<IpvsService, IpvsProblem> {
  const opened = open(message, ipvsCommand.newService, ipvsAttribute.service);
  if (!opened.ok) return opened;
  const attributes = opened.value;
  const key = serviceKey(attributes);
  if (!key.ok) return key;
  const scheduler = attributeText(attributes, serviceAttribute.scheduler);
  const flags = attributes.byType.get(serviceAttribute.flags);
  const timeout = attributeNumber(attributes, serviceAttribute.timeout);
  const netmask = attributes.byType.get(serviceAttribute.netmask);
  if (scheduler === undefined || !flags || timeout === undefined || !netmask) return failed('attribute-missing');
  if (flags.length !== 8 || netmask.length !== 4) return failed('attribute-malformed');
  const bits = viewOf(flags).getUint32(0, true);
  const family = serviceFamily(key.value);
  const prefix = family === 4 ? prefixOfMask(viewOf(netmask).getUint32(0)) : viewOf(netmask).getUint32(0, true);
  if (prefix > 128) return failed('attribute-malformed');
  const [first, second, third] = serviceFlag.scheduler;
  return ok({
    key: key.value,
    scheduler,
    // The time stays when persistence is taken away.
    persistenceSeconds: (bits & serviceFlag.persistent) === 0 ? 0 : timeout,
    persistencePrefix: prefix,
    persistenceEngine: attributeText(attributes, serviceAttribute.persistenceEngine),
    onePacket: (bits & serviceFlag.onePacket) !== 0,
    hashed: (bits & serviceFlag.hashed) !== 0,
    schedulerFlags: [(bits & first) !== 0, (bits & second) !== 0, (bits & third) !== 0],
  });
}

/** Reads one message of a dump of the destinations of a service whose addresses are of the given family. */
export function decodeDestination(message: NetlinkMessage, family: Family): Result<IpvsDestination, IpvsProblem> {
  const opened = open(message, ipvsCommand.newDestination, ipvsAttribute.destination);
  if (!opened.ok) return opened;
  const attributes = opened.value;
  const own = familyIn(attributes, destinationAttribute.family);
  if (!own.ok && own.reason !== 'attribute-missing') return own;
  const address = addressIn(attributes, destinationAttribute.address, own.ok ? own.value : family);
  if (!address.ok) return address;
  const port = portIn(attributes, destinationAttribute.port);
  if (!port.ok) return port;
  const method = attributeNumber(attributes, destinationAttribute.forwarding);
  const weight = attributeNumber(attributes, destinationAttribute.weight);
  const upperThreshold = attributeNumber(attributes, destinationAttribute.upperThreshold);
  const lowerThreshold = attributeNumber(attributes, destinationAttribute.lowerThreshold);
  if (method === undefined || weight === undefined) return failed('attribute-missing');
  if (upperThreshold === undefined || lowerThreshold === undefined) return failed('attribute-missing');
  const forwarding = forwardingOf(method, attributes);
  if (!forwarding.ok) return forwarding;
  return ok({
    address: address.value,
    port: port.value,
    forwarding: forwarding.value,
    weight,
    upperThreshold,
    lowerThreshold,
  });
}

/** The connections that the same message counts. */
export function decodeLoad(message: NetlinkMessage, family: Family): Result<IpvsLoad, IpvsProblem> {
  const destination = decodeDestination(message, family);
  if (!destination.ok) return destination;
  const opened = open(message, ipvsCommand.newDestination, ipvsAttribute.destination);
  if (!opened.ok) return opened;
  const active = attributeNumber(opened.value, destinationAttribute.activeConnections);
  const inactive = attributeNumber(opened.value, destinationAttribute.inactiveConnections);
  if (active === undefined || inactive === undefined) return failed('attribute-missing');
  const { address, port } = destination.value;
  return ok({ address, port, active, inactive });
}

/** Reads one message of a dump of the sync daemons. */
export function decodeSyncDaemon(message: NetlinkMessage): Result<IpvsSyncDaemon, IpvsProblem> {
  const opened = open(message, ipvsCommand.newDaemon, ipvsAttribute.daemon);
  if (!opened.ok) return opened;
  const attributes = opened.value;
  const state = keyOf(daemonState, attributeNumber(attributes, daemonAttribute.state));
  const name = attributeText(attributes, daemonAttribute.interface);
  const syncId = attributeNumber(attributes, daemonAttribute.syncId);
  if (state === undefined || name === undefined || syncId === undefined) return failed('attribute-missing');
  const group = attributes.byType.get(daemonAttribute.group) ?? attributes.byType.get(daemonAttribute.group6);
  if (group && group.length !== 4 && group.length !== 16) return failed('attribute-malformed');
  return ok({
    state,
    interface: name,
    syncId,
    maximumLength: shortIn(attributes, daemonAttribute.maximumLength) ?? 0,
    port: shortIn(attributes, daemonAttribute.port) ?? 0,
    ttl: attributes.byType.get(daemonAttribute.ttl)?.[0] ?? 0,
    group: group && ipAddressFromBytes(group),
  });
}

/** Reads the answer to encodeTimeoutsRequest. */
export function decodeTimeouts(message: NetlinkMessage): Result<IpvsTimeouts, IpvsProblem> {
  const command = genericCommand(message);
  if (command === undefined) return failed('message-body-truncated');
  if (command !== ipvsCommand.setConfiguration) return failed('not-ours');
  const attributes = decodeAttributes(message.body, genericHeaderLength);
  if (attributes.problem) return failed(attributes.problem);
  const tcp = attributeNumber(attributes, ipvsAttribute.timeoutTcp);
  const tcpFin = attributeNumber(attributes, ipvsAttribute.timeoutTcpFin);
  // A kernel without one of the protocols says nothing of it.
  return ok({ tcp: tcp ?? 0, tcpFin: tcpFin ?? 0, udp: attributeNumber(attributes, ipvsAttribute.timeoutUdp) ?? 0 });
}

/** The attributes within the one attribute that such a message has. */
function open(message: NetlinkMessage, command: number, attribute: number): Result<Attributes, IpvsProblem> {
  const found = genericCommand(message);
  if (found === undefined) return failed('message-body-truncated');
  if (found !== command) return failed('not-ours');
  const outer = decodeAttributes(message.body, genericHeaderLength);
  if (outer.problem) return failed(outer.problem);
  const bytes = outer.byType.get(attribute);
  if (!bytes) return failed('attribute-missing');
  const inner = decodeAttributes(bytes);
  return inner.problem ? failed(inner.problem) : ok(inner);
}

function serviceKey(attributes: Attributes): Result<IpvsServiceKey, IpvsProblem> {
  const family = familyIn(attributes, serviceAttribute.family);
  if (!family.ok) return family;
  const mark = attributeNumber(attributes, serviceAttribute.fwmark);
  if (mark !== undefined) return ok({ type: 'fwmark', mark, family: family.value });
  const protocolBits = shortIn(attributes, serviceAttribute.protocol);
  if (protocolBits === undefined) return failed('attribute-missing');
  const protocol: IpvsProtocol | undefined = keyOf(protocolNumber, protocolBits);
  if (protocol === undefined) return failed('not-ours');
  const address = addressIn(attributes, serviceAttribute.address, family.value);
  if (!address.ok) return address;
  const port = portIn(attributes, serviceAttribute.port);
  if (!port.ok) return port;
  return ok({ type: 'address', protocol, address: address.value, port: port.value });
}

function forwardingOf(method: number, attributes: Attributes): Result<IpvsForwarding, IpvsProblem> {
  const type = keyOf(forwardingMethod, method & forwardingMask);
  if (type === undefined) return failed('not-ours');
  if (type !== 'tunnel') return ok({ type });
  // Kernels before 5.2 know one kind, and name none.
  const kind = attributes.byType.get(destinationAttribute.tunnelType)?.[0] ?? tunnelType.ipip;
  const encapsulation = keyOf(tunnelType, kind);
  const flags = shortIn(attributes, destinationAttribute.tunnelFlags) ?? tunnelFlag.none;
  const checksum = keyOf(tunnelFlag, flags);
  if (encapsulation === undefined || checksum === undefined) return failed('not-ours');
  const port = portIn(attributes, destinationAttribute.tunnelPort);
  return ok({ type, encapsulation, port: encapsulation === 'gue' && port.ok ? port.value : 0, checksum });
}

function familyIn(attributes: Attributes, type: number): Result<Family, IpvsProblem> {
  const number = shortIn(attributes, type);
  if (number === undefined) return failed('attribute-missing');
  if (number === familyNumber[4]) return ok(4);
  return number === familyNumber[6] ? ok(6) : failed('not-ours');
}

function addressIn(attributes: Attributes, type: number, family: Family): Result<IpAddress, IpvsProblem> {
  const bytes = attributes.byType.get(type);
  if (!bytes) return failed('attribute-missing');
  const length = family === 4 ? 4 : 16;
  // A union of both families, of which IPv4 fills the beginning.
  if (bytes.length < length) return failed('attribute-malformed');
  return ok(ipAddressFromBytes(bytes.subarray(0, length)));
}

function portIn(attributes: Attributes, type: number): Result<number, IpvsProblem> {
  const bytes = attributes.byType.get(type);
  if (!bytes) return failed('attribute-missing');
  return bytes.length === 2 ? ok(viewOf(bytes).getUint16(0)) : failed('attribute-malformed');
}

function shortIn(attributes: Attributes, type: number): number | undefined {
  const bytes = attributes.byType.get(type);
  return bytes?.length === 2 ? viewOf(bytes).getUint16(0, true) : undefined;
}

function keyOf<Key extends string>(table: Readonly<Record<Key, number>>, value: number | undefined): Key | undefined {
  for (const key in table) if (table[key] === value) return key;
  return undefined;
}

/** -1 if the set bits are not the first ones. */
function prefixOfMask(mask: number): number {
  const length = Math.clz32(~mask);
  const expected = length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
  return mask === expected ? length : -1;
}
