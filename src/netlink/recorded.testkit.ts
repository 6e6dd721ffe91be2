import { readFileSync } from 'node:fs';
import { decodeMessages, type NetlinkMessage } from './message.ts';

interface Recording {
  readonly links: readonly string[];
  readonly addresses: readonly string[];
  readonly events: Readonly<Record<string, readonly string[]>>;
}

const file = new URL('../../test/fixtures/netlink/linux-6.18.json', import.meta.url);
const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording;

const bytesOf = (datagrams: readonly string[]): readonly Uint8Array[] =>
  datagrams.map(hex => Uint8Array.from(Buffer.from(hex, 'hex')));

export const recordedLinks = bytesOf(recording.links);
export const recordedAddresses = bytesOf(recording.addresses);

/** What the kernel sent after a change; see test/fixtures/netlink/README.md. */
export function recordedEvent(name: string): readonly Uint8Array[] {
  return bytesOf(recording.events[name]!);
}

export const everyRecordedDatagram: readonly Uint8Array[] = [
  ...recordedLinks,
  ...recordedAddresses,
  ...Object.keys(recording.events).flatMap(recordedEvent),
];

export function messagesIn(datagrams: readonly Uint8Array[]): readonly NetlinkMessage[] {
  return datagrams.flatMap(datagram => decodeMessages(datagram).messages);
}
