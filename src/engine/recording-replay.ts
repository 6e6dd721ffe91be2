import type { Instant } from '../base/instant.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { Recording } from './recording-file.ts';
import { hashEffects } from './recording-hash.ts';
import { takeStep, type VrrpStep } from './recording-step.ts';
import { VrrpProcess } from './vrrp-process.ts';

export interface ReplayedStep {
  /** From 0. */
  readonly place: number;
  readonly at: Instant;
  readonly step: VrrpStep;
  /** When the engine wanted to be woken, before this step. */
  readonly deadline: Instant | undefined;
  readonly effects: readonly VrrpEffect[];
  /**
   * `unanswered`: the process ended in this step, and the replay did not. `failed`: the engine threw, as the recorded one
   * may have.
   */
  readonly verdict: 'same' | 'different' | 'unanswered' | 'failed';
  readonly error: unknown;
}

/** Runs the very engine once more on what happened to it. */
export class Replay {
  readonly vrrp: VrrpProcess;
  readonly #recording: Recording;

  constructor(recording: Recording) {
    this.#recording = recording;
    this.vrrp = VrrpProcess.restore(recording.checkpoint, recording.origin.options);
  }

  /** Each step as it is taken: between two of them `vrrp` is as it was then. Ends early if the engine throws. */
  *run(): Generator<ReplayedStep> {
    const { vrrp } = this;
    for (const [place, { at, step, hash }] of this.#recording.steps.entries()) {
      const deadline = vrrp.nextDeadline();
      let effects: readonly VrrpEffect[];
      try {
        effects = takeStep(vrrp, at, step);
      } catch (error) {
        yield { place, at, step, deadline, effects: [], verdict: 'failed', error };
        return;
      }
      const verdict = hash === undefined ? 'unanswered' : hash === hashEffects(effects) ? 'same' : 'different';
      yield { place, at, step, deadline, effects, verdict, error: undefined };
    }
  }
}
