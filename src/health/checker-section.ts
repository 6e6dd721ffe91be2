import { seconds } from '../base/duration.ts';
import { bindReaders, type Reader, readBlock } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement, standsLater } from '../config/tree.ts';
import { boolean, integer, integerOf } from '../config/values.ts';
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
import { readDnsCheck, readUdpCheck } from './datagram-checker-section.ts';
import { defaultDelayBeforeRetry, defaultHeloName } from './defaults.ts';
import { readGrpcCheck } from './grpc-checker-section.ts';
import { checkerBlocks } from './keywords.ts';
import { readWebCheck } from './web-checker-section.ts';

/** Reads a checker's block. It may make no checker, with a diagnostic, or several. */
export function readChecker(
  statement: Statement,
  target: CheckTarget,
  context: CheckerContext,
): readonly CheckerConfiguration[] {
  const keyword = statement.words[0]!.text;
  const checker = ((): CheckerConfiguration | undefined => {
    switch (keyword) {
      case 'TCP_CHECK':
        return readPlainCheck(statement, keyword, 'tcp', target, context);
      case 'PING_CHECK':
        return readPlainCheck(statement, keyword, 'ping', target, context);
      case 'HTTP_GET':
      case 'SSL_GET':
        return readWebCheck(statement, keyword, target, context);
      case 'DNS_CHECK':
        return readDnsCheck(statement, target, context);
      case 'UDP_CHECK':
        return readUdpCheck(statement, target, context);
      case 'GRPC_CHECK':
        return readGrpcCheck(statement, target, context);
      case 'MISC_CHECK':
        return readScriptCheck(statement, target, context);
      case 'FILE_CHECK':
        return readFileCheck(statement, target, context);
      case 'BFD_CHECK':
        return readBfdCheck(statement, target, context);
      default:
        return undefined;
    }
  })();
  if (keyword === 'SMTP_CHECK') return readSmtpChecks(statement, target, context);
  return checker ? [checker] : [];
}

interface PlainDraft extends OwnDraft {
  readonly schedule: ScheduleDraft;
  readonly connection: ConnectionDraft;
}

const plainReaders = {
  TCP_CHECK: bindReaders<PlainDraft, SectionContext>(checkerBlocks['TCP_CHECK']!, {
    ...ownReaders,
    ...scheduleReaders,
    ...connectionReaders,
  }),
  PING_CHECK: bindReaders<PlainDraft, SectionContext>(checkerBlocks['PING_CHECK']!, {
    ...ownReaders,
    ...scheduleReaders,
    ...connectionReaders,
  }),
};

function readPlainCheck(
  statement: Statement,
  keyword: 'TCP_CHECK' | 'PING_CHECK',
  type: 'tcp' | 'ping',
  target: CheckTarget,
  context: CheckerContext,
): CheckerConfiguration {
  const draft: PlainDraft = { schedule: emptySchedule(), connection: emptyConnection(target), shadow: false };
  readBlock(statement.block!.statements, checkerBlocks[keyword]!, plainReaders[keyword], draft, context);
  const endpoint = completeEndpoint(draft.connection, target, statement, context);
  return {
    keyword,
    schedule: completeSchedule(draft.schedule, target),
    logAllFailures: draft.schedule.logAllFailures ?? context.logAllFailures,
    shadow: draft.shadow,
    kind: 'probe',
    probe: type === 'ping' ? { type, endpoint: { ...endpoint, port: 0, bindPort: undefined } } : { type, endpoint },
  };
}

interface SmtpDraft extends PlainDraft {
  heloName: string | undefined;
  readonly hosts: Statement[];
}

const smtpReaders = bindReaders<SmtpDraft, SectionContext>(checkerBlocks['SMTP_CHECK']!, {
  ...ownReaders,
  ...scheduleReaders,
  ...connectionReaders,
  helo_name: (statement, draft) => {
    draft.heloName = statement.words[1]!.text;
  },
  host: (statement, draft) => {
    if (statement.block) draft.hosts.push(statement);
  },
});

const hostReaders = bindReaders<PlainDraft, SectionContext>(checkerBlocks['SMTP_CHECK']!.blocks.get('host')!, {
  ...scheduleReaders,
  ...connectionReaders,
});

