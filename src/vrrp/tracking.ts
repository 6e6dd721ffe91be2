/** One tracked object, as one instance weighs it. */
export interface TrackedObject {
  /** up: interface running, script succeeding. waiting: a script that has not reported yet. */
  readonly status: 'up' | 'down' | 'waiting';
  /** -253 .. 253; 0 means FAULT while it is down. */
  readonly weight: number;
  /** Swaps the effect of up and down. */
  readonly reverse: boolean;
}

/** What a tracked object adds to the priority: a positive weight while it is up, a negative one while it is down. */
export function priorityContribution({ status, weight, reverse }: TrackedObject): number {
  if (weight === 0 || status === 'waiting') return 0;
  const good = (status === 'up') !== reverse;
  if (weight > 0) return good ? weight : 0;
  return good ? 0 : weight;
}

/** Whether the object alone holds the instance in FAULT. A script that has not reported yet holds it as well. */
export function holdsInFault({ status, weight, reverse }: TrackedObject): boolean {
  if (weight !== 0) return false;
  return status === 'waiting' || (status === 'up') === reverse;
}

/**
 * Base priority plus contributions, kept within 1 .. 254. The address owner's 255 is never touched (RFC 9568 section
 * 5.2.4), nor can anybody else reach it.
 */
export function effectivePriority(base: number, tracked: readonly TrackedObject[]): number {
  if (base === 255) return 255;
  let sum = base;
  for (const object of tracked) sum += priorityContribution(object);
  return Math.min(254, Math.max(1, sum));
}
