import type { Duration } from '../base/duration.ts';
import { type Family, familyOf, type IpAddress, isLinkLocal } from '../base/ip-address.ts';
import type { Reader } from '../config/interpret.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { addressOf, boolean, decimalSeconds, integer } from '../config/values.ts';
import type { ProbeEndpoint } from '../ports/probe.ts';
import type { CheckTarget } from './check-target.ts';
import type { CheckSchedule } from './configuration.ts';
import { defaultDelayBeforeRetry, defaultDelayLoop, defaultTimeout } from './defaults.ts';

/** When a checker probes, as written. Undefined: not said. */
export interface ScheduleDraft {
  retries: number | undefined;
  delayBeforeRetry: Duration | undefined;
  warmup: Duration | undefined;
  delayLoop: Duration | undefined;
  alpha: boolean | undefined;
  logAllFailures: boolean | undefined;
}

/** Whom a checker talks to, as written. Undefined: not said. */
export interface ConnectionDraft {
  /** The server's, until the checker names another. */
  family: Family;
  /** keepalived says nothing about a source of the other family. */
  readonly silentAboutFamily: boolean;
  address: IpAddress | undefined;
  port: number | undefined;
  bindAddress: IpAddress | undefined;
  bindPort: number | undefined;
  bindInterface: string | undefined;
  timeout: Duration | undefined;
  fwmark: number | undefined;
}

/** What Holdfast has besides, of every checker. */
export interface OwnDraft {
  /** Reported, never acted upon. */
  shadow: boolean;
}

export const ownReaders: Readonly<Record<string, Reader<OwnDraft, SectionContext>>> = {
  shadow: (statement, draft, context) => {
    draft.shadow = boolean(statement, context) ?? draft.shadow;
  },
};

export function emptySchedule(): ScheduleDraft {
  return {
    retries: undefined,
    delayBeforeRetry: undefined,
    warmup: undefined,
    delayLoop: undefined,
    alpha: undefined,
    logAllFailures: undefined,
  };
}

export function emptyConnection(target: CheckTarget, silentAboutFamily = false): ConnectionDraft {
  return {
    family: familyOf(target.address),
    silentAboutFamily,
    address: undefined,
    port: undefined,
    bindAddress: undefined,
    bindPort: undefined,
    bindInterface: undefined,
    timeout: undefined,
    fwmark: undefined,
  };
}

type ScheduleReader = Reader<{ readonly schedule: ScheduleDraft }, SectionContext>;
type ConnectionReader = Reader<{ readonly connection: ConnectionDraft }, SectionContext>;

/** Microseconds in 64 bits. */
const longest = 18_446_744_073_709;
const largestNumber = 4_294_967_295;

const span =
  (key: 'delayBeforeRetry' | 'warmup' | 'delayLoop', minimum: number) =>
  (...[statement, { schedule }, context]: Parameters<ScheduleReader>): void => {
    schedule[key] = decimalSeconds(statement, { minimum, maximum: longest }, context) ?? schedule[key];
  };

/** Keywords of every checker that probes. */
export const scheduleReaders: Readonly<Record<string, ScheduleReader>> = {
  retry: (statement, { schedule }, context) => {
    const range = { minimum: 0, maximum: largestNumber };
    schedule.retries = integer(statement, range, context, false) ?? schedule.retries;
  },
  delay_before_retry: span('delayBeforeRetry', 0),
  warmup: span('warmup', 0),
  delay_loop: span('delayLoop', 0.000001),
  alpha: (statement, { schedule }, context) => {
    schedule.alpha = boolean(statement, context) ?? schedule.alpha;
  },
  log_all_failures: (statement, { schedule }, context) => {
    schedule.logAllFailures = boolean(statement, context) ?? schedule.logAllFailures;
  },
};

const port =
  (key: 'port' | 'bindPort'): ConnectionReader =>
  (statement, { connection }, context) => {
    const range = { minimum: 1, maximum: 65_535 };
    connection[key] = integer(statement, range, context, false) ?? connection[key];
  };

