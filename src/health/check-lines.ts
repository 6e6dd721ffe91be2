import { type Duration, inMilliseconds } from '../base/duration.ts';
import type { ProbeFailure, ProbeResult, ProbeSpec } from '../ports/probe.ts';

/** What a checker of one server says when its verdict turns to up; keepalived's words. */
export function successText(keyword: string, server: string, service: string, script: string | undefined): string {
  switch (keyword) {
    case 'TCP_CHECK':
      return `TCP connection to ${server} success.`;
    case 'HTTP_GET':
    case 'SSL_GET':
      return `Remote Web server ${server} succeed on service.`;
    case 'SMTP_CHECK':
      return `Remote SMTP server ${server} succeed on service.`;
    case 'MISC_CHECK':
      return `Misc check for [${server} VS ${service}] by [${script ?? ''}] succeeded`;
    default:
      return `${keyword} on service ${server} success.`;
  }
}

/** What it says when its verdict turns to down, with the evidence. */
export function failureText(
  keyword: string,
  server: string,
  service: string,
  script: string | undefined,
  retries: number,
  failure: ProbeFailure,
): string {
  if (keyword === 'MISC_CHECK') {
    const what = failure.type === 'timeout' ? 'timed out' : 'failed';
    return `Misc check for [${server} VS ${service}] by [${script ?? ''}] ${what} (${failureReason(failure)})`;
  }
  const after = retries > 0 ? ` after ${retries} retries` : '';
  return `${keyword} on service ${server} failed${after}. (${failureReason(failure)})`;
}

/** A failure in a few words, for log lines and tables. */
export function failureReason(failure: ProbeFailure): string {
  switch (failure.type) {
    case 'connection':
      return `cannot connect: ${failure.error}`;
    case 'timeout':
      return `timeout during ${failure.during}`;
    case 'tls':
      return `TLS: ${failure.error}`;
    case 'closed':
      return 'the server ended the connection too early';
    case 'status':
      return `status ${failure.status}`;
    case 'digest':
      return `digest ${failure.digest}`;
    case 'pattern':
      return 'the body does not match';
    case 'protocol':
      return `unexpected reply: ${failure.excerpt}`;
    case 'rcode':
      return `rcode ${failure.rcode}`;
    case 'reply':
      return 'the reply is not the expected one';
    case 'exit-status':
      return `exited with status ${failure.status}`;
    case 'signal':
      return `due to signal ${failure.signal}`;
    case 'not-started':
      return `could not be started: ${failure.error}`;
  }
}

/** One probe's outcome for a table: `200 in 12.3 ms`. */
export function resultSummary({ failure, took, status }: ProbeResult): string {
  const outcome = failure ? failureReason(failure) : status === undefined ? 'ok' : `ok, status ${status}`;
  return `${outcome} in ${formatMilliseconds(took)}`;
}

export function scriptText(spec: ProbeSpec | undefined): string | undefined {
  return spec?.type === 'script' ? spec.script.text : undefined;
}

function formatMilliseconds(span: Duration): string {
  return `${inMilliseconds(span).toFixed(1)} ms`;
}
