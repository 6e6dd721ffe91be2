import { describe, expect, it } from 'vitest';
import type { ProbeFailure } from '../ports/probe.ts';
import { checkReason } from './check-mail.ts';

const of = (keyword: string, failure?: ProbeFailure): string =>
  checkReason({ keyword, address: '10.2.0.4', port: 25, session: 'b1' }, failure === undefined, failure);
const timeout: ProbeFailure = { type: 'timeout', during: 'read' };

// As keepalived 2.2.7 wrote them.
describe('the reason of a mail', () => {
  it.each([
    ['TCP_CHECK', 'TCP CHECK succeed on service', 'TCP CHECK failed on service'],
    ['UDP_CHECK', 'UDP CHECK succeed on service', 'UDP CHECK failed on service'],
    ['PING_CHECK', 'ICMP CHECK succeed on service', 'ICMP CHECK failed on service'],
    ['DNS_CHECK', 'DNS_CHECK: succeed on service', 'DNS_CHECK: failed on service'],
    ['MISC_CHECK', 'MISC CHECK succeeded on service', 'MISC CHECK timed out on service'],
    ['HTTP_GET', 'CHECK succeed on service', 'CHECK failed on service : HTTP request failed'],
    ['SSL_GET', 'CHECK succeed on service', 'CHECK failed on service : HTTP request failed'],
    ['SMTP_CHECK', 'CHECK succeed on service', 'CHECK failed on service : Read timeout from server [10.2.0.4]:25'],
    ['BFD_CHECK', 'BFD CHECK b1 succeeded on service', 'BFD CHECK b1 failed on service'],
    ['HTTP2_CHECK', 'HTTP2_CHECK succeed on service', 'HTTP2_CHECK failed on service'],
  ])('%s', (keyword, success, failure) => {
    expect([of(keyword), of(keyword, timeout)]).toEqual([success, failure]);
  });

  it('tells scripts that fail from those that take too long, and mail servers by what went wrong', () => {
    expect(of('MISC_CHECK', { type: 'exit-status', status: 1 })).toBe('MISC CHECK failed on service');
    expect(of('SMTP_CHECK', { type: 'connection', error: 'ECONNREFUSED' })).toMatch(
      /Could not connect to server \[10\.2\.0\.4]:25$/,
    );
    expect(of('SMTP_CHECK', { type: 'closed' })).toMatch(/Read failure from server/);
    const reasons = (['connection', 'HELO'] as const).map(to => of('SMTP_CHECK', { type: 'status', status: 554, to }));
    expect(reasons.map(text => text.replace('CHECK failed on service : ', ''))).toEqual([
      'Bad greeting banner from server [10.2.0.4]:25',
      'Bad HELO response from server [10.2.0.4]:25',
    ]);
    expect(of('SMTP_CHECK', { type: 'connection', error: 'ENETUNREACH' })).toMatch(
      / : Network unreachable for server 10\.2\.0\.4 - real server \[10\.2\.0\.4]:25$/,
    );
    expect(of('SMTP_CHECK', { type: 'timeout', during: 'connect' })).toMatch(/ : Connection timeout to server/);
  });
});
