import { failureText, scriptText, sessionText, successText } from '../health/check-lines.ts';
import type { CheckStep } from '../health/check-state.ts';
import type { ProbeResult } from '../ports/probe.ts';
import type { Subscribers } from './checks.ts';
import type { SharedCheck } from './shared-check.ts';

/** What the log says of a probe that has ended: for each server that the check speaks for, something or nothing. */
export function probeNews(
  check: SharedCheck,
  { turned, retriesLeft, passed }: CheckStep,
  { failure }: ProbeResult,
  subscribers: Subscribers,
): readonly string[] {
  const { keyword, shadow, logAllFailures, schedule } = check.configuration;
  const script = scriptText(check.configuration.kind === 'probe' ? check.configuration.probe : undefined);
  const mark = shadow ? ' (shadow check, not acted on)' : '';
  const texts: string[] = [];
  for (const [member, service] of subscribers) {
    const checked = { keyword, server: member.configuration.name, service: service.pool.configuration.name, script };
    const success = passed ? successText(checked) : undefined;
    if (success !== undefined) texts.push(`${success}${mark}`);
    if (!failure || (turned !== 'down' && !logAllFailures)) continue;
    const retries = turned === 'down' && check.hasRetried ? schedule.retries - (retriesLeft ?? 0) : 0;
    texts.push(`${failureText(checked, retries, failure)}${mark}`);
  }
  return texts;
}

/** The same of a check that follows a BFD session. */
export function sessionNews({ configuration, sessionUp }: SharedCheck, subscribers: Subscribers): readonly string[] {
  if (configuration.kind !== 'bfd') return [];
  const { session } = configuration;
  return [...subscribers.keys()].map(member => sessionText(session, member.configuration.name, sessionUp));
}
