import { unreachable } from '../base/assert.ts';
import { familyOf, type IpAddress, ipAddressBytes } from '../base/ip-address.ts';
import type {
  IpvsCommand,
  IpvsDestination,
  IpvsForwarding,
  IpvsService,
  IpvsServiceKey,
  IpvsSyncDaemon,
  IpvsTimeouts,
} from '../ports/ipvs.ts';
import { beginGeneric } from './generic.ts';
import {
  daemonAttribute,
  daemonState,
  destinationAttribute,
  familyNumber,
  forwardingMethod,
  ipvsAttribute,
  ipvsCommand,
  ipvsVersion,
  protocolNumber,
  serviceAttribute,
  serviceFamily,
  serviceFlag,
  tunnelFlag,
  tunnelType,
} from './ipvs-format.ts';
import { messageFlag, viewOf } from './message.ts';
import type { MessageWriter } from './message-writer.ts';

/** One change of the table as a message to the family that the kernel numbered `family`. */
export function encodeIpvsCommand(
  family: number,
  writer: MessageWriter,
  command: IpvsCommand,
  sequence: number,
  acknowledge: boolean,
): void {
  const flags = acknowledge ? messageFlag.acknowledge : 0;
  beginGeneric(writer, family, commandNumber(command), ipvsVersion, flags, sequence);
  switch (command.type) {
    case 'add-service':
    case 'edit-service':
      appendService(writer, command.service);
      break;
    case 'remove-service':
      appendServiceKey(writer, command.key);
      break;
    case 'add-destination':
    case 'edit-destination':
      appendServiceKey(writer, command.key);
      appendDestination(writer, command.destination);
      break;
    case 'remove-destination':
      appendServiceKey(writer, command.key);
      appendDestinationKey(writer, command.address, command.port);
      break;
    case 'flush':
      break;
    case 'set-timeouts':
      appendTimeouts(writer, command.timeouts);
      break;
    case 'start-sync-daemon':
      appendDaemon(writer, command.daemon);
      break;
    case 'stop-sync-daemon': {
      const daemon = writer.beginNested(ipvsAttribute.daemon);
      writer.attributeNumber(daemonAttribute.state, daemonState[command.state]);
      writer.endNested(daemon);
      break;
    }
    default:
      unreachable(command);
  }
  writer.end();
}

function commandNumber(command: IpvsCommand): number {
  switch (command.type) {
    case 'add-service':
      return ipvsCommand.newService;
    case 'edit-service':
      return ipvsCommand.setService;
    case 'remove-service':
      return ipvsCommand.deleteService;
    case 'add-destination':
      return ipvsCommand.newDestination;
    case 'edit-destination':
      return ipvsCommand.setDestination;
    case 'remove-destination':
      return ipvsCommand.deleteDestination;
    case 'flush':
      return ipvsCommand.flush;
    case 'set-timeouts':
      return ipvsCommand.setConfiguration;
    case 'start-sync-daemon':
      return ipvsCommand.newDaemon;
    case 'stop-sync-daemon':
      return ipvsCommand.deleteDaemon;
    default:
      return unreachable(command);
  }
}

/** Asks for every service. */
export function encodeServiceDump(family: number, writer: MessageWriter, sequence: number): void {
  beginGeneric(writer, family, ipvsCommand.getService, ipvsVersion, messageFlag.dump, sequence);
  writer.end();
}

/** Asks for every destination of one service. */
export function encodeDestinationDump(
  family: number,
  writer: MessageWriter,
  key: IpvsServiceKey,
  sequence: number,
): void {
  beginGeneric(writer, family, ipvsCommand.getDestination, ipvsVersion, messageFlag.dump, sequence);
  appendServiceKey(writer, key);
  writer.end();
}

/** Asks for the daemons that run. */
export function encodeDaemonDump(family: number, writer: MessageWriter, sequence: number): void {
  beginGeneric(writer, family, ipvsCommand.getDaemon, ipvsVersion, messageFlag.dump, sequence);
  writer.end();
}

/** Asks for the timeouts. */
export function encodeTimeoutsRequest(family: number, writer: MessageWriter, sequence: number): void {
  beginGeneric(writer, family, ipvsCommand.getConfiguration, ipvsVersion, messageFlag.acknowledge, sequence);
  writer.end();
}

function appendService(writer: MessageWriter, service: IpvsService): void {
  const at = writer.beginNested(ipvsAttribute.service);
  appendIdentity(writer, service.key);
  writer.attributeText(serviceAttribute.scheduler, service.scheduler);
  if (service.persistenceEngine !== undefined) {
    writer.attributeText(serviceAttribute.persistenceEngine, service.persistenceEngine);
  }
  const bits = new Uint8Array(8);
  viewOf(bits).setUint32(0, serviceFlags(service), true);
  viewOf(bits).setUint32(4, 0xffff_ffff, true);
  writer.attribute(serviceAttribute.flags, bits);
  writer.attributeNumber(serviceAttribute.timeout, service.persistenceSeconds);
  if (serviceFamily(service.key) === 4) {
    writer.attribute(serviceAttribute.netmask, prefixMask(service.persistencePrefix));
  } else writer.attributeNumber(serviceAttribute.netmask, service.persistencePrefix);
  writer.endNested(at);
}

