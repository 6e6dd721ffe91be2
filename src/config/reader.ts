import { type Prng, seededPrng } from '../base/prng.ts';
import { extentIn, type LineExtent, withoutEscapes } from './comment.ts';
import { type DefinitionScope, Definitions } from './definitions.ts';
import type { Diagnostics, KeepalivedClass } from './diagnostic.ts';
import type { DiagnosticCode } from './diagnostic-codes.ts';
import { type FileText, lineEnd, lineOfFile, PlainLine } from './file-lines.ts';
import {
  adjusted,
  combined,
  type IncludePolicy,
  includedFiles,
  includeKeywords,
  includeProblemText,
  lenientIncludes,
  strictIncludes,
} from './include.ts';
import { LogicalLines } from './logical-lines.ts';
import { repetitionIn } from './repetition.ts';
import { type Located, type LogicalLine, locate, type SourceLine } from './source.ts';
import type { SourceFiles } from './source-files.ts';

/** What decides the lines of a configuration besides its files. */
export interface ReadingOptions {
  /** @ID holds if ID is one of these, @^ID if it is none of them. */
  readonly conditionIds: readonly string[];
  /** ${_INSTANCE}. */
  readonly configId: string;
  readonly allIncludesStrict: boolean;
  /** For ${_RANDOM} until random_seed is read. */
  readonly randomSeed: number;
}

export type Reading =
  | { readonly ok: true; readonly lines: LogicalLines }
  /** The main file cannot be read; `reason` is an errno name. */
  | { readonly ok: false; readonly reason: string };

/** keepalived cuts lines at this many bytes and reads the rest as a line of its own. */
const keepalivedLineBytes = 1_023;
/** Bounds on what one load may cost; real configurations stay far below. */
const longestLine = 65_536;
const deepestInclude = 32;
const mostFiles = 10_000;
const deepestExpansion = 16;
const mostGeneratedLines = 500_000;
const mostGeneratedCharacters = 50_000_000;

/** Reads a file and all it includes into the lines that count. */
export function readLines(path: string, host: SourceFiles, options: ReadingOptions, diagnostics: Diagnostics): Reading {
  const text = host.readFile(path);
  if (!text.ok) return text;
  const reader = new Reader(host, options, diagnostics);
  reader.readText(path, text.value, options.allIncludesStrict ? strictIncludes : lenientIncludes, false);
  return { ok: true, lines: reader.lines };
}

interface FileContext extends FileText {
  readonly directory: string;
  policy: IncludePolicy;
}

/** A multi-line definition whose last line has not come yet. */
interface OpenDefinition {
  readonly name: string;
  readonly lines: string[];
}

class Reader {
  readonly lines = new LogicalLines();
  readonly #definitions = new Definitions();
  readonly #open: string[] = [];
  /** Files in which a NUL byte was seen. */
  readonly #damaged = new Set<string>();
  readonly #host: SourceFiles;
  readonly #options: ReadingOptions;
  readonly #diagnostics: Diagnostics;
  #random: Prng;
  #files = 0;
  #generated = 0;
  #generatedCharacters = 0;
  #exhausted = false;

  constructor(host: SourceFiles, options: ReadingOptions, diagnostics: Diagnostics) {
    this.#host = host;
    this.#options = options;
    this.#diagnostics = diagnostics;
    this.#random = seededPrng(options.randomSeed);
  }

