/** Lines that are written on one turn of the event loop: a millisecond or two. */
const portion = 200;

/** Writes a text of very many lines some at a time, and lets others have their turns in between. A newer text ends an older. */
export class LinePortions {
  readonly #write: (line: string) => void;
  readonly #later: (run: () => void) => void;
  #lines: Iterator<string> | undefined;

  constructor(write: (line: string) => void, later: (run: () => void) => void = setImmediate) {
    this.#write = write;
    this.#later = later;
  }

  /** The first lines now. */
  begin(text: Iterable<string>): void {
    const lines = text[Symbol.iterator]();
    this.#lines = lines;
    this.#writeOn(lines);
  }

  #writeOn(lines: Iterator<string>): void {
    if (this.#lines !== lines) return;
    for (let left = portion; left > 0; left--) {
      const { done, value } = lines.next();
      if (done) return;
      this.#write(value);
    }
    this.#later(() => this.#writeOn(lines));
  }
}
