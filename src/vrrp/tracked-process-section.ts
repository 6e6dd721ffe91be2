import { type Duration, zero } from '../base/duration.ts';
import { bindReaders, type Reader } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { decimalSeconds, integer } from '../config/values.ts';
import type { ProcessPattern } from '../ports/process-pattern.ts';
import type { TrackProcessConfiguration } from './configuration.ts';
import { vrrpBlocks } from './keywords.ts';
import { readTrackedBlock } from './tracked-block.ts';
import { objectWeights, readWeight } from './tracker-section.ts';

/** A vrrp_track_process block as written. */
export interface TrackProcessDraft {
  readonly statement: Statement;
  readonly name: string;
  command: string | undefined;
  parameters: readonly string[];
  /** Undefined: not said. Exact: said without a word. */
  match: 'exact' | 'initial' | 'partial' | undefined;
  wholeCommand: boolean;
  /** For trackers that have none of their own. */
  weight: number;
  reverse: boolean;
  quorum: number;
  maximum: number | undefined;
  forkDelay: Duration;
  terminateDelay: Duration;
}

const delays = { minimum: 0.000001, maximum: 3_600 };

function delay(...keys: readonly ('forkDelay' | 'terminateDelay')[]): Reader<TrackProcessDraft, SectionContext> {
  return (statement, draft, context) => {
    const span = decimalSeconds(statement, delays, context);
    if (span !== undefined) for (const key of keys) draft[key] = span;
  };
}

const readers = bindReaders<TrackProcessDraft, SectionContext>(vrrpBlocks.vrrp_track_process, {
  process: (statement, draft) => {
    const [, command, ...parameters] = statement.words;
    draft.command = command!.text;
    draft.parameters = parameters.map(({ text }) => text);
  },
  param_match: (statement, draft, context) => {
    const word = statement.words[1];
    if (!word) draft.match = 'exact';
    else if (word.text === 'initial' || word.text === 'partial') draft.match = word.text;
    else {
      const message = `"${shortened(word.text)}" is none of initial, partial`;
      complain(context, located(statement, word), 'bad-value', message, 'it is passed over');
    }
  },
  weight: readWeight(objectWeights),
  quorum: (statement, draft, context) => {
    const quorum = integer(statement, { minimum: 1, maximum: 65_535 }, context);
    if (quorum !== undefined && fits(quorum, draft.maximum, statement, context)) draft.quorum = quorum;
  },
  quorum_max: (statement, draft, context) => {
    const maximum = integer(statement, { minimum: 0, maximum: 65_535 }, context);
    if (maximum === undefined) return;
    // None at all: whatever quorum was given before is not meant.
    if (maximum === 0) draft.quorum = 0;
    if (fits(draft.quorum, maximum, statement, context)) draft.maximum = maximum;
  },
  delay: delay('forkDelay', 'terminateDelay'),
  terminate_delay: delay('terminateDelay'),
  fork_delay: delay('forkDelay'),
  full_command: (_statement, draft) => {
    draft.wholeCommand = true;
  },
});

/** The later of the two counts yields. */
function fits(quorum: number, maximum: number | undefined, statement: Statement, context: SectionContext): boolean {
  if (maximum === undefined || quorum <= maximum) return true;
  const message = `quorum ${quorum} is more than quorum_max ${maximum}`;
  complain(context, located(statement), 'bad-value', message, 'this line is passed over');
  return false;
}

/** Reads a vrrp_track_process block; undefined if it can be of no use to anybody. */
export function readTrackProcess(
  statement: Statement,
  known: ReadonlyMap<string, TrackProcessDraft>,
  context: SectionContext,
): TrackProcessDraft | undefined {
  const grammar = vrrpBlocks.vrrp_track_process;
  const draft = readTrackedBlock(statement, known, grammar, readers, emptyDraft, context);
  if (!draft || draft.command !== undefined) return draft;
  const message = `vrrp_track_process "${draft.name}" has no process`;
  complain(context, located(statement), 'bad-value', message, 'it is left out');
  return undefined;
}

function emptyDraft(statement: Statement, name: string): TrackProcessDraft {
  return {
    statement,
    name,
    command: undefined,
    parameters: [],
    match: undefined,
    wholeCommand: false,
    weight: 0,
    reverse: false,
    quorum: 1,
    maximum: undefined,
    forkDelay: zero,
    terminateDelay: zero,
  };
}

export function completeTrackProcess(draft: TrackProcessDraft): TrackProcessConfiguration {
  const { name, command, parameters: words, match, wholeCommand, quorum, maximum, forkDelay, terminateDelay } = draft;
  const mattering = match !== undefined || words.length > 0;
  const parameters: ProcessPattern['parameters'] = mattering ? { match: match ?? 'exact', words } : { match: 'any' };
  return {
    name,
    pattern: { command: command!, wholeCommand: wholeCommand || mattering, parameters },
    quorum,
    maximum,
    forkDelay,
    terminateDelay,
  };
}
