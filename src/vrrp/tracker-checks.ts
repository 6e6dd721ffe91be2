import { shortened, type ValueCheck } from '../config/reading-context.ts';
import { blockNeeds, complainOf, onlyWords } from '../config/unread-words.ts';
import { integerOf } from '../config/values.ts';

/** What is tracked by lines of this kind, as far as their names are known. */
type Kind = 'files' | 'processes';

/** A line of track_file or track_process: `NAME [weight N [reverse|noreverse]]`. */
function trackerLine(kind: Kind, largest: number): ValueCheck {
  return (line, context) => {
    const [name, ...options] = line.words;
    if (!context.defined()[kind].has(name!.text)) {
      complainOf(line, name, context, `"${shortened(name!.text)}" is not defined`, 'it is not tracked');
      return;
    }
    const [option, value, next] = options;
    if (!option) return;
    if (option.text !== 'weight') {
      complainOf(line, option, context, `"${shortened(option.text)}" is no option of a tracker`);
      return;
    }
    if (!value) complainOf(line, option, context, '"weight" has no value');
    else integerOf(line, value, { minimum: -largest, maximum: largest }, context, false);
    // What follows these is passed over.
    if (next && !/^(no)?reverse$/.test(next.text)) {
      complainOf(line, next, context, `"${shortened(next.text)}" is no option of a weight`);
    }
  };
}

/** Checks of what may be tracked and what tracks it. */
export const trackerLineChecks: readonly (readonly [string, ValueCheck])[] = [
  'vrrp_instance',
  'vrrp_sync_group',
].flatMap((block): (readonly [string, ValueCheck])[] => [
  [`${block}.track_file`, trackerLine('files', 254)],
  [`${block}.track_process`, trackerLine('processes', 254)],
]);

const initFile: ValueCheck = (statement, context) => {
  for (const word of statement.words.slice(1)) {
    if (word.text !== 'overwrite' && !/^[+-]?[0-9]+$/.test(word.text)) {
      complainOf(statement, word, context, `"${shortened(word.text)}" is neither a number nor overwrite`);
    }
  }
};

export const trackerKeywordChecks: readonly (readonly [string, ValueCheck])[] = [
  [
    'vrrp_track_process.param_match',
    (statement, context) => {
      const [keyword, word] = statement.words;
      if (word) onlyWords('initial', 'partial')({ ...statement, words: [keyword!, word] }, context);
    },
  ],
  ['track_file.init_file', initFile],
  ['vrrp_track_file.init_file', initFile],
];

export const trackerBlockChecks: readonly (readonly [string, ValueCheck])[] = [
  ['vrrp_track_process', blockNeeds('process', 'process')],
  ['track_file', blockNeeds('file', 'file')],
  ['vrrp_track_file', blockNeeds('file', 'file')],
];
