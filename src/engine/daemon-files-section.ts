import type { Reader } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { advise, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { atMostWords } from '../config/unread-words.ts';

/** Files of the daemon's own that the configuration names. */
export interface DaemonFiles {
  /** Says when to reload. */
  readonly reloadTime: string | undefined;
  /** It stays when its time has come. */
  readonly reloadRepeat: boolean;
  /** Is there while a reload reads the configuration; `default`: beside the pid file. */
  readonly reloadMarker: string | 'default' | undefined;
  /** A reload that keepalived would complain about is refused; where what is wrong is written. */
  readonly reloadCheck: { readonly log: string | undefined } | undefined;
  /** Instead of the usual files; a folder ends in a slash. */
  readonly stateDump: string | undefined;
  readonly statisticsDump: string | undefined;
  readonly jsonDump: string | undefined;
}

export type DaemonFilesDraft = { -readonly [Key in keyof DaemonFiles]: DaemonFiles[Key] };

export function emptyDaemonFilesDraft(): DaemonFilesDraft {
  return {
    reloadTime: undefined,
    reloadRepeat: false,
    reloadMarker: undefined,
    reloadCheck: undefined,
    stateDump: undefined,
    statisticsDump: undefined,
    jsonDump: undefined,
  };
}

type FilesReader = Reader<{ readonly files: DaemonFilesDraft }, SectionContext>;

/** keepalived takes any word; a daemon whose working directory is not what one thinks can do nothing with most. */
function absolutePath(statement: Statement, context: SectionContext): string | undefined {
  const [keyword, word] = statement.words;
  if (!word || word.text.startsWith('/')) return word?.text;
  const message = `${keyword!.text}: "${shortened(word.text)}" does not begin with a slash`;
  advise(context, located(statement, word), 'bad-value', message, 'it is not used');
  return undefined;
}

const dump =
  (key: 'stateDump' | 'statisticsDump' | 'jsonDump'): FilesReader =>
  (statement, { files }, context) => {
    files[key] = absolutePath(statement, context) ?? files[key];
  };

/** In global_defs. */
export const filesGlobalReaders: Readonly<Record<string, FilesReader>> = {
  reload_time_file: (statement, { files }, context) => {
    atMostWords(1)(statement, context);
    if (statement.words.length <= 2) files.reloadTime = absolutePath(statement, context) ?? files.reloadTime;
  },
  reload_repeat: (_statement, { files }) => {
    files.reloadRepeat = true;
  },
  reload_file: (statement, { files }, context) => {
    files.reloadMarker = statement.words[1] ? (absolutePath(statement, context) ?? files.reloadMarker) : 'default';
  },
  reload_check_config: (statement, { files }, context) => {
    files.reloadCheck = { log: absolutePath(statement, context) };
  },
  state_dump_file: dump('stateDump'),
  stats_dump_file: dump('statisticsDump'),
  json_dump_file: dump('jsonDump'),
};
