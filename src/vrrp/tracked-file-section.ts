import { bindReaders } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { vrrpBlocks } from './keywords.ts';
import { readTrackedBlock } from './tracked-block.ts';
import { objectWeights, readWeight } from './tracker-section.ts';

/** A track_file block as written. */
export interface TrackFileDraft {
  readonly statement: Statement;
  readonly name: string;
  /** Empty until it is read. */
  path: string;
  /** For trackers that have none of their own. */
  weight: number;
  reverse: boolean;
  /** The file is made at start, with this number; one that is there keeps its own unless `overwrite`. */
  initial: { readonly value: number; readonly overwrite: boolean } | undefined;
}

const readers = bindReaders<TrackFileDraft, SectionContext>(vrrpBlocks.track_file, {
  file: (statement, draft) => {
    draft.path = statement.words[1]!.text;
  },
  weight: readWeight(objectWeights),
  init_file: (statement, draft, context) => {
    let value = 0;
    let overwrite = false;
    for (const word of statement.words.slice(1)) {
      if (word.text === 'overwrite') overwrite = true;
      else if (/^[+-]?[0-9]{1,10}$/.test(word.text)) value = Number(word.text);
      else {
        const message = `"${shortened(word.text)}" is neither a number nor overwrite`;
        complain(context, located(statement, word), 'bad-value', message, 'it is passed over');
      }
    }
    draft.initial = { value, overwrite };
  },
});

/** Reads a track_file block; undefined if it can be of no use to anybody. */
export function readTrackFile(
  statement: Statement,
  known: ReadonlyMap<string, TrackFileDraft>,
  context: SectionContext,
): TrackFileDraft | undefined {
  const draft = readTrackedBlock(statement, known, vrrpBlocks.track_file, readers, emptyDraft, context);
  if (draft?.path !== '') return draft;
  const message = `${statement.words[0]!.text} "${draft.name}" has no file`;
  complain(context, located(statement), 'bad-value', message, 'it is left out');
  return undefined;
}

function emptyDraft(statement: Statement, name: string): TrackFileDraft {
  return { statement, name, path: '', weight: 1, reverse: false, initial: undefined };
}
