import type { ProbeSpec } from '../ports/probe.ts';
import type { Conversation, ProbeContext, Report } from './conversation.ts';
import { TcpConnecting } from './tcp-connection.ts';

/** TCP_CHECK: a connection that stands is success. */
export function probeTcp(
  context: ProbeContext,
  spec: Extract<ProbeSpec, { type: 'tcp' }>,
  report: Report,
): Conversation {
  return new TcpConnecting(context, spec.endpoint, {
    established: (socket, watch) => {
      watch.stop();
      socket.close();
      report({});
    },
    failed: failure => report({ failure }),
  });
}
