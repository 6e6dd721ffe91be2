import type { LogicalLine, SourceLine } from './source.ts';

/** The text of a file, shared by all its lines. */
export interface FileText {
  readonly path: string;
  readonly text: string;
  /** It was included under a condition that holds for Holdfast only. */
  readonly ownOnly: boolean;
}

/** A line of a file that is cut out only when somebody looks at it: most lines of a big configuration never are. */
class LineOfFile implements SourceLine {
  readonly #file: FileText;
  readonly number: number;
  readonly #start: number;
  readonly #end: number;

  constructor(file: FileText, number: number, start: number, end: number) {
    this.#file = file;
    this.number = number;
    this.#start = start;
    this.#end = end;
  }

  get file(): string {
    return this.#file.path;
  }

  get text(): string {
    return this.#file.text.slice(this.#start, this.#end);
  }
}

export function lineOfFile(file: FileText, number: number, start: number, end: number): SourceLine {
  return new LineOfFile(file, number, start, end);
}

/** What counts of a line that says just what is written: nothing to expand, no condition, no escape. */
export class PlainLine implements LogicalLine {
  readonly #file: FileText;
  readonly #number: number;
  /** In the file's text. */
  readonly #start: number;
  readonly #end: number;
  readonly slashComment: number | undefined;

  constructor(file: FileText, number: number, start: number, end: number, slashComment: number | undefined) {
    this.#file = file;
    this.#number = number;
    this.#start = start;
    this.#end = end;
    this.slashComment = slashComment;
  }

  get source(): SourceLine {
    const start = this.#lineStart;
    return new LineOfFile(this.#file, this.#number, start, lineEnd(this.#file.text, start));
  }

  get text(): string {
    return this.#file.text.slice(this.#start, this.#end);
  }

  get ownOnly(): boolean {
    return this.#file.ownOnly;
  }

  get offset(): number {
    return this.#start - this.#lineStart;
  }

  get #lineStart(): number {
    return this.#start === 0 ? 0 : this.#file.text.lastIndexOf('\n', this.#start - 1) + 1;
  }
}

/** Where a line ends that begins at `start`: before its line end, be it of Windows. */
export function lineEnd(text: string, start: number): number {
  const newline = text.indexOf('\n', start);
  const end = newline < 0 ? text.length : newline;
  return end > start && text.charCodeAt(end - 1) === 0x0d ? end - 1 : end;
}
