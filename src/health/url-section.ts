import { bindReaders, type Reader, readBlock } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { commandWords } from '../config/script-words.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { boolean, reportBadValue } from '../config/values.ts';
import type { BodyPattern } from '../ports/probe.ts';
import { compilePattern } from './body-pattern.ts';
import { checkerBlocks } from './keywords.ts';

/** A url block as written. Undefined: not said. */
export interface UrlDraft {
  readonly path: string;
  readonly virtualHost: string | undefined;
  readonly digest: string | undefined;
  /** Inclusive. */
  readonly statusRanges: readonly (readonly [number, number])[];
  readonly compliantShutdown: boolean | undefined;
  readonly pattern: PatternDraft | undefined;
}

interface PatternDraft {
  readonly statement: Statement;
  readonly pattern: string;
  readonly options: readonly string[];
  readonly minimumOffset: number;
  readonly maximumOffset: number | undefined;
  readonly negate: boolean;
}

interface Draft {
  path: string | undefined;
  virtualHost: string | undefined;
  digest: string | undefined;
  statusRanges: (readonly [number, number])[] | undefined;
  compliantShutdown: boolean | undefined;
  regex: { readonly statement: Statement; readonly pattern: string } | undefined;
  options: string[];
  minimumOffset: number;
  maximumOffset: number | undefined;
  negate: boolean;
}

type UrlReader = Reader<Draft, SectionContext>;

const successes: readonly (readonly [number, number])[] = [[200, 299]];

const offset =
  (key: 'minimumOffset' | 'maximumOffset'): UrlReader =>
  (statement, draft, context) => {
    const word = statement.words[1]!;
    const value = /^[0-9]{1,10}$/.test(word.text) ? Number(word.text) : undefined;
    if (value !== undefined) draft[key] = value;
    else {
      const message = `${statement.words[0]!.text}: "${shortened(word.text)}" is not a number of bytes`;
      advise(context, located(statement, word), 'bad-value', message, 'it is not used');
    }
  };

const readers: Readonly<Record<string, UrlReader>> = {
  path: (statement, draft) => {
    draft.path = statement.words[1]!.text;
  },
  digest: (statement, draft, context) => {
    const word = statement.words[1]!;
    if (/^[0-9a-fA-F]{32}$/.test(word.text)) draft.digest = word.text.toLowerCase();
    else {
      const message = `digest: "${shortened(word.text)}" is not 32 hexadecimal digits`;
      reportBadValue(statement, word, message, 'any body will do; genhash prints the digest of a page', context);
    }
  },
  status_code: (statement, draft, context) => {
    const ranges = draft.statusRanges ?? [];
    for (const word of statement.words.slice(1)) {
      const match = /^([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?$/.exec(word.text);
      const low = Number(match?.[1]);
      const high = Number(match?.[2] ?? match?.[1]);
      if (match && low <= high) ranges.push([low, high]);
      else {
        const message = `status_code: "${shortened(word.text)}" is neither a status of 100 .. 599 nor a range of them`;
        reportBadValue(statement, word, message, 'it is not used; blanks separate several', context);
      }
    }
    draft.statusRanges = ranges;
  },
  virtualhost: (statement, draft) => {
    draft.virtualHost = statement.words[1]!.text;
  },
  regex: (statement, draft, context) => {
    const text = statement.line.text.slice(statement.words[1]!.start, statement.end);
    const words = commandWords(text);
    if (words.length === 1) draft.regex = { statement, pattern: words[0]!.text };
    else {
      const message = 'regex takes one word: a pattern with blanks needs quotes';
      advise(context, located(statement, statement.words[1]), 'pattern-invalid', message, 'any body will do');
    }
  },
  regex_no_match: (_statement, draft) => {
    draft.negate = true;
  },
  regex_options: (statement, draft) => {
    draft.options.push(...statement.words.slice(1).map(({ text }) => text));
  },
  regex_min_offset: offset('minimumOffset'),
  regex_max_offset: offset('maximumOffset'),
  // It sizes the stack of a compiler that is not used here.
  regex_stack: () => {},
};

const readersOf = {
  HTTP_GET: bindReaders<Draft, SectionContext>(checkerBlocks['HTTP_GET']!.blocks.get('url')!, readers),
  SSL_GET: bindReaders<Draft, SectionContext>(checkerBlocks['SSL_GET']!.blocks.get('url')!, {
    ...readers,
    tls_compliant: (statement, draft, context) => {
      draft.compliantShutdown = boolean(statement, context) ?? draft.compliantShutdown;
    },
  }),
};

/** Reads a url block; undefined if it names no path. */
export function readUrl(
  statement: Statement,
  keyword: 'HTTP_GET' | 'SSL_GET',
  context: SectionContext,
): UrlDraft | undefined {
  const draft: Draft = {
    path: undefined,
    virtualHost: undefined,
    digest: undefined,
    statusRanges: undefined,
    compliantShutdown: undefined,
    regex: undefined,
    options: [],
    minimumOffset: 0,
    maximumOffset: undefined,
    negate: false,
  };
  readBlock(
    statement.block!.statements,
    checkerBlocks[keyword]!.blocks.get('url')!,
    readersOf[keyword],
    draft,
    context,
  );
  if (draft.path === undefined) {
    complain(context, located(statement), 'checker-incomplete', 'the url has no path', 'it is left out');
    return undefined;
  }
  const { regex, options, minimumOffset, maximumOffset, negate } = draft;
  return {
    path: draft.path,
    virtualHost: draft.virtualHost,
    digest: draft.digest,
    statusRanges: draft.statusRanges ?? successes,
    compliantShutdown: draft.compliantShutdown,
    pattern: regex && { ...regex, options, minimumOffset, maximumOffset, negate },
  };
}

/** The pattern, once it is known to make sense. */
export function completePattern(url: UrlDraft, context: SectionContext): BodyPattern | undefined {
  if (!url.pattern) return undefined;
  const { statement, pattern, options, minimumOffset, maximumOffset, negate } = url.pattern;
  const compiled = compilePattern(pattern, options);
  if (compiled.ok) return { pattern, options, minimumOffset, maximumOffset, negate };
  context.diagnostics.report(located(statement, statement.words[1]), {
    code: 'pattern-invalid',
    severity: 'error',
    message: `regex: ${compiled.reason}`,
    hint: 'start and reload refuse it: the check would say nothing about the body',
    keepalivedClass: 'ignores',
    refuses: true,
  });
  return undefined;
}
