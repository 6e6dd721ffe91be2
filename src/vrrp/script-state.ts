import type { ScriptOutcome } from '../ports/script.ts';

/**
 * Where a tracked script stands between its last verdicts. `count` runs from 0 to rise + fall - 1; at `rise` and above
 * the script is up. In `init` nothing has been reported yet: a single result, good or bad, is decisive.
 */
export interface ScriptState {
  readonly count: number;
  readonly verdict: 'init' | 'up' | 'down';
}

export interface ScriptThresholds {
  /** Successes in a row, at least 1, that bring a failed script up. */
  readonly rise: number;
  /** Failures in a row, at least 1, that bring a good script down. */
  readonly fall: number;
}

/** What one run of a script counted as. */
export type ScriptResult = 'success' | 'failure';

export function initialScriptState({ rise }: ScriptThresholds): ScriptState {
  return { count: rise - 1, verdict: 'init' };
}

/** As after enough successes: a script that a reload brought in is trusted until its first result. */
export function successfulScriptState({ rise, fall }: ScriptThresholds): ScriptState {
  return { count: rise + fall - 1, verdict: 'up' };
}

export function afterScriptResult(state: ScriptState, result: ScriptResult, thresholds: ScriptThresholds): ScriptState {
  const { rise, fall } = thresholds;
  if (result === 'success') {
    if (state.count < rise - 1) return { count: state.count + 1, verdict: state.verdict };
    return { count: rise + fall - 1, verdict: 'up' };
  }
  if (state.verdict === 'init' || state.count === rise) return { count: 0, verdict: 'down' };
  if (state.count > rise) return { count: state.count - 1, verdict: state.verdict };
  // Failing again while already down: the successes in between were not in a row.
  return { count: 0, verdict: 'down' };
}

/** Only exit status 0 is success. */
export function scriptResult(outcome: ScriptOutcome): ScriptResult {
  return outcome.type === 'exited' && outcome.status === 0 ? 'success' : 'failure';
}
