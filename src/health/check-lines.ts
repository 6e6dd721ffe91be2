import type { ProbeFailure, ProbeSpec } from '../ports/probe.ts';

/** A checker of one server in one service, as its log lines name it. */
export interface CheckedServer {
  readonly keyword: string;
  /** `[192.0.2.7]:tcp:80`. */
  readonly server: string;
  readonly service: string;
  /** MISC_CHECK: the command as written. */
  readonly script: string | undefined;
}

/** Said when a server passes for the first time or again after a failure, in keepalived's words; some say nothing. */
export function successText({ keyword, server, service, script }: CheckedServer): string | undefined {
  switch (keyword) {
    case 'TCP_CHECK':
      return `TCP connection to ${server} success.`;
    case 'HTTP_GET':
    case 'SSL_GET':
      return `Remote Web server ${server} succeed on service.`;
    case 'SMTP_CHECK':
      return `Remote SMTP server ${server} succeed on service.`;
    case 'UDP_CHECK':
      return `UDP connection to ${server} success.`;
    case 'PING_CHECK':
      return `ICMP connection to ${server} success.`;
    case 'MISC_CHECK':
      return `Misc check for [${server} VS ${service}] by [${program(script)}] succeeded.`;
    case 'DNS_CHECK':
    case 'FILE_CHECK':
    case 'BFD_CHECK':
      return undefined;
    default:
      return `${keyword} on service ${server} success.`;
  }
}

/** BFD_CHECK: said when the session changes, for each server that it speaks for. */
export function sessionText(session: string, server: string, up: boolean): string {
  return `BFD check of [${session}] RS(${server}) is ${up ? 'UP' : 'DOWN'}`;
}

/** FILE_CHECK: said when what the file says takes a server out, and when it no longer does. */
export function fileText(file: string, server: string, up: boolean): string {
  return `(${server}): tracked file ${file} ${up ? 'leaving' : 'now'} FAULT state`;
}

/** Said when the verdict turns to down: keepalived's words, and after them the evidence. */
export function failureText(checked: CheckedServer, retries: number, failure: ProbeFailure): string {
  const { keyword, server, service, script } = checked;
  const reason = failureReason(failure);
  // keepalived counts in the plural whatever the number.
  const after = retries > 0 ? ` after ${retries} retries` : '';
  switch (keyword) {
    case 'HTTP_GET':
    case 'SSL_GET':
      return `HTTP_CHECK on service ${server} failed${after}. (${reason})`;
    case 'PING_CHECK':
      return `ICMP CHECK on service ${server} of VS failed${after}. (${reason})`;
    case 'DNS_CHECK':
      return `DNS_CHECK (${server}) ${dnsReason(failure)}${after}`;
    case 'MISC_CHECK': {
      const what = failure.type === 'timeout' ? 'timed out' : 'failed';
      const when = retries > 0 ? `after ${retries} retr${retries === 1 ? 'y' : 'ies'}` : 'with retry disabled';
      const how = failure.type === 'timeout' ? '' : ` (${reason})`;
      return `Misc check for [${server} VS ${service}] by [${program(script)}] ${what} ${when}${how}.`;
    }
    default:
      return `${keyword} on service ${server} failed${after}. (${reason})`;
  }
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

export function scriptText(spec: ProbeSpec | undefined): string | undefined {
  return spec?.type === 'script' ? spec.script.text : undefined;
}

function dnsReason(failure: ProbeFailure): string {
  if (failure.type === 'rcode') return `read error occurred. (rcode = ${failure.rcode})`;
  return failure.type === 'timeout' ? 'read timeout from socket' : `failed: ${failureReason(failure)}`;
}

/** The program without its arguments. */
function program(script: string | undefined): string {
  return script?.trim().split(/\s+/)[0] ?? '';
}
