import { type BodySearch, startBodySearch } from '../health/body-pattern.ts';
import type { ProbeSpec } from '../ports/probe.ts';
import { bounds, type Conversation, type Finding, type ProbeContext, type Report } from './conversation.ts';
import { judgeReply } from './expectations.ts';
import { HttpReply } from './http-reply.ts';
import { httpRequest } from './http-request.ts';
import { openTcpStream, type Stream } from './stream.ts';
import { openTlsStream } from './tls-stream.ts';

type HttpSpec = Extract<ProbeSpec, { type: 'http' }>;

/** HTTP_GET and SSL_GET: when the peer has closed the connection, the status, then the digest, then the pattern. */
export function probeHttp(context: ProbeContext, spec: HttpSpec, report: Report): Conversation {
  let search: BodySearch | undefined;
  if (spec.pattern) {
    const started = startBodySearch(spec.pattern);
    if (!started.ok) {
      report({ failure: { type: 'not-started', error: started.reason } });
      return { cancel: () => {} };
    }
    search = started.value;
  }
  const reply = new HttpReply(bytes => search?.feed(bytes));
  const open = spec.tls ? openTlsStream(spec.tls) : openTcpStream;
  const stream: Stream = open(context, spec.endpoint, {
    connected: () => stream.send(httpRequest(spec)),
    received: bytes => {
      if (reply.feed(bytes)) return;
      stream.close();
      report(whatWasTooLong(reply));
    },
    ended: () => report(judge(spec, reply, search)),
    failed: failure => report({ failure, status: reply.status, excerpt: reply.excerpt }),
  });
  return { cancel: () => stream.close() };
}

function whatWasTooLong(reply: HttpReply): Finding {
  const { status, excerpt } = reply;
  return {
    failure: { type: 'protocol', excerpt: `too long: ${excerpt ?? ''}`.slice(0, bounds.excerpt) },
    status,
    excerpt,
  };
}

function judge(spec: HttpSpec, reply: HttpReply, search: BodySearch | undefined): Finding {
  const { status, excerpt } = reply;
  if (!reply.hasHeader) {
    const failure = excerpt === undefined ? ({ type: 'closed' } as const) : ({ type: 'protocol', excerpt } as const);
    return { failure, excerpt };
  }
  const { raw, decoded } = reply.digests();
  // A digest that was configured for what the chunks carry holds, too: their framing is the server's whim.
  const digest = decoded !== undefined && decoded === spec.digest ? decoded : raw;
  if (status === undefined) return { digest, excerpt, failure: { type: 'protocol', excerpt: excerpt ?? '' } };
  return judgeReply(spec, { status, digest, excerpt }, search);
}
