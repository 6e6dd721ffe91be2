// What a process's own flight recording says of its transitions: the instants of the engine itself, which the log, written
// by another thread, tells some milliseconds late on a busy machine.
import { readRecording } from '../../src/engine/recording-file.ts';
import { Replay } from '../../src/engine/recording-replay.ts';
import { transitionIn } from './course.testkit.ts';

export interface Flight {
  /** Id of the process on its host. */
  readonly process: number;
  /** When it looked at the world for the first time, by the clock of `performance.now()`. */
  readonly startedMs: number;
  /** How often it read all that the kernel has: at its start, and whenever news were lost. */
  readonly dumps: number;
  readonly transitions: readonly { readonly atMs: number; readonly subject: string; readonly state: string }[];
}

/** Undefined while the file is still being written. Throws if the engine, run again, decides otherwise. */
export function flightOf(text: string): Flight | undefined {
  const recording = readRecording(text);
  if (!recording.ok || !recording.value.isComplete) return undefined;
  const { origin, steps } = recording.value;
  // Instants are microseconds of the clock behind `process.hrtime`.
  const offsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  const transitions: { atMs: number; subject: string; state: string }[] = [];
  for (const { at, effects, verdict } of new Replay(recording.value).run()) {
    if (verdict !== 'same') throw new Error(`process ${origin.process}: a replay of its recording is ${verdict}`);
    for (const effect of effects) {
      const transition = effect.type === 'log' ? transitionIn(effect.text) : undefined;
      if (transition) transitions.push({ atMs: at / 1_000 - offsetMs, ...transition });
    }
  }
  const dumps = steps.filter(({ step }) => step.type === 'resynchronised').length;
  return { process: origin.process, dumps, startedMs: (steps[0]?.at ?? 0) / 1_000 - offsetMs, transitions };
}
