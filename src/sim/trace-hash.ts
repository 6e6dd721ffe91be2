import type { Instant } from '../base/instant.ts';
import type { Observation, Observer } from './observation.ts';

/** A number for everything that took place, to tell whether two runs were the same (FNV-1a, 32 bits twice). */
export class TraceHash implements Observer {
  #low = 0x811c9dc5;
  #high = 0x1b873593;
  #count = 0;

  observe(now: Instant, observation: Observation): void {
    const text = `${now} ${JSON.stringify(observation)}`;
    let low = this.#low;
    let high = this.#high;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 13);
    }
    this.#low = low;
    this.#high = high;
    this.#count++;
  }

  /** Sixteen hexadecimal digits and how many observations they stand for. */
  get value(): string {
    const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
    return `${hex(this.#low)}${hex(this.#high)}/${this.#count}`;
  }
}
