import { type Family, familyOf } from '../base/ip-address.ts';
import type { IpvsServiceKey } from '../ports/ipvs.ts';

/** Numbers of the generic netlink family "IPVS": linux/ip_vs.h. */

export const ipvsFamily = 'IPVS';
export const ipvsVersion = 1;

export const ipvsCommand = {
  newService: 1,
  setService: 2,
  deleteService: 3,
  getService: 4,
  newDestination: 5,
  setDestination: 6,
  deleteDestination: 7,
  getDestination: 8,
  newDaemon: 9,
  deleteDaemon: 10,
  getDaemon: 11,
  setConfiguration: 12,
  getConfiguration: 13,
  setInformation: 14,
  getInformation: 15,
  flush: 17,
} as const;

/** Of the message itself. */
export const ipvsAttribute = {
  service: 1,
  destination: 2,
  daemon: 3,
  timeoutTcp: 4,
  timeoutTcpFin: 5,
  timeoutUdp: 6,
} as const;

export const serviceAttribute = {
  family: 1,
  protocol: 2,
  address: 3,
  /** Network byte order. */
  port: 4,
  fwmark: 5,
  scheduler: 6,
  /** The bits, and which of them count. */
  flags: 7,
  timeout: 8,
  /** IPv4: a mask in network byte order; IPv6: a prefix length. */
  netmask: 9,
  persistenceEngine: 11,
} as const;

export const serviceFlag = {
  persistent: 0x01,
  hashed: 0x02,
  onePacket: 0x04,
  scheduler: [0x08, 0x10, 0x20],
} as const;

export const destinationAttribute = {
  address: 1,
  /** Network byte order. */
  port: 2,
  forwarding: 3,
  weight: 4,
  upperThreshold: 5,
  lowerThreshold: 6,
  activeConnections: 7,
  inactiveConnections: 8,
  /** Of the destination's own address; kernels before 3.18 have none, and take the service's. */
  family: 11,
  /** The three since 5.3 (GRE since 5.3, too). */
  tunnelType: 13,
  tunnelPort: 14,
  tunnelFlags: 15,
} as const;

export const forwardingMethod = { nat: 0, local: 1, tunnel: 2, dr: 3 } as const;
/** The rest of the number says what became of connections. */
export const forwardingMask = 7;
export const tunnelType = { ipip: 0, gue: 1, gre: 2 } as const;
export const tunnelFlag = { none: 0, checksum: 1, remote: 2 } as const;

export const daemonAttribute = {
  state: 1,
  interface: 2,
  syncId: 3,
  maximumLength: 4,
  group: 5,
  group6: 6,
  port: 7,
  ttl: 8,
} as const;
export const daemonState = { master: 1, backup: 2 } as const;

export const familyNumber = { 4: 2, 6: 10 } as const;
export const protocolNumber = { tcp: 6, udp: 17, sctp: 132 } as const;

/** The family of a service's addresses. */
export function serviceFamily(key: IpvsServiceKey): Family {
  return key.type === 'fwmark' ? key.family : familyOf(key.address);
}