/** Each of the old host blocks is a checker of its own, in place of the one that they stand in. */
function readSmtpChecks(
  statement: Statement,
  target: CheckTarget,
  context: CheckerContext,
): readonly CheckerConfiguration[] {
  const grammar = checkerBlocks['SMTP_CHECK']!;
  const draft: SmtpDraft = {
    schedule: emptySchedule(),
    connection: emptyConnection(target, true),
    heloName: undefined,
    hosts: [],
    shadow: false,
  };
  readBlock(statement.block!.statements, grammar, smtpReaders, draft, context);
  const connections =
    draft.hosts.length === 0
      ? [{ connection: draft.connection, at: statement }]
      : draft.hosts.map(host => {
          const connection = { ...emptyConnection(target), timeout: draft.connection.timeout };
          const inner: PlainDraft = { schedule: draft.schedule, connection, shadow: draft.shadow };
          readBlock(host.block!.statements, grammar.blocks.get('host')!, hostReaders, inner, context);
          return { connection, at: host };
        });
  const heloName = draft.heloName ?? context.heloName ?? defaultHeloName;
  return connections.map(({ connection, at }) => ({
    keyword: 'SMTP_CHECK',
    schedule: completeSchedule(draft.schedule, target),
    logAllFailures: draft.schedule.logAllFailures ?? context.logAllFailures,
    shadow: draft.shadow,
    kind: 'probe',
    probe: { type: 'smtp', endpoint: completeEndpoint(connection, target, at, context), heloName },
  }));
}

interface ScriptDraft extends OwnDraft {
  readonly schedule: ScheduleDraft;
  script: Statement | undefined;
  user: Statement | undefined;
  timeout: number | undefined;
  dynamic: boolean;
}

const scriptReaders = bindReaders<ScriptDraft, SectionContext>(checkerBlocks['MISC_CHECK']!, {
  ...ownReaders,
  ...scheduleReaders,
  misc_path: (statement, draft) => {
    draft.script = statement.words[1]!.text === '' ? undefined : statement;
  },
  misc_timeout: (statement, draft, context) => {
    draft.timeout = integer(statement, { minimum: 0, maximum: 4_294 }, context, false) ?? draft.timeout;
  },
  misc_dynamic: (_statement, draft) => {
    draft.dynamic = true;
  },
  user: (statement, draft) => {
    draft.user = statement;
  },
});

function readScriptCheck(
  statement: Statement,
  target: CheckTarget,
  context: CheckerContext,
): CheckerConfiguration | undefined {
  const draft: ScriptDraft = {
    schedule: emptySchedule(),
    script: undefined,
    user: undefined,
    timeout: undefined,
    dynamic: false,
    shadow: false,
  };
  readBlock(statement.block!.statements, checkerBlocks['MISC_CHECK']!, scriptReaders, draft, context);
  if (!draft.script) {
    complain(context, located(statement), 'script-without-command', 'MISC_CHECK has no misc_path', 'it is left out');
    return undefined;
  }
  const script = context.scripts.resolve(draft.script, 'checked', draft.user);
  if (!script) return undefined;
  const schedule = completeSchedule(draft.schedule, target, {
    retries: 0,
    delayBeforeRetry: defaultDelayBeforeRetry,
  });
  const timeout = draft.timeout ? seconds(draft.timeout) : schedule.delayLoop;
  return {
    keyword: 'MISC_CHECK',
    schedule,
    logAllFailures: draft.schedule.logAllFailures ?? context.logAllFailures,
    shadow: draft.shadow,
    kind: 'probe',
    probe: { type: 'script', script, timeout, dynamic: draft.dynamic },
  };
}

interface FileDraft extends OwnDraft {
  name: Statement | undefined;
  weight: number | undefined;
  reverse: boolean | undefined;
}

const largestWeight = 2_147_483_647;

