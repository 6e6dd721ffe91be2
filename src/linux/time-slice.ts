import { type Duration, microseconds } from '../base/duration.ts';
import { policy, schedAttributesOf, setSchedAttributes } from './sched-attributes.ts';

const nanosecondsPerMicrosecond = 1_000n;

/** What work that must be on time asks for: it never takes long. */
const shortSlice = microseconds(100);

/**
 * Asks the scheduler for short turns, which it gives sooner: whoever else keeps the processor busy, such as the checker
 * process, delays an advertisement less. It takes no privilege, and is of no effect before Linux 6.12. A thread that somebody gave
 * a policy of its own, such as a real-time one, keeps it. Concerns the calling thread and what it starts.
 */
export function askForShortTurns(): void {
  const attributes = schedAttributesOf(0);
  if (attributes?.policy !== policy.ordinary) return;
  // A kernel that refuses leaves all as it was.
  setSchedAttributes(0, { ...attributes, runtime: BigInt(shortSlice) * nanosecondsPerMicrosecond });
}

/** How long the calling thread's turns are; 0 if the kernel does not say. */
export function turnLength(): Duration {
  const runtime = schedAttributesOf(0)?.runtime ?? 0n;
  return microseconds(Number(runtime / nanosecondsPerMicrosecond));
}
