import type { ProbeFailure } from '../ports/probe.ts';
import { failureReason } from './check-lines.ts';

/** A checker of one server, as its mails name it. */
export interface MailedCheck {
  readonly keyword: string;
  readonly address: string;
  readonly port: number;
  /** BFD_CHECK. */
  readonly session: string | undefined;
}

/** Why a mail about a real server is sent, in keepalived's words. `failure`: undefined after a success. */
export function checkReason(check: MailedCheck, passed: boolean, failure: ProbeFailure | undefined): string {
  const { keyword, session } = check;
  const verdict = passed ? 'succeed' : 'failed';
  switch (keyword) {
    case 'TCP_CHECK':
    case 'UDP_CHECK':
      return `${keyword.slice(0, 3)} CHECK ${verdict} on service`;
    case 'PING_CHECK':
      return `ICMP CHECK ${verdict} on service`;
    case 'DNS_CHECK':
      return `DNS_CHECK: ${verdict} on service`;
    case 'MISC_CHECK':
      return `MISC CHECK ${passed ? 'succeeded' : failure?.type === 'timeout' ? 'timed out' : 'failed'} on service`;
    case 'BFD_CHECK':
      return `BFD CHECK ${session ?? ''} ${passed ? 'succeeded' : 'failed'} on service`;
    case 'HTTP_GET':
    case 'SSL_GET':
      return passed ? 'CHECK succeed on service' : 'CHECK failed on service : HTTP request failed';
    case 'SMTP_CHECK':
      return passed ? 'CHECK succeed on service' : `CHECK failed on service : ${smtpReason(check, failure)}`;
    default:
      return `${keyword} ${verdict} on service`;
  }
}

/** What was measured, which keepalived does not say. */
export function checkEvidence(failure: ProbeFailure | undefined): string | undefined {
  return failure && failureReason(failure);
}

function smtpReason({ address, port }: MailedCheck, failure: ProbeFailure | undefined): string {
  const server = `server [${address}]:${port}`;
  switch (failure?.type) {
    case 'connection':
      return failure.error === 'ENETUNREACH'
        ? `Network unreachable for server ${address} - real ${server}`
        : `Could not connect to ${server}`;
    case 'timeout':
      return failure.during === 'connect' ? `Connection timeout to ${server}` : `Read timeout from ${server}`;
    case 'closed':
      return `Read failure from ${server}`;
    case 'status':
      return `${failure.to === 'HELO' ? 'Bad HELO response' : 'Bad greeting banner'} from ${server}`;
    default:
      return `Bad response from ${server}`;
  }
}