const fileReaders = bindReaders<FileDraft, SectionContext>(checkerBlocks['FILE_CHECK']!, {
  ...ownReaders,
  track_file: (statement, draft) => {
    draft.name = statement;
  },
  weight: (statement, draft, context) => {
    const range = { minimum: -largestWeight, maximum: largestWeight };
    draft.weight = integerOf(statement, statement.words[1]!, range, context, false) ?? draft.weight;
    const word = statement.words[2];
    draft.reverse = word?.text === 'reverse';
    if (word && !draft.reverse) {
      const message = `"${shortened(word.text)}" is no option of a weight`;
      complain(context, located(statement, word), 'bad-tracker-option', message, '"reverse" is the only one');
    }
  },
});

function readFileCheck(
  statement: Statement,
  target: CheckTarget,
  context: CheckerContext,
): CheckerConfiguration | undefined {
  const draft: FileDraft = { name: undefined, weight: undefined, reverse: undefined, shadow: false };
  readBlock(statement.block!.statements, checkerBlocks['FILE_CHECK']!, fileReaders, draft, context);
  const name = draft.name?.words[1]?.text;
  if (!draft.name || name === undefined) {
    complain(context, located(statement), 'checker-incomplete', 'FILE_CHECK names no track_file', 'it is left out');
    return undefined;
  }
  const file = context.trackFiles.get(name);
  if (!file) {
    const message = `there is no track_file "${name}"`;
    complain(context, located(draft.name), 'unknown-track-file', message, 'the checker is left out');
    return undefined;
  }
  if (standsLater(file.statement, draft.name)) {
    const message = `track_file "${name}" is defined only further down, where keepalived has not read it yet`;
    complain(context, located(draft.name), 'unknown-track-file', message, 'here it is used; move it up');
  }
  return {
    keyword: 'FILE_CHECK',
    schedule: completeSchedule(emptySchedule(), target),
    logAllFailures: context.logAllFailures,
    shadow: draft.shadow,
    kind: 'file',
    name,
    file: file.path,
    weight: draft.weight ?? file.weight,
    reverse: draft.reverse ?? file.reverse,
  };
}

interface BfdDraft extends OwnDraft {
  name: Statement | undefined;
  alpha: boolean | undefined;
}

const bfdReaders: Readonly<Record<string, Reader<BfdDraft, SectionContext>>> = {
  ...ownReaders,
  name: (statement, draft, context) => {
    if (statement.words.length === 2) draft.name = statement;
    else {
      const message = 'BFD_CHECK follows one bfd_instance';
      complain(context, located(statement, statement.words[2]), 'bad-value', message, 'the line is passed over');
    }
  },
  alpha: (statement, draft, context) => {
    draft.alpha = boolean(statement, context) ?? draft.alpha;
  },
};
const boundBfdReaders = bindReaders<BfdDraft, SectionContext>(checkerBlocks['BFD_CHECK']!, bfdReaders);

function readBfdCheck(
  statement: Statement,
  target: CheckTarget,
  context: CheckerContext,
): CheckerConfiguration | undefined {
  const draft: BfdDraft = { name: undefined, alpha: undefined, shadow: false };
  readBlock(statement.block!.statements, checkerBlocks['BFD_CHECK']!, boundBfdReaders, draft, context);
  const session = draft.name?.words[1]?.text;
  if (!draft.name || session === undefined) {
    complain(context, located(statement), 'checker-incomplete', 'BFD_CHECK names no bfd_instance', 'it is left out');
    return undefined;
  }
  const instance = context.bfdInstances().get(session);
  if (!instance) {
    const message = `there is no bfd_instance "${shortened(session)}"`;
    complain(context, located(draft.name), 'unknown-bfd-instance', message, 'the checker is left out');
    return undefined;
  }
  if (standsLater(instance, draft.name)) {
    const message = `bfd_instance "${session}" is defined only further down, where keepalived has not read it yet`;
    complain(context, located(draft.name), 'unknown-bfd-instance', message, 'here it is used; move it up');
  }
  return {
    keyword: 'BFD_CHECK',
    schedule: { ...completeSchedule(emptySchedule(), target), alpha: draft.alpha ?? target.alpha },
    logAllFailures: context.logAllFailures,
    shadow: draft.shadow,
    kind: 'bfd',
    session,
    weight: 0,
  };
}
