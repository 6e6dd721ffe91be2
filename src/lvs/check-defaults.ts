import type { Duration } from '../base/duration.ts';
import type { Reader } from '../config/interpret.ts';
import type { SectionContext } from '../config/section-context.ts';
import { decimalSeconds, integer } from '../config/values.ts';

/** What a virtual or real server says for the checkers below it. Undefined: not said. */
export interface CheckDefaults {
  retries: number | undefined;
  delayBeforeRetry: Duration | undefined;
  warmup: Duration | undefined;
  connectTimeout: Duration | undefined;
  delayLoop: Duration | undefined;
  virtualHost: string | undefined;
}

/** What nearly every server says for them: nothing. All share it until they do. */
export const nothingSaid: Readonly<CheckDefaults> = {
  retries: undefined,
  delayBeforeRetry: undefined,
  warmup: undefined,
  connectTimeout: undefined,
  delayLoop: undefined,
  virtualHost: undefined,
};

/** What a block says, to add to. */
function saidIn(draft: DefaultsDraft): CheckDefaults {
  if (draft.checks === nothingSaid) draft.checks = { ...nothingSaid };
  return draft.checks;
}

/** The nearer one wins, setting by setting. */
export function inherited(near: CheckDefaults, far: CheckDefaults): CheckDefaults {
  if (near === nothingSaid) return far;
  return {
    retries: near.retries ?? far.retries,
    delayBeforeRetry: near.delayBeforeRetry ?? far.delayBeforeRetry,
    warmup: near.warmup ?? far.warmup,
    connectTimeout: near.connectTimeout ?? far.connectTimeout,
    delayLoop: near.delayLoop ?? far.delayLoop,
    virtualHost: near.virtualHost ?? far.virtualHost,
  };
}

/** Microseconds in 64 bits. */
const longest = 18_446_744_073_709;

interface DefaultsDraft {
  checks: CheckDefaults;
}

type DefaultsReader = Reader<DefaultsDraft, SectionContext>;

const span =
  (key: 'delayBeforeRetry' | 'warmup' | 'connectTimeout' | 'delayLoop', minimum: number, maximum: number) =>
  (...[statement, draft, context]: Parameters<DefaultsReader>): void => {
    const checks = saidIn(draft);
    checks[key] = decimalSeconds(statement, { minimum, maximum }, context) ?? checks[key];
  };

/** Keywords that virtual and real servers share. */
export const checkDefaultReaders: Readonly<Record<string, DefaultsReader>> = {
  retry: (statement, draft, context) => {
    const checks = saidIn(draft);
    checks.retries = integer(statement, { minimum: 1, maximum: 4_294_967_295 }, context, false) ?? checks.retries;
  },
  delay_before_retry: span('delayBeforeRetry', 0, longest),
  warmup: span('warmup', 0, longest),
  connect_timeout: span('connectTimeout', 0.000001, 4_294.967295),
  delay_loop: span('delayLoop', 0.000001, longest),
  virtualhost: (statement, draft) => {
    saidIn(draft).virtualHost = statement.words[1]!.text;
  },
};