function appendServiceKey(writer: MessageWriter, key: IpvsServiceKey): void {
  const at = writer.beginNested(ipvsAttribute.service);
  appendIdentity(writer, key);
  writer.endNested(at);
}

function appendIdentity(writer: MessageWriter, key: IpvsServiceKey): void {
  writer.attributeShort(serviceAttribute.family, familyNumber[serviceFamily(key)]);
  if (key.type === 'fwmark') {
    writer.attributeNumber(serviceAttribute.fwmark, key.mark);
    return;
  }
  writer.attributeShort(serviceAttribute.protocol, protocolNumber[key.protocol]);
  writer.attribute(serviceAttribute.address, addressUnion(key.address));
  writer.attribute(serviceAttribute.port, portBytes(key.port));
}

function appendDestination(writer: MessageWriter, destination: IpvsDestination): void {
  const at = writer.beginNested(ipvsAttribute.destination);
  appendDestinationIdentity(writer, destination.address, destination.port);
  const forwarding = destination.forwarding;
  writer.attributeNumber(destinationAttribute.forwarding, forwardingMethod[forwarding.type]);
  writer.attributeNumber(destinationAttribute.weight, destination.weight);
  writer.attributeNumber(destinationAttribute.upperThreshold, destination.upperThreshold);
  writer.attributeNumber(destinationAttribute.lowerThreshold, destination.lowerThreshold);
  if (forwarding.type === 'tunnel') appendTunnel(writer, forwarding);
  writer.endNested(at);
}

function appendTunnel(writer: MessageWriter, tunnel: IpvsForwarding & { readonly type: 'tunnel' }): void {
  writer.attribute(destinationAttribute.tunnelType, [tunnelType[tunnel.encapsulation]]);
  if (tunnel.encapsulation === 'gue') writer.attribute(destinationAttribute.tunnelPort, portBytes(tunnel.port));
  writer.attributeShort(destinationAttribute.tunnelFlags, tunnelFlag[tunnel.checksum]);
}

function appendDestinationKey(writer: MessageWriter, address: IpAddress, port: number): void {
  const at = writer.beginNested(ipvsAttribute.destination);
  appendDestinationIdentity(writer, address, port);
  writer.endNested(at);
}

function appendDestinationIdentity(writer: MessageWriter, address: IpAddress, port: number): void {
  // Other than the service's only where a tunnel leads from one family to the other.
  writer.attributeShort(destinationAttribute.family, familyNumber[familyOf(address)]);
  writer.attribute(destinationAttribute.address, addressUnion(address));
  writer.attribute(destinationAttribute.port, portBytes(port));
}

function appendTimeouts(writer: MessageWriter, timeouts: IpvsTimeouts): void {
  const values = [
    [ipvsAttribute.timeoutTcp, timeouts.tcp],
    [ipvsAttribute.timeoutTcpFin, timeouts.tcpFin],
    [ipvsAttribute.timeoutUdp, timeouts.udp],
  ] as const;
  for (const [type, value] of values) if (value > 0) writer.attributeNumber(type, value);
}

function appendDaemon(writer: MessageWriter, daemon: IpvsSyncDaemon): void {
  const at = writer.beginNested(ipvsAttribute.daemon);
  writer.attributeNumber(daemonAttribute.state, daemonState[daemon.state]);
  writer.attributeText(daemonAttribute.interface, daemon.interface);
  writer.attributeNumber(daemonAttribute.syncId, daemon.syncId);
  if (daemon.maximumLength > 0) writer.attributeShort(daemonAttribute.maximumLength, daemon.maximumLength);
  if (daemon.port > 0) writer.attributeShort(daemonAttribute.port, daemon.port);
  if (daemon.ttl > 0) writer.attribute(daemonAttribute.ttl, [daemon.ttl]);
  if (daemon.group !== undefined) {
    const type = familyOf(daemon.group) === 4 ? daemonAttribute.group : daemonAttribute.group6;
    writer.attribute(type, ipAddressBytes(daemon.group));
  }
  writer.endNested(at);
}

function serviceFlags(service: IpvsService): number {
  let bits = service.persistenceSeconds > 0 ? serviceFlag.persistent : 0;
  if (service.hashed) bits |= serviceFlag.hashed;
  if (service.onePacket) bits |= serviceFlag.onePacket;
  service.schedulerFlags.forEach((set, place) => {
    if (set) bits |= serviceFlag.scheduler[place] ?? 0;
  });
  return bits;
}

/** union nf_inet_addr: 16 bytes for either family. */
function addressUnion(address: IpAddress): Uint8Array {
  const bytes = ipAddressBytes(address);
  if (bytes.length === 16) return bytes;
  const union = new Uint8Array(16);
  union.set(bytes);
  return union;
}

/** Network byte order. */
function portBytes(port: number): readonly number[] {
  return [port >> 8, port & 0xff];
}

/** Four bytes in network order whose first `length` bits are set. */
function prefixMask(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  if (length > 0) viewOf(bytes).setUint32(0, (0xffff_ffff << (32 - length)) >>> 0);
  return bytes;
}
