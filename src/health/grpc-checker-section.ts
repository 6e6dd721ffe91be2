import { bindReaders, readBlock } from '../config/interpret.ts';
import { advise } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { boolean } from '../config/values.ts';
import type { CheckerContext, CheckTarget } from './check-target.ts';
import {
  type ConnectionDraft,
  completeEndpoint,
  completeSchedule,
  connectionReaders,
  emptyConnection,
  emptySchedule,
  type OwnDraft,
  ownReaders,
  type ScheduleDraft,
  scheduleReaders,
} from './checker-draft.ts';
import type { CheckerConfiguration } from './configuration.ts';
import { hostOf } from './host-header.ts';
import { checkerBlocks } from './keywords.ts';
import {
  completeVerification,
  emptyVerification,
  type VerificationDraft,
  verificationReaders,
  withoutPort,
} from './tls-draft.ts';

interface GrpcDraft extends OwnDraft {
  readonly schedule: ScheduleDraft;
  readonly connection: ConnectionDraft;
  readonly verification: VerificationDraft;
  service: string;
  tls: boolean;
  virtualHost: string | undefined;
  sendServerName: boolean;
  serverName: string | undefined;
}

const flag =
  (key: 'tls' | 'sendServerName') =>
  (statement: Statement, draft: GrpcDraft, context: CheckerContext): void => {
    draft[key] = boolean(statement, context) ?? draft[key];
  };

const readers = bindReaders<GrpcDraft, CheckerContext>(checkerBlocks['GRPC_CHECK']!, {
  ...ownReaders,
  ...scheduleReaders,
  ...connectionReaders,
  ...verificationReaders,
  service: (statement, draft) => {
    draft.service = statement.words[1]!.text;
  },
  tls: flag('tls'),
  virtualhost: (statement, draft) => {
    draft.virtualHost = statement.words[1]!.text;
  },
  enable_sni: flag('sendServerName'),
  sni_name: (statement, draft) => {
    draft.serverName = statement.words[1]!.text;
  },
});

/** A successful call of HTTP/2, which every gRPC reply is, even one that says no. */
const successes: readonly (readonly [number, number])[] = [[200, 200]];

/** GRPC_CHECK: grpc.health.v1.Health/Check answers SERVING. */
export function readGrpcCheck(
  statement: Statement,
  target: CheckTarget,
  context: CheckerContext,
): CheckerConfiguration {
  const draft: GrpcDraft = {
    schedule: emptySchedule(),
    connection: emptyConnection(target),
    verification: emptyVerification(),
    service: '',
    tls: false,
    virtualHost: undefined,
    sendServerName: false,
    serverName: undefined,
    shadow: false,
  };
  readBlock(statement.block!.statements, checkerBlocks['GRPC_CHECK']!, readers, draft, context);
  const endpoint = completeEndpoint(draft.connection, target, statement, context);
  const virtualHost = draft.virtualHost ?? target.virtualHost;
  const { authorities, name, verify } = draft.verification;
  const useless = draft.tls ? undefined : (verify ?? name ?? authorities);
  if (useless) {
    const message = `"${useless.words[0]!.text}" decides nothing without "tls"`;
    advise(context, located(useless), 'without-effect', message, 'add "tls", or leave it out');
  }
  const serverName = draft.sendServerName ? (draft.serverName ?? withoutPort(virtualHost)) : undefined;
  return {
    keyword: 'GRPC_CHECK',
    schedule: completeSchedule(draft.schedule, target),
    logAllFailures: draft.schedule.logAllFailures ?? context.logAllFailures,
    shadow: draft.shadow,
    kind: 'probe',
    probe: {
      type: 'http2',
      endpoint,
      tls: draft.tls
        ? {
            serverName,
            verify: completeVerification(draft.verification, serverName ?? virtualHost, context),
            client: context.tls.client,
            compliantShutdown: false,
          }
        : undefined,
      path: '/',
      host: virtualHost ?? hostOf(endpoint),
      statusRanges: successes,
      digest: undefined,
      pattern: undefined,
      grpcService: draft.service,
    },
  };
}
