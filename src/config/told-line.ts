import { Placeholders } from './placeholder.ts';
import type { SourceLine } from './source.ts';

/** A line that something is told of. A line that is wrong once is often wrong many times: what is found out serves again. */
export class ToldLine {
  readonly placeholders: Placeholders;
  readonly #file: string;
  readonly #number: number;
  readonly #text: string;
  /** So many UTF-16 units are so many characters. */
  #units = 0;
  #characters = 0;

  constructor({ file, number, text }: SourceLine) {
    this.#file = file;
    this.#number = number;
    this.#text = text;
    this.placeholders = new Placeholders(text);
  }

  is({ file, number, text }: SourceLine): boolean {
    return this.#number === number && this.#file === file && this.#text === text;
  }

  /** The characters before a place, which is given in UTF-16 units. */
  charactersBefore(units: number): number {
    if (units < this.#units) this.#units = this.#characters = 0;
    for (const _ of this.#text.slice(this.#units, units)) this.#characters++;
    this.#units = Math.max(this.#units, Math.min(units, this.#text.length));
    return this.#characters;
  }
}