/** Keywords of every checker that talks to somebody. */
export const connectionReaders: Readonly<Record<string, ConnectionReader>> = {
  connect_ip: (statement, { connection }, context) => {
    const address = addressOf(statement, statement.words[1]!, context);
    if (!address) return;
    connection.address = address;
    connection.family = familyOf(address);
  },
  connect_port: port('port'),
  bindto: (statement, { connection }, context) => {
    const address = addressOf(statement, statement.words[1]!, context);
    if (!address) return;
    if (familyOf(address) === connection.family) connection.bindAddress = address;
    else {
      const message = `bindto ${address} is not of the family of what is connected to, IPv${connection.family}`;
      const tell = connection.silentAboutFamily ? advise : complain;
      tell(
        context,
        located(statement),
        'mixed-families',
        message,
        'it is passed over; connect_ip stands before bindto',
      );
    }
  },
  bind_port: port('bindPort'),
  bind_if: (statement, { connection }, context) => {
    const word = statement.words[1]!;
    connection.bindInterface = word.text;
    if (context.interfaceNames && !context.interfaceNames.has(word.text) && !context.dynamicInterfaces) {
      const message = `interface "${word.text}" does not exist`;
      advise(context, located(statement, word), 'no-such-interface', message, 'probes fail until it does');
    }
  },
  connect_timeout: (statement, { connection }, context) => {
    const range = { minimum: 0.000001, maximum: 4_294.967295 };
    connection.timeout = decimalSeconds(statement, range, context) ?? connection.timeout;
  },
  fwmark: (statement, { connection }, context) => {
    const range = { minimum: 0, maximum: largestNumber };
    connection.fwmark = integer(statement, range, context, false) ?? connection.fwmark;
  },
};

/** What differs between checkers in their defaults. */
export interface ScheduleDefaults {
  readonly retries: number;
  /** Undefined: the pause between any two probes. */
  readonly delayBeforeRetry: Duration | undefined;
}

/** The checker's own settings, then the server's, then the defaults. */
export function completeSchedule(
  draft: ScheduleDraft,
  target: CheckTarget,
  defaults: ScheduleDefaults = { retries: 1, delayBeforeRetry: defaultDelayBeforeRetry },
): CheckSchedule {
  const delayLoop = draft.delayLoop ?? target.delayLoop ?? defaultDelayLoop;
  const schedule = {
    delayLoop,
    delayBeforeRetry: draft.delayBeforeRetry ?? target.delayBeforeRetry ?? defaults.delayBeforeRetry ?? delayLoop,
    retries: draft.retries ?? target.retries ?? defaults.retries,
    warmup: draft.warmup ?? target.warmup ?? delayLoop,
    alpha: draft.alpha ?? target.alpha,
  };
  if (!sameSchedule(schedule, latest)) latest = schedule;
  return latest;
}

/** Neighbours mostly have the same: they share it, which a configuration of thousands of checkers is smaller for. */
let latest: CheckSchedule = {
  delayLoop: defaultDelayLoop,
  delayBeforeRetry: defaultDelayBeforeRetry,
  retries: 1,
  warmup: defaultDelayLoop,
  alpha: false,
};

function sameSchedule(left: CheckSchedule, right: CheckSchedule): boolean {
  return (
    left.delayLoop === right.delayLoop &&
    left.delayBeforeRetry === right.delayBeforeRetry &&
    left.retries === right.retries &&
    left.warmup === right.warmup &&
    left.alpha === right.alpha
  );
}

/** Where a checker connects to, and from. */
export function completeEndpoint(
  draft: ConnectionDraft,
  target: CheckTarget,
  statement: Statement,
  context: SectionContext,
): ProbeEndpoint {
  const address = draft.address ?? target.address;
  if (familyOf(address) === 6 && isLinkLocal(address) && draft.bindInterface === undefined) {
    const message = `the link-local address ${address} says nothing without an interface`;
    complain(context, located(statement), 'checker-incomplete', message, 'add bind_if; until then every probe fails');
  }
  const { bindAddress } = draft;
  const bindFits = bindAddress === undefined || familyOf(bindAddress) === familyOf(address);
  if (!bindFits) {
    const message = `bindto ${bindAddress} is not of the family of ${address}`;
    complain(context, located(statement), 'mixed-families', message, 'it is passed over');
  }
  return {
    address,
    port: draft.port ?? target.port,
    bindAddress: bindFits ? bindAddress : undefined,
    bindPort: draft.bindPort,
    bindInterface: draft.bindInterface,
    fwmark: draft.fwmark === 0 ? undefined : draft.fwmark,
    timeout: draft.timeout ?? target.connectTimeout ?? defaultTimeout,
  };
}
