import { type Duration, microseconds, seconds } from '../base/duration.ts';
import type { Reader } from '../config/interpret.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { integer, integerOf } from '../config/values.ts';
import { leastRealTimeLimit, type ProcessScheduling, type SchedulingConfiguration } from './scheduling.ts';

type Process = 'vrrp' | 'checker' | 'bfd';
type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

export type SchedulingDraft = Writable<Omit<SchedulingConfiguration, Process>> & {
  readonly [Key in Process]: Writable<ProcessScheduling>;
};

export function emptySchedulingDraft(): SchedulingDraft {
  const asStarted = (): Writable<ProcessScheduling> => ({
    niceness: undefined,
    realTimePriority: undefined,
    realTimeLimit: leastRealTimeLimit,
    memoryLocked: false,
    processors: undefined,
  });
  return {
    vrrp: asStarted(),
    checker: asStarted(),
    bfd: asStarted(),
    mostAutomaticPriority: 0,
    automaticPriorityDelay: seconds(1),
  };
}

export function completeScheduling(draft: SchedulingDraft): SchedulingConfiguration {
  return { ...draft, vrrp: { ...draft.vrrp }, checker: { ...draft.checker }, bfd: { ...draft.bfd } };
}

type SchedulingReader = Reader<{ readonly scheduling: SchedulingDraft }, SectionContext>;

const highestPriority = 99;

/** A number beyond the bounds is taken for the nearest that is not, as in keepalived. */
function realTimePriority(statement: Statement, context: SectionContext): number | undefined {
  const priority = integer(statement, { minimum: -2_147_483_648, maximum: 2_147_483_647 }, context);
  if (priority === undefined || (priority >= 1 && priority <= highestPriority)) return priority;
  const nearest = priority < 1 ? 1 : highestPriority;
  const message = `${statement.words[0]!.text}: "${priority}" is outside 1 .. ${highestPriority}`;
  complain(context, located(statement, statement.words[1]), 'bad-value', message, `${nearest} is used`);
  return nearest;
}

function realTimeLimit(statement: Statement, context: SectionContext): Duration | undefined {
  const limit = integer(statement, { minimum: 1, maximum: 4_294_967_295 }, context);
  if (limit === undefined) return undefined;
  if (limit < leastRealTimeLimit) {
    const message = `${statement.words[0]!.text}: ${limit} us would end a process that collects garbage`;
    advise(
      context,
      located(statement, statement.words[1]),
      'short-real-time-limit',
      message,
      `${leastRealTimeLimit} us are used`,
    );
  }
  return microseconds(limit);
}

/** All of them, or none where one is no processor of this machine. */
function processors(statement: Statement, context: SectionContext): readonly number[] | undefined {
  const numbers = new Set<number>();
  const maximum = (context.processors ?? 65_536) - 1;
  for (const word of statement.words.slice(1)) {
    const number = integerOf(statement, word, { minimum: 0, maximum }, context, false);
    if (number === undefined) return undefined;
    numbers.add(number);
  }
  return [...numbers].sort((left, right) => left - right);
}

function readersOf(process: Process): Readonly<Record<string, SchedulingReader>> {
  const limit: SchedulingReader = (statement, { scheduling }, context) => {
    scheduling[process].realTimeLimit = realTimeLimit(statement, context) ?? scheduling[process].realTimeLimit;
  };
  return {
    [`${process}_priority`]: (statement, { scheduling }, context) => {
      const niceness = integer(statement, { minimum: -20, maximum: 19 }, context);
      if (niceness !== undefined) scheduling[process].niceness = niceness;
    },
    // Whatever follows the word: `no` means yes, as in keepalived.
    [`${process}_no_swap`]: (_statement, { scheduling }) => {
      scheduling[process].memoryLocked = true;
    },
    [`${process}_rt_priority`]: (statement, { scheduling }, context) => {
      const priority = realTimePriority(statement, context);
      if (priority !== undefined) scheduling[process].realTimePriority = priority;
    },
    [`${process}_cpu_affinity`]: (statement, { scheduling }, context) => {
      scheduling[process].processors = processors(statement, context) ?? scheduling[process].processors;
    },
    [`${process}_rlimit_rttime`]: limit,
    [`${process}_rlimit_rtime`]: limit,
  };
}

/** In global_defs. */
export const schedulingGlobalReaders: Readonly<Record<string, SchedulingReader>> = {
  ...readersOf('vrrp'),
  ...readersOf('checker'),
  ...readersOf('bfd'),
  max_auto_priority: (statement, { scheduling }, context) => {
    const word = statement.words[1];
    // -1 only keeps keepalived from recommending it.
    const most = word ? integer(statement, { minimum: -1, maximum: highestPriority }, context) : highestPriority;
    if (most !== undefined) scheduling.mostAutomaticPriority = Math.max(0, most);
  },
  min_auto_priority_delay: (statement, { scheduling }, context) => {
    const delay = integer(statement, { minimum: 1, maximum: 10_000_000 }, context);
    if (delay !== undefined) scheduling.automaticPriorityDelay = microseconds(delay);
  },
};
