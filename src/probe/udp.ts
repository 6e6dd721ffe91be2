import type { ProbeSpec } from '../ports/probe.ts';
import { type Conversation, excerptOf, type Finding, type ProbeContext, type Report } from './conversation.ts';
import { Datagrams } from './datagrams.ts';

type UdpSpec = Extract<ProbeSpec, { type: 'udp' }>;

/**
 * UDP_CHECK: fails if the network says that nobody listens. Silence fails only where a reply is required; where its data
 * are given, too, it must be of the right length and begin so.
 */
export function probeUdp(context: ProbeContext, spec: UdpSpec, report: Report): Conversation {
  const finish = (finding: Finding): void => {
    datagrams.close();
    report(finding);
  };
  const datagrams = new Datagrams(context, 'datagram', spec.endpoint, {
    received: bytes => {
      const excerpt = excerptOf(bytes);
      if (replyMatches(bytes, spec)) finish({ excerpt });
      else finish({ excerpt, failure: { type: 'reply' } });
    },
    failed: error => report({ failure: { type: 'connection', error } }),
    silent: () => report(spec.requireReply ? { failure: { type: 'timeout', during: 'read' } } : {}),
  });
  const error = datagrams.send(spec.payload);
  if (error !== undefined) finish({ failure: { type: 'connection', error } });
  return { cancel: () => datagrams.close() };
}

/** As keepalived: only a reply with expected data is looked at, and one that ends early agrees as far as it goes. */
function replyMatches(bytes: Uint8Array, { reply, minimumReplyLength, maximumReplyLength }: UdpSpec): boolean {
  if (!reply) return true;
  if (bytes.length < minimumReplyLength || bytes.length > maximumReplyLength) return false;
  return reply.slice(0, bytes.length * 2).every((nibble, place) => {
    const byte = bytes[place >> 1]!;
    return nibble === undefined || nibble === (place % 2 === 0 ? byte >> 4 : byte & 0xf);
  });
}
