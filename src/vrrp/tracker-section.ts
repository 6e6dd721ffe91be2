import { type Reader, reportSlashComment } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { advise, checkInterface, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { integerOf, type Range } from '../config/values.ts';
import type { Word } from '../config/words.ts';

/** A line of track_interface, track_script, track_bfd, track_file or track_process, before it is known what it names. */
export interface TrackerLine {
  readonly statement: Statement;
  readonly name: string;
  /** Undefined: the tracked object's own weight. */
  readonly weight: number | undefined;
  /** Undefined: the tracked object's own setting. */
  readonly reverse: boolean | undefined;
}

/** Weights that cannot move a priority further than from one end to the other. */
export const trackerWeights = { minimum: -253, maximum: 253 };
/** The number of a file is multiplied by its weight; processes have the same range. */
export const objectWeights = { minimum: -254, maximum: 254 };

/** What an instance or a sync group tracks, as written; by the tracked name. */
export interface TrackersDraft {
  readonly trackInterfaces: Map<string, TrackerLine>;
  readonly trackScripts: Map<string, TrackerLine>;
  readonly trackBfd: Map<string, TrackerLine>;
  readonly trackFiles: Map<string, TrackerLine>;
  readonly trackProcesses: Map<string, TrackerLine>;
}

export function emptyTrackers(): TrackersDraft {
  return {
    trackInterfaces: new Map(),
    trackScripts: new Map(),
    trackBfd: new Map(),
    trackFiles: new Map(),
    trackProcesses: new Map(),
  };
}

interface LineRules {
  readonly weights: Range;
  /** Whether noreverse takes back what the tracked object says of itself. */
  readonly noReverse: boolean;
}

/** Adds the lines of a block to those read before. */
function lines(key: keyof TrackersDraft, rules: LineRules): Reader<TrackersDraft, SectionContext> {
  return (block, draft, context) => {
    const known = draft[key];
    for (const statement of block.block!.statements) {
      const line = readLine(statement, known, rules, context);
      if (!line) continue;
      if (key === 'trackInterfaces' && !checkInterface(statement, statement.words[0]!, context)) continue;
      known.set(line.name, line);
    }
  };
}

/** Keywords that instances and groups share. */
export const trackerReaders: Readonly<Record<string, Reader<TrackersDraft, SectionContext>>> = {
  track_interface: lines('trackInterfaces', { weights: trackerWeights, noReverse: false }),
  track_script: lines('trackScripts', { weights: trackerWeights, noReverse: true }),
  track_bfd: lines('trackBfd', { weights: trackerWeights, noReverse: true }),
  track_file: lines('trackFiles', { weights: objectWeights, noReverse: true }),
  track_process: lines('trackProcesses', { weights: objectWeights, noReverse: true }),
};

/** `weight N [reverse]` of what is tracked. */
export function readWeight(weights: Range): Reader<{ weight: number; reverse: boolean }, SectionContext> {
  return (statement, draft, context) => {
    const weight = integerOf(statement, statement.words[1]!, weights, context);
    if (weight === undefined) return;
    draft.weight = weight;
    const word = statement.words[2];
    draft.reverse = word?.text === 'reverse';
    if (word && !draft.reverse) {
      const message = `"${shortened(word.text)}" is no option of a weight`;
      complain(context, located(statement, word), 'bad-tracker-option', message, '"reverse" is the only one');
    }
  };
}

function readLine(
  statement: Statement,
  earlier: ReadonlyMap<string, TrackerLine>,
  { weights, noReverse }: LineRules,
  context: SectionContext,
): TrackerLine | undefined {
  const first = statement.words[0];
  if (!first) return undefined;
  reportSlashComment(statement, true, context);
  if (earlier.has(first.text)) {
    complain(context, located(statement, first), 'duplicate-tracker', `"${first.text}" is tracked already`, 'ignored');
    return undefined;
  }
  let weight: number | undefined;
  let reverse: boolean | undefined;
  let usable = true;
  for (let index = 1; index < statement.words.length; index++) {
    const word = statement.words[index]!;
    if (word.text === 'weight') {
      const value = statement.words[++index];
      if (!value) {
        complain(
          context,
          located(statement, word),
          'bad-tracker-option',
          '"weight" has no value',
          'the line is ignored',
        );
        return undefined;
      }
      weight = integerOf(statement, value, weights, context);
      const next = statement.words[index + 1];
      if (next?.text === 'reverse' || (next?.text === 'noreverse' && noReverse)) {
        reverse = next.text === 'reverse';
        passOverRest(statement, index + 2, context);
        break;
      }
      if (next) {
        complainOfOption(statement, next, context);
        usable = false;
        break;
      }
    } else {
      complainOfOption(statement, word, context);
      usable = false;
    }
  }
  // keepalived leaves out the whole line when a word of it makes no sense.
  return usable ? { statement, name: first.text, weight, reverse } : undefined;
}

/** keepalived reads no further once a weight is complete. */
function passOverRest(statement: Statement, from: number, context: SectionContext): void {
  const word = statement.words[from];
  if (!word) return;
  const message = `"${shortened(word.text)}" after the weight is passed over`;
  advise(context, located(statement, word), 'without-effect', message);
}

function complainOfOption(statement: Statement, word: Word, context: SectionContext): void {
  const hint =
    word.text === 'reverse' || word.text === 'noreverse'
      ? `"${word.text}" stands after "weight N"; the line is ignored`
      : 'one name per line; the line is ignored';
  const message = `"${shortened(word.text)}" is no option of a tracker`;
  complain(context, located(statement, word), 'bad-tracker-option', message, hint);
}