  readText(path: string, text: string, policy: IncludePolicy, ownOnly: boolean): void {
    const file: FileContext = { path, text, directory: directoryOf(path), policy, ownOnly };
    this.#open.push(path);
    this.#files++;
    if (text.startsWith('\ufeff')) {
      this.#report(whole(lineOfFile(file, 1, 0, lineEnd(text, 0))), 'byte-order-mark', 'other', byteOrderMark, {
        hint: 'save it as UTF-8 without one: keepalived reads the mark as part of the first keyword',
      });
    }
    const hasNull = text.includes('\0');
    let definition: OpenDefinition | undefined;
    let number = 0;
    for (let start = 0; start < text.length || number === 0; ) {
      const newline = text.indexOf('\n', start);
      const next = newline < 0 ? text.length : newline;
      const end = next > start && text.charCodeAt(next - 1) === 0x0d ? next - 1 : next;
      number++;
      const extent = extentIn(text, start, end);
      const isCommon = !hasNull && end - start <= keepalivedLineBytes / 3;
      if (!isCommon || extent.end <= extent.start) {
        // Nothing but a comment is the most common line of all.
        if (!isCommon || extent.slashComment !== undefined) {
          const line = this.#uncommonLine(lineOfFile(file, number, start, end), extent, start, ownOnly);
          if (line) definition = this.#readLine(line, file, definition);
        }
      } else {
        const comment = placeIn(extent.slashComment, start);
        const read = definition || extent.escapes || extent.expands || isDirective(text, extent.start);
        if (!read && comment === undefined) {
          if (!this.#exhausted) this.lines.addPlain(file, number, extent.start, extent.end);
        } else {
          const line = new PlainLine(file, number, extent.start, extent.end, comment);
          if (read) definition = this.#readLine(detailed(line, extent.escapes), file, definition);
          else if (!this.#exhausted) this.lines.add(line);
        }
      }
      start = next + 1;
    }
    if (definition) this.#finishDefinition(definition);
    this.#open.pop();
  }

  /** A line that must be looked at more closely; undefined if nothing is left of it or it must be dropped. */
  #uncommonLine(source: SourceLine, extent: LineExtent, lineStart: number, ownOnly: boolean): LogicalLine | undefined {
    const { text } = source;
    if (text.includes('\0')) {
      // A file in UTF-16 has them in every line.
      if (!this.#damaged.has(source.file)) {
        this.#damaged.add(source.file);
        this.#report(whole(source), 'null-byte', 'other', 'the line contains a NUL byte and is dropped', {
          hint: 'so is every other line that has one; if all have, the file is in UTF-16: save it as UTF-8',
        });
      }
      return undefined;
    }
    if (text.length > keepalivedLineBytes / 3 && utf8Length(text) > keepalivedLineBytes) {
      if (text.length > longestLine) {
        this.#report(whole(source), 'line-too-long', 'other', `the line is longer than ${longestLine} characters`, {
          refuses: true,
        });
        return undefined;
      }
      this.#report(whole(source), 'long-line', 'other', `keepalived cuts lines after ${keepalivedLineBytes} bytes`, {
        hint: 'read here as one line; keepalived would take the rest for another',
      });
    }
    const slashComment = placeIn(extent.slashComment, lineStart);
    if (extent.end <= extent.start) {
      if (slashComment !== undefined) this.#slashComment(source, slashComment, 'other');
      return undefined;
    }
    const content = text.slice(extent.start - lineStart, extent.end - lineStart);
    return {
      source,
      text: extent.escapes ? withoutEscapes(content) : content,
      offset: extent.escapes ? -1 : extent.start - lineStart,
      slashComment,
      ownOnly,
    };
  }

  #slashComment(source: SourceLine, start: number, keepalivedClass: KeepalivedClass): void {
    this.#report(
      { line: source, start, end: start + 2 },
      'slash-comment',
      keepalivedClass,
      '"//" begins no comment in keepalived',
      {
        hint: 'taken as one here; write "#", keepalived reads these words',
      },
    );
  }

  #readLine(line: LogicalLine, file: FileContext, definition: OpenDefinition | undefined): OpenDefinition | undefined {
    if (definition) {
      const continued = line.text.endsWith('\\');
      definition.lines.push(continued ? line.text.slice(0, -1).trimEnd() : line.text);
      if (continued) return definition;
      this.#finishDefinition(definition);
      return undefined;
    }
    return this.#process(line, file, 0);
  }

  #finishDefinition(definition: OpenDefinition): void {
    this.#definitions.define(definition.name, { type: 'lines', lines: definition.lines.filter(text => text !== '') });
  }

  /** Conditions, definitions, repetitions and expansion, in this order. */
  #process(line: LogicalLine, file: FileContext, depth: number): OpenDefinition | undefined {
    if (this.#exhausted) return undefined;
    if (depth > deepestExpansion) {
      this.#report(whole(line.source), 'definition-loop', 'other', 'a definition refers to itself', { refuses: true });
      return undefined;
    }
    const conditional = this.#underConditions(line);
    if (!conditional) return undefined;
    const assignment = /^\$([A-Za-z0-9_]+)=(.*)$/.exec(conditional.text);
    if (assignment) return this.#define(conditional, assignment[1]!, assignment[2]!);
    const repetition = conditional.text.includes('~') ? repetitionIn(conditional.text) : undefined;
    if (repetition?.type === 'wrong') {
      this.#report(whole(line.source), 'bad-repetition', 'other', repetition.message, { refuses: true });
      return undefined;
    }
    if (repetition?.type === 'found') {
      const { before, body, names, count, values } = repetition.repetition;
      const taken = names.find(name => this.#definitions.get(name) !== undefined);
      if (taken !== undefined) {
        this.#report(whole(line.source), 'bad-repetition', 'other', `$${taken} is defined already`, { refuses: true });
        return undefined;
      }
      for (let round = 0; round < count && !this.#exhausted; round++) {
        const round_ = values(round);
        names.forEach((name, index) => {
          this.#definitions.define(name, { type: 'text', text: round_[index]! });
        });
        const text = before + body;
        if (this.#spend(line, text)) this.#process({ ...conditional, text, offset: -1 }, file, depth + 1);
      }
      for (const name of names) this.#definitions.remove(name);
      return undefined;
    }
    const lines = this.#definitions.linesFor(conditional.text);
    if (lines) {
      for (const text of lines) {
        if (this.#spend(line, text)) this.#process({ ...conditional, text, offset: -1 }, file, depth + 1);
      }
      return undefined;
    }
    this.#emit(conditional, file);
    return undefined;
  }

  #emit(line: LogicalLine, file: FileContext): void {
    const scope: DefinitionScope = {
      directory: file.directory,
      configId: this.#options.configId,
      random: this.#random,
      environment: name => this.#host.environment(name),
    };
    const expansion = this.#definitions.expand(line.text, scope);
    if (expansion.problem !== undefined) {
      const message =
        expansion.problem === 'definition-loop'
          ? 'a definition refers to itself'
          : 'the line grows too long when its definitions are expanded';
      this.#report(whole(line.source), expansion.problem, 'other', message, { refuses: true });
      return;
    }
    if (expansion.missed !== undefined) {
      const name = expansion.missed;
      this.#report(whole(line.source), 'definition-not-expanded', 'ignores', `$${name} is not replaced here`, {
        hint: `write \${${name}}: without braces only a blank or the end of the line may follow`,
      });
    }
    const text = expansion.text.trim();
    if (text === '') return;
    const said = expansion.changed ? { ...line, text, offset: -1 } : line;
    const includeWord = /^include[a-z]?(?=\s|$)/.exec(text)?.[0];
    if (includeWord !== undefined && includeKeywords.has(includeWord)) {
      this.#include(said, includeWord, file);
      return;
    }
    this.#directives(text, line, file);
    this.lines.add(said);
  }

  /** The two keywords that act while the file is being read. */
  #directives(text: string, line: LogicalLine, file: FileContext): void {
    if (text.startsWith('include_check')) {
      const words = text.split(/[\s{}]+/).filter(word => word !== '');
      if (words[0] !== 'include_check') return;
      const { policy, unknown } = adjusted(file.policy, words.slice(1));
      file.policy = policy;
      if (unknown !== undefined) {
        this.#report(whole(line.source), 'bad-value', 'other', `include_check does not know "${unknown}"`, {
          hint: 'it takes read, match, wildcard_match and brace_match, with + or - to change the present set',
        });
      }
    } else if (text.startsWith('random_seed')) {
      const seed = /^random_seed\s+"?([0-9]{1,10})"?/.exec(text)?.[1];
      if (seed !== undefined) this.#random = seededPrng(Number(seed));
    }
  }

  /** The rest of a line whose conditions hold. */
  #underConditions(line: LogicalLine): LogicalLine | undefined {
    let current = line;
    const { conditionIds, configId } = this.#options;
    while (current.text.startsWith('@')) {
      const match = /^@(\^?)(\S*)\s*/.exec(current.text)!;
      const isNegated = match[1] === '^';
      const text = current.text.slice(match[0].length);
      if (conditionIds.includes(match[2]!) === isNegated || text === '') {
        if (/^[A-Za-z]\w*@/.test(match[2]!)) this.#reportPlaceholder(current, match[2]!);
        return undefined;
      }
      const ownOnly = current.ownOnly === true || (match[2] === configId) === isNegated;
      current = { ...current, text, ownOnly, offset: current.offset < 0 ? -1 : current.offset + match[0].length };
    }
    return current;
  }

  /** `@ADDRESS@`, which begins like a condition. */
  #reportPlaceholder(line: LogicalLine, id: string): void {
    this.#report(
      locate(line, 0, id.length + 1),
      'unfilled-placeholder',
      'ignores',
      `"@${id}" is a placeholder that nobody filled in`,
      {
        hint: 'the line is passed over: "@" begins a condition, and no host has this name',
      },
    );
  }

  #define(line: LogicalLine, name: string, value: string): OpenDefinition | undefined {
    if (name.startsWith('_')) {
      this.#report(locate(line, 0, name.length + 1), 'reserved-definition', 'other', `$${name} begins with "_"`, {
        hint: 'such names are reserved for predefined ones',
      });
    }
    if (value.trim() === '\\') return { name, lines: [] };
    this.#definitions.define(name, { type: 'text', text: value.trim() });
    return undefined;
  }

  #include(line: LogicalLine, keyword: string, file: FileContext): void {
    const pattern = line.text
      .slice(keyword.length)
      .trim()
      .replace(/^"(.*)"$/, '$1');
    const where = locate(line, 0, line.text.length);
    if (pattern === '') {
      this.#report(where, 'missing-parameter', 'other', `${keyword} names no file`, {});
      return;
    }
    const policy = combined(file.policy, includeKeywords.get(keyword)!);
    const found = includedFiles(pattern, file.directory, policy, this.#host);
    for (const problem of found.problems) this.#includeFailed(where, problem.isError, includeProblemText(problem));
    for (const path of found.files) this.#includeFile(path, where, policy, file, line.ownOnly === true);
  }

  #includeFile(path: string, where: Located, policy: IncludePolicy, file: FileContext, ownOnly: boolean): void {
    if (this.#open.includes(path) || this.#open.length >= deepestInclude || this.#files >= mostFiles) {
      const message = this.#open.includes(path)
        ? `"${path}" includes itself`
        : `includes go deeper than ${deepestInclude} or over more than ${mostFiles} files`;
      this.#report(where, 'include-loop', 'other', message, { refuses: true });
      return;
    }
    const text = this.#host.readFile(path);
    if (text.ok) this.readText(path, text.value, file.policy, ownOnly);
    else this.#includeFailed(where, policy.read, `"${path}" cannot be read (${text.reason})`);
  }

  #includeFailed(where: Located, isError: boolean, message: string): void {
    this.#report(where, 'include-failed', isError ? 'unreadable' : 'ignores', message, {
      hint: isError ? 'this include insists: start is refused' : 'loading goes on; includea insists',
      refuses: isError,
    });
  }

  /** Counts a line that expansion makes; false once there are too many. */
  #spend(line: LogicalLine, text: string): boolean {
    this.#generated++;
    this.#generatedCharacters += text.length;
    if (this.#generated <= mostGeneratedLines && this.#generatedCharacters <= mostGeneratedCharacters) return true;
    if (!this.#exhausted) {
      this.#exhausted = true;
      // Refused in any case: half a million lines cut off somewhere are not worth interpreting.
      this.lines.clear();
      const message = `definitions and repetitions make more than ${mostGeneratedLines} lines or ${mostGeneratedCharacters} characters`;
      this.#report(whole(line.source), 'expansion-too-long', 'other', message, { refuses: true });
    }
    return false;
  }

  #report(
    where: Located,
    code: DiagnosticCode,
    keepalivedClass: KeepalivedClass,
    message: string,
    extra: { readonly hint?: string | undefined; readonly refuses?: boolean },
  ): void {
    const severity = extra.refuses ? 'error' : keepalivedClass === 'ignores' ? 'advice' : 'warning';
    this.#diagnostics.report(where, {
      code,
      severity,
      message,
      keepalivedClass,
      hint: extra.hint,
      refuses: extra.refuses === true,
    });
  }
}

function whole(line: SourceLine): Located {
  return { line, start: -1, end: -1 };
}

const byteOrderMark = 'the file begins with a byte order mark';

function placeIn(place: number | undefined, lineStart: number): number | undefined {
  return place === undefined ? undefined : place - lineStart;
}

/** Whether a line may begin with a condition or with a keyword that acts while the file is read. */
function isDirective(text: string, start: number): boolean {
  const code = text.charCodeAt(start);
  return code === 0x40 || (code === 0x69 && text.startsWith('include', start)) || text.startsWith('random_seed', start);
}

/** The same line as plain data, which can be changed. */
function detailed(line: LogicalLine, escapes: boolean): LogicalLine {
  const { source, text, offset, slashComment, ownOnly } = line;
  return { source, text: escapes ? withoutEscapes(text) : text, offset: escapes ? -1 : offset, slashComment, ownOnly };
}

export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : slash === 0 ? '/' : path.slice(0, slash);
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    // Half of a surrogate pair's four bytes each.
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 2 : 3;
  }
  return bytes;
}
