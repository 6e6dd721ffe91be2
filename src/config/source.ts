/** One line of a file as its author sees it. */
export interface SourceLine {
  readonly file: string;
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** A piece of a line, for diagnostics. */
export interface Located {
  readonly line: SourceLine;
  /** From 1, in characters; 0 for the whole line. */
  readonly column: number;
  /** In characters. */
  readonly length: number;
}
