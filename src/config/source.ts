/** One line of a file as its author sees it. */
export interface SourceLine {
  readonly file: string;
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/**
 * A line as the language means it: comment and outer blanks taken off, conditions decided, definitions expanded. One
 * source line may yield none, one or many.
 */
export interface LogicalLine {
  readonly source: SourceLine;
  readonly text: string;
  /** Where `text` begins in the source line, in UTF-16 units; -1 once expansion has moved things about. */
  readonly offset: number;
  /** The `//` comment that was taken off the end, if any; in UTF-16 units of the source line. */
  readonly slashComment: number | undefined;
  /** keepalived passes over it: a condition, of the line or of its include, holds for Holdfast only. */
  readonly ownOnly?: boolean | undefined;
}

/** A piece of a line, for diagnostics. */
export interface Located {
  readonly line: SourceLine;
  /** In UTF-16 units of the line; -1 means the whole line. */
  readonly start: number;
  readonly end: number;
}

/** A piece of a logical line; the whole line where expansion hides the exact place. */
export function locate(line: LogicalLine, start: number, end: number): Located {
  return line.offset < 0
    ? { line: line.source, start: -1, end: -1 }
    : { line: line.source, start: line.offset + start, end: line.offset + end };
}

/** A place in a file that has no better one. */
export function wholeFile(file: string): Located {
  return { line: { file, number: 0, text: '' }, start: -1, end: -1 };
}

/** Blanks of the language: what C's isspace calls space, so that files with Windows line ends work; and the byte order mark. */
export function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xfeff;
}
