import type { BodySearch } from '../health/body-pattern.ts';
import type { ProbeSpec } from '../ports/probe.ts';
import { bounds, type Finding } from './conversation.ts';

/** What HTTP checks expect of a reply, whatever version of the protocol brought it. */
export type Expectations = Pick<Extract<ProbeSpec, { type: 'http' }>, 'statusRanges' | 'digest'>;

/** A whole reply against what is expected of it: the status, then the digest, then the pattern, as keepalived. */
export function judgeReply(
  expected: Expectations,
  reply: { readonly status: number; readonly digest: string; readonly excerpt: string | undefined },
  search: BodySearch | undefined,
): Finding {
  const { status, digest, excerpt } = reply;
  if (!hasGoodStatus(expected, status)) return { ...reply, failure: { type: 'status', status } };
  if (expected.digest !== undefined && expected.digest !== digest) {
    return { ...reply, failure: { type: 'digest', digest } };
  }
  if (search && !search.end()) {
    const gaveUp = `the pattern takes too many steps: ${excerpt ?? ''}`.slice(0, bounds.excerpt);
    return { ...reply, failure: { type: 'pattern' }, excerpt: search.gaveUp ? gaveUp : excerpt };
  }
  return reply;
}

export function hasGoodStatus({ statusRanges }: Pick<Expectations, 'statusRanges'>, status: number): boolean {
  return statusRanges.some(([low, high]) => status >= low && status <= high);
}
