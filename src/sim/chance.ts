import { type Duration, milliseconds } from '../base/duration.ts';
import type { Prng } from '../base/prng.ts';

/** Ways to draw from a source of random numbers. */
export class Chance {
  readonly #prng: Prng;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  below(bound: number): number {
    return this.#prng.below(bound);
  }

  /** `least` .. `most`. */
  between(least: number, most: number): number {
    return least + this.#prng.below(most - least + 1);
  }

  /** True in so many of a hundred cases. */
  percent(share: number): boolean {
    return this.#prng.below(100) < share;
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.#prng.below(values.length)]!;
  }

  /** By weight. */
  weighted<Value>(choices: readonly (readonly [weight: number, value: Value])[]): Value {
    let place = this.#prng.below(choices.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of choices) {
      if (place < weight) return value;
      place -= weight;
    }
    return choices[0]![1];
  }

  /** In steps of a millisecond. */
  span(leastSeconds: number, mostSeconds: number): Duration {
    return milliseconds(this.between(Math.round(leastSeconds * 1_000), Math.round(mostSeconds * 1_000)));
  }
}
