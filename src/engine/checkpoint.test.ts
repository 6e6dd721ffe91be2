import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instant } from '../base/instant.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { VrrpCheckpoint } from './checkpoint.ts';
import { deed, follow, RandomRun, variantOf } from './recording.testkit.ts';
import { decodeLine, encodeLine } from './recording-json.ts';
import { takeStep, type VrrpStep } from './recording-step.ts';
import { VrrpProcess } from './vrrp-process.ts';

/** More on request: HOLDFAST_RUNS=1000. */
const runs = Number(process.env['HOLDFAST_RUNS'] ?? 5);
const options = { detail: true, receiveBufferBytes: undefined };

/** As from a file. */
function throughText(checkpoint: VrrpCheckpoint): VrrpCheckpoint {
  const decoded = decodeLine(encodeLine(checkpoint));
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.value as VrrpCheckpoint;
}

/** Restores a copy before each step, and keeps some copies going on to the end. */
class Doubles {
  readonly #original: VrrpProcess;
  #lasting: VrrpProcess[] = [];
  #fresh: VrrpProcess;
  #now = 0 as Instant;
  #step: VrrpStep = { type: 'advance' };
  steps = 0;

  constructor(original: VrrpProcess) {
    this.#original = original;
    this.#fresh = this.#restored();
    follow(
      original,
      (now, step) => {
        this.#now = now;
        this.#step = step;
        this.#fresh = this.#restored();
        if (this.steps++ % 25 === 0) this.#lasting = [...this.#lasting.slice(-3), this.#restored()];
      },
      effects => this.#compare(effects),
    );
  }

  #restored(): VrrpProcess {
    return VrrpProcess.restore(throughText(this.#original.checkpoint()), options);
  }

  #compare(expected: readonly VrrpEffect[]): void {
    const text = encodeLine(expected);
    for (const copy of [this.#fresh, ...this.#lasting]) {
      const effects = takeStep(copy, this.#now, this.#step);
      if (encodeLine(effects) !== text) expect(effects, `effects of ${this.#step.type}`).toEqual(expected);
      expect(copy.nextDeadline()).toBe(this.#original.nextDeadline());
    }
    const [left, right] = [this.#fresh, this.#original].map(each => encodeLine(each.checkpoint()));
    if (left !== right)
      expect(throughText(this.#fresh.checkpoint()), `state after ${this.#step.type}`).toEqual(
        throughText(this.#original.checkpoint()),
      );
    expect(left).toBe(right);
  }
}

describe('a checkpoint', () => {
  it('restores a process that goes on exactly as the original, whatever happens', () => {
    let steps = 0;
    fc.assert(
      fc.property(
        variantOf,
        fc.constantFrom(100, 150, 255),
        fc.array(deed, { minLength: 5, maxLength: 25 }),
        fc.boolean(),
        (variant, priority, deeds, stops) => {
          const run = new RandomRun(variant, priority);
          const doubles = new Doubles(run.first.engine);
          for (const each of deeds) run.perform(each);
          if (stops) run.perform({ type: 'stop' });
          run.perform({ type: 'pass', milliseconds: 1_500 });
          steps += doubles.steps;
        },
      ),
      { numRuns: runs, endOnFailure: true },
    );
    expect(steps).toBeGreaterThan(runs * 20);
  }, 60_000);
});
