/** One tracked object, as one instance weighs it. */
export interface TrackedObject {
  /** up: interface running, script succeeding. waiting: of which nothing is known yet. */
  readonly status: 'up' | 'down' | 'waiting';
  /** -253 .. 253; 0 means FAULT while it is down. */
  readonly weight: number;
  /** Swaps the effect of up and down. */
  readonly reverse: boolean;
}

/** A tracked file, as one instance weighs it. */
export interface TrackedNumber {
  /** Undefined: nobody has looked yet. */
  readonly number: number | undefined;
  /** -254 .. 254; 0 means FAULT while the number is not 0. */
  readonly weight: number;
  /** Turns the sign; with weight 0 it is 0 that means FAULT. */
  readonly reverse: boolean;
}

/** From here down a product is no priority any more but FAULT. */
const faultProduct = -254;

/** -254 .. 253, what keepalived calls the status of a tracked file: -254 is FAULT, all else adds to the priority. */
export function statusOfNumber({ number, weight, reverse }: TrackedNumber): number {
  if (number === undefined) return 0;
  if (weight === 0) return (number !== 0) !== reverse ? faultProduct : 0;
  const product = number * weight * (reverse ? -1 : 1);
  // Not -0, which no text shows and no comparison of plain data passes over.
  return Math.max(faultProduct, Math.min(253, product)) + 0;
}

/** What a tracked object adds to the priority: a positive weight while it is up, a negative one while it is down. */
export function priorityContribution(object: TrackedObject | TrackedNumber): number {
  if ('number' in object) return holdsInFault(object) ? 0 : statusOfNumber(object);
  const { status, weight, reverse } = object;
  if (weight === 0 || status === 'waiting') return 0;
  const good = (status === 'up') !== reverse;
  if (weight > 0) return good ? weight : 0;
  return good ? 0 : weight;
}

/** Whether the object alone holds the instance in FAULT. A script that has not reported yet holds it as well. */
export function holdsInFault(object: TrackedObject | TrackedNumber): boolean {
  if ('number' in object) return statusOfNumber(object) === faultProduct;
  const { status, weight, reverse } = object;
  if (weight !== 0) return false;
  return status === 'waiting' || (status === 'up') === reverse;
}

/**
 * Base priority plus contributions, kept within 1 .. 254. The address owner's 255 is never touched (RFC 9568 section
 * 5.2.4), nor can anybody else reach it.
 */
export function effectivePriority(base: number, tracked: readonly (TrackedObject | TrackedNumber)[]): number {
  if (base === 255) return 255;
  let sum = base;
  for (const object of tracked) sum += priorityContribution(object);
  return Math.min(254, Math.max(1, sum));
}
