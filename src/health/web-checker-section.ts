import { bindReaders, readBlock } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { boolean, integer, reportBadValue } from '../config/values.ts';
import type { ProbeEndpoint, ProbeSpec, TlsOptions } from '../ports/probe.ts';
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
import { webDelayBeforeRetry } from './defaults.ts';
import { hostOf } from './host-header.ts';
import { checkerBlocks } from './keywords.ts';
import { completeVerification, emptyVerification, type VerificationDraft, verificationReaders } from './tls-draft.ts';
import { completePattern, readUrl, type UrlDraft } from './url-section.ts';

type HttpVersion = Extract<ProbeSpec, { type: 'http' }>['version'] | '2';

interface WebDraft extends OwnDraft {
  readonly keyword: 'HTTP_GET' | 'SSL_GET';
  readonly schedule: ScheduleDraft;
  readonly connection: ConnectionDraft;
  readonly verification: VerificationDraft;
  virtualHost: string | undefined;
  version: HttpVersion;
  sendServerName: boolean;
  serverName: string | undefined;
  fastRecovery: boolean;
  compliantShutdown: boolean;
  readonly urls: UrlDraft[];
}

const versions: ReadonlyMap<string, HttpVersion> = new Map([
  ['1.0', '1.0'],
  ['1.0c', '1.0C'],
  ['1.1', '1.1'],
  ['2', '2'],
]);

const flag =
  (key: 'sendServerName' | 'fastRecovery' | 'compliantShutdown') =>
  (statement: Statement, draft: WebDraft, context: SectionContext): void => {
    draft[key] = boolean(statement, context) ?? draft[key];
  };

const readers = {
  ...ownReaders,
  ...scheduleReaders,
  ...connectionReaders,
  nb_get_retry: (statement: Statement, { schedule }: WebDraft, context: SectionContext): void => {
    const range = { minimum: 0, maximum: 4_294_967_295 };
    schedule.retries = integer(statement, range, context, false) ?? schedule.retries;
  },
  virtualhost: (statement: Statement, draft: WebDraft): void => {
    draft.virtualHost = statement.words[1]!.text;
  },
  http_protocol: (statement: Statement, draft: WebDraft, context: SectionContext): void => {
    const word = statement.words[1]!;
    const version = versions.get(word.text.toLowerCase());
    if (version) draft.version = version;
    if (version === '2' && !statement.line.ownOnly) {
      const hint = 'write "@holdfast http_protocol 2", and it passes over the line';
      complain(context, located(statement, word), 'own-keyword', 'keepalived does not know HTTP/2', hint);
    }
    if (!version) {
      const message = `http_protocol: "${shortened(word.text)}" is none of 1.0, 1.0C, 1.1 and 2`;
      reportBadValue(statement, word, message, 'it is not used; the default or earlier value stands', context);
    }
  },
  enable_sni: flag('sendServerName'),
  sni_name: (statement: Statement, draft: WebDraft): void => {
    draft.serverName = statement.words[1]!.text;
  },
  fast_recovery: flag('fastRecovery'),
  url: (statement: Statement, draft: WebDraft, context: SectionContext): void => {
    const url = readUrl(statement, draft.keyword, context);
    if (url) draft.urls.push(url);
  },
};

const readersOf = {
  HTTP_GET: bindReaders<WebDraft, CheckerContext>(checkerBlocks['HTTP_GET']!, readers),
  SSL_GET: bindReaders<WebDraft, CheckerContext>(checkerBlocks['SSL_GET']!, {
    ...readers,
    ...verificationReaders,
    tls_compliant: flag('compliantShutdown'),
  }),
};

/** HTTP_GET and SSL_GET; undefined if there is nothing to ask for. */
export function readWebCheck(
  statement: Statement,
  keyword: 'HTTP_GET' | 'SSL_GET',
  target: CheckTarget,
  context: CheckerContext,
): CheckerConfiguration | undefined {
  const draft: WebDraft = {
    keyword,
    schedule: emptySchedule(),
    connection: emptyConnection(target),
    verification: emptyVerification(),
    virtualHost: undefined,
    version: '1.0',
    sendServerName: false,
    serverName: undefined,
    fastRecovery: false,
    compliantShutdown: false,
    urls: [],
    shadow: false,
  };
  readBlock(statement.block!.statements, checkerBlocks[keyword]!, readersOf[keyword], draft, context);
  if (draft.urls.length === 0) {
    const message = `${keyword} has no url with a path`;
    complain(context, located(statement), 'checker-incomplete', message, 'the checker is left out');
    return undefined;
  }
  const endpoint = completeEndpoint(draft.connection, target, statement, context);
  return {
    keyword,
    schedule: completeSchedule(draft.schedule, target, { retries: 1, delayBeforeRetry: webDelayBeforeRetry }),
    logAllFailures: draft.schedule.logAllFailures ?? context.logAllFailures,
    shadow: draft.shadow,
    kind: 'urls',
    probes: draft.urls.map(url => probeOf(url, draft, endpoint, target, context)),
    fastRecovery: draft.fastRecovery,
  };
}

function probeOf(
  url: UrlDraft,
  draft: WebDraft,
  endpoint: ProbeEndpoint,
  target: CheckTarget,
  context: CheckerContext,
): ProbeSpec {
  const virtualHost = url.virtualHost ?? draft.virtualHost ?? target.virtualHost;
  const common = {
    endpoint,
    tls: draft.keyword === 'HTTP_GET' ? undefined : tlsOf(url, draft, virtualHost, context),
    path: url.path,
    host: virtualHost ?? hostOf(endpoint),
    statusRanges: url.statusRanges,
    digest: url.digest,
    pattern: completePattern(url, context),
  };
  const { version } = draft;
  return version === '2' ? { type: 'http2', grpcService: undefined, ...common } : { type: 'http', version, ...common };
}

function tlsOf(url: UrlDraft, draft: WebDraft, virtualHost: string | undefined, context: CheckerContext): TlsOptions {
  const serverName = draft.sendServerName ? (draft.serverName ?? virtualHost) : undefined;
  return {
    serverName,
    verify: completeVerification(draft.verification, serverName ?? virtualHost, context),
    client: context.tls.client,
    compliantShutdown: url.compliantShutdown ?? draft.compliantShutdown,
  };
}
