import { readFileSync } from 'node:fs';
import { ip } from '../base/ip-address.testkit.ts';
import type { IpvsDestination, IpvsService } from '../ports/ipvs.ts';
import { decodeMessages, messageType, type NetlinkMessage } from './message.ts';

interface Recording {
  readonly family: readonly string[];
  readonly services: readonly string[];
  readonly timeouts: readonly string[];
  readonly destinations: readonly (readonly string[])[];
  readonly syncDaemons: readonly string[];
}

const file = new URL('../../test/fixtures/netlink/ipvs-linux-6.1.json', import.meta.url);
const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording;

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** The messages of some datagrams, without those that end a dump or acknowledge. */
function messagesOf(datagrams: readonly string[]): readonly NetlinkMessage[] {
  return datagrams
    .flatMap(hex => decodeMessages(bytesOf(hex)).messages)
    .filter(({ type }) => type !== messageType.done && type !== messageType.error);
}

export const recordedFamily = messagesOf(recording.family);
export const recordedServices = messagesOf(recording.services);
export const recordedTimeouts = messagesOf(recording.timeouts);
/** In the order of the services. */
export const recordedDestinations = recording.destinations.map(messagesOf);
export const recordedSyncDaemons = messagesOf(recording.syncDaemons);

export const everyRecordedIpvsDatagram: readonly Uint8Array[] = [
  ...recording.family,
  ...recording.services,
  ...recording.timeouts,
  ...recording.destinations.flat(),
  ...recording.syncDaemons,
].map(bytesOf);

export const plainService: IpvsService = {
  key: { type: 'address', protocol: 'tcp', address: ip('192.0.2.1'), port: 80 },
  scheduler: 'wrr',
  persistenceSeconds: 0,
  persistencePrefix: 32,
  persistenceEngine: undefined,
  onePacket: false,
  hashed: true,
  schedulerFlags: [false, false, false],
};

export const plainDestination: IpvsDestination = {
  address: ip('198.51.100.1'),
  port: 8080,
  forwarding: { type: 'nat' },
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
};
