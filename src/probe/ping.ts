import { randomInt } from 'node:crypto';
import { familyOf } from '../base/ip-address.ts';
import { decodeEchoReply, encodeEchoRequest } from '../packet/icmp-echo.ts';
import { decodeIpv4Packet } from '../packet/ipv4-header.ts';
import type { ProbeSpec } from '../ports/probe.ts';
import type { Conversation, Finding, ProbeContext, Report } from './conversation.ts';
import { Datagrams } from './datagrams.ts';

/** PING_CHECK: an echo reply with the sequence number of the request. */
export function probePing(
  context: ProbeContext,
  spec: Extract<ProbeSpec, { type: 'ping' }>,
  report: Report,
): Conversation {
  const version = familyOf(spec.endpoint.address);
  // The kernel replaces the identifier on sockets that it sorts replies for, and only there the checksum over IPv6.
  const identifier = randomInt(0x1_0000);
  const sequence = randomInt(0x1_0000);
  const finish = (finding: Finding): void => {
    datagrams.close();
    report(finding);
  };
  const datagrams = new Datagrams(context, 'echo', spec.endpoint, {
    received: bytes => {
      const raw = datagrams.raw;
      const message = raw && version === 4 ? payload(bytes) : bytes;
      const echo = message && decodeEchoReply(message, version);
      if (echo?.sequence !== sequence || (raw && echo.identifier !== identifier)) return;
      finish({});
    },
    failed: error => report({ failure: { type: 'connection', error } }),
    silent: () => report({ failure: { type: 'timeout', during: 'read' } }),
  });
  const error = datagrams.send(encodeEchoRequest({ identifier, sequence }, version));
  if (error !== undefined) finish({ failure: { type: 'connection', error } });
  return { cancel: () => datagrams.close() };
}

function payload(bytes: Uint8Array): Uint8Array | undefined {
  const packet = decodeIpv4Packet(bytes);
  return packet.ok ? packet.value.payload : undefined;
}
