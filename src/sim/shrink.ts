import { type Duration, plus, seconds } from '../base/duration.ts';
import type { Step } from './action.ts';
import { type Episode, playEpisode } from './episode.ts';
import type { InvariantName } from './invariants/invariant.ts';

/** What follows the last step of a shrunk episode. */
const aftermath = seconds(60);

/** The shortest episode that still breaks the invariant: fewer and fewer steps, as long as it does (delta debugging). */
export function shrink(episode: Episode, invariant: InvariantName): Episode {
  const breaks = (candidate: Episode): Duration | undefined => {
    const { violations } = playEpisode(candidate);
    const found = violations.find(violation => violation.invariant === invariant);
    return found && (found.at as number as Duration);
  };
  let best = episode;
  const at = breaks(episode);
  if (at === undefined) return episode;
  const early = { ...episode, steps: episode.steps.filter(step => step.at <= at) };
  if (breaks(early) !== undefined) best = early;
  for (let pieces = 2; best.steps.length > 1; ) {
    const smaller = withoutOnePiece(best, pieces, candidate => breaks(candidate) !== undefined);
    if (smaller) {
      best = smaller;
      pieces = Math.max(2, pieces - 1);
    } else if (pieces >= best.steps.length) break;
    else pieces = Math.min(best.steps.length, pieces * 2);
  }
  best = moveForward(best, candidate => breaks(candidate) !== undefined);
  const last = breaks(best) ?? zeroSpan;
  return { ...best, span: plus(last, aftermath) };
}

const zeroSpan = seconds(0);

function withoutOnePiece(
  episode: Episode,
  pieces: number,
  stillBreaks: (candidate: Episode) => boolean,
): Episode | undefined {
  const { steps } = episode;
  const size = Math.ceil(steps.length / pieces);
  for (let start = 0; start < steps.length; start += size) {
    const rest = [...steps.slice(0, start), ...steps.slice(start + size)];
    const candidate = { ...episode, steps: rest };
    if (stillBreaks(candidate)) return candidate;
  }
  return undefined;
}

/** What is left begins soon after the cluster has found its master. */
function moveForward(episode: Episode, stillBreaks: (candidate: Episode) => boolean): Episode {
  const [first] = episode.steps;
  for (const begin of [15, 30, 60, 120]) {
    if (!first || first.at <= seconds(begin)) continue;
    const shift = first.at - seconds(begin);
    const steps = episode.steps.map((step): Step => ({ ...step, at: (step.at - shift) as Duration }));
    const candidate = { ...episode, steps };
    if (stillBreaks(candidate)) return candidate;
  }
  return episode;
}
