import { randomInt } from 'node:crypto';
import { decodeDnsHeader, encodeDnsQuery, encodeDomainName } from '../packet/dns-message.ts';
import type { ProbeFailure, ProbeSpec } from '../ports/probe.ts';
import { type Conversation, excerptOf, type Finding, type ProbeContext, type Report } from './conversation.ts';
import { Datagrams } from './datagrams.ts';

/** DNS_CHECK: a response of our id with rcode 0, whatever it answers. */
export function probeDns(
  context: ProbeContext,
  spec: Extract<ProbeSpec, { type: 'dns' }>,
  report: Report,
): Conversation {
  const name = encodeDomainName(spec.name);
  if (!name) {
    report({ failure: { type: 'not-started', error: `not a domain name: ${spec.name}` } });
    return { cancel: () => {} };
  }
  // Nobody who cannot see the question shall be able to answer it.
  const id = randomInt(0x1_0000);
  let strange: ProbeFailure | undefined;
  const finish = (finding: Finding): void => {
    datagrams.close();
    report(finding);
  };
  const datagrams = new Datagrams(context, 'datagram', spec.endpoint, {
    received: bytes => {
      const header = decodeDnsHeader(bytes);
      if (!header || header.id !== id || !header.response) {
        // Not the answer to this question, which may still come.
        strange = { type: 'protocol', excerpt: excerptOf(bytes) ?? `${bytes.length} bytes` };
        return;
      }
      const excerpt = `rcode ${header.rcode}, ${header.answers} answers`;
      if (header.rcode === 0) finish({ excerpt });
      else finish({ excerpt, failure: { type: 'rcode', rcode: header.rcode } });
    },
    failed: error => report({ failure: { type: 'connection', error } }),
    silent: () => report({ failure: strange ?? { type: 'timeout', during: 'read' } }),
  });
  const error = datagrams.send(encodeDnsQuery(id, spec.queryType, name));
  if (error !== undefined) finish({ failure: { type: 'connection', error } });
  return { cancel: () => datagrams.close() };
}
