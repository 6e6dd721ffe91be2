import { type FileText, PlainLine } from './file-lines.ts';
import type { LogicalLine } from './source.ts';

/** Of a line that says just what is written: its file, its number, and where in the file's text it begins and ends. */
const numbersOfLine = 4;
/** In the place of the file: a line that is more than that is kept as it is, at the place that stands for its number. */
const kept = -1;

/**
 * The lines of a configuration that count, in order. A big configuration has hundreds of thousands, nearly all of them
 * plain: those are numbers here, and become objects when somebody looks at them.
 */
export class LogicalLines implements Iterable<LogicalLine> {
  #numbers = new Int32Array(256 * numbersOfLine);
  #count = 0;
  readonly #files: FileText[] = [];
  readonly #kept: LogicalLine[] = [];
  #anyOwnOnly = false;

  static of(lines: Iterable<LogicalLine>): LogicalLines {
    const list = new LogicalLines();
    for (const line of lines) list.add(line);
    return list;
  }

  get length(): number {
    return this.#count;
  }

  /** Whether keepalived passes over one of them. */
  get anyOwnOnly(): boolean {
    return this.#anyOwnOnly;
  }

  add(line: LogicalLine): void {
    this.#anyOwnOnly ||= line.ownOnly === true;
    this.#add(kept, this.#kept.push(line) - 1, 0, line.text.length);
  }

  /** A plain line without a `//` comment; `start` and `end` are places in the file's text. */
  addPlain(file: FileText, number: number, start: number, end: number): void {
    if (this.#files[this.#files.length - 1] !== file) {
      this.#files.push(file);
      this.#anyOwnOnly ||= file.ownOnly;
    }
    this.#add(this.#files.length - 1, number, start, end);
  }

  #add(file: number, number: number, start: number, end: number): void {
    const place = this.#count++ * numbersOfLine;
    if (place === this.#numbers.length) {
      const larger = new Int32Array(2 * place);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    const numbers = this.#numbers;
    numbers[place] = file;
    numbers[place + 1] = number;
    numbers[place + 2] = start;
    numbers[place + 3] = end;
  }

  clear(): void {
    this.#count = 0;
    this.#kept.length = 0;
    this.#anyOwnOnly = false;
  }

  at(place: number): LogicalLine {
    const numbers = this.#numbers;
    const first = place * numbersOfLine;
    const file = numbers[first]!;
    return file === kept
      ? this.#kept[numbers[first + 1]!]!
      : new PlainLine(this.#files[file]!, numbers[first + 1]!, numbers[first + 2]!, numbers[first + 3]!, undefined);
  }

  /** The text that the line is a part of: from `startOf` up to `endOf`. */
  textAround(place: number): string {
    const file = this.#numbers[place * numbersOfLine]!;
    return file === kept ? this.at(place).text : this.#files[file]!.text;
  }

  startOf(place: number): number {
    return this.#numbers[place * numbersOfLine + 2]!;
  }

  endOf(place: number): number {
    return this.#numbers[place * numbersOfLine + 3]!;
  }

  /** Where its `//` comment begins, in the source line. */
  slashCommentOf(place: number): number | undefined {
    return this.#numbers[place * numbersOfLine] === kept ? this.at(place).slashComment : undefined;
  }

  /** Whether the text stands anywhere in them, or in what was left out of their files: far quicker than to look at each. */
  mention(text: string): boolean {
    return this.#files.some(file => file.text.includes(text)) || this.#kept.some(line => line.text.includes(text));
  }

  *[Symbol.iterator](): Generator<LogicalLine> {
    for (let place = 0; place < this.#count; place++) yield this.at(place);
  }
}
