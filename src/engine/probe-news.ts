import { failureText, fileText, scriptText, sessionText, successText } from '../health/check-lines.ts';
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

/** The same of a check that follows a BFD session, or a file; `wasUp`: before it was told something new. */
export function toldNews(check: SharedCheck, wasUp: boolean, subscribers: Subscribers): readonly string[] {
  const { configuration, isUp, sessionUp } = check;
  const servers = Array.from(subscribers.keys(), member => member.configuration.name);
  if (configuration.kind === 'bfd') return servers.map(server => sessionText(configuration.session, server, sessionUp));
  if (configuration.kind !== 'file' || isUp === wasUp) return [];
  return servers.map(server => fileText(configuration.name, server, isUp));
}
