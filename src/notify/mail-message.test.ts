import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mailSettings } from '../engine/mails.testkit.ts';
import type { Mail, MailSettings } from '../ports/mail.ts';
import { mailMessage } from './mail-message.ts';

const recipients = ['a@example.org', 'b@example.org'].map(address => ({ name: undefined, address }));
const settings: MailSettings = { ...mailSettings, recipients };
const date = 'Fri, 20 Nov 2026 08:24:25 +0000';
const message = (mail: Partial<Mail>, rest: Partial<MailSettings> = {}): string =>
  mailMessage({ subject: 's', body: 'b\n', ...mail, settings: { ...settings, ...rest } }, date);
const decoded = (words: string): string =>
  [...words.matchAll(/=\?UTF-8\?B\?([A-Za-z0-9+/=]*)\?=/g)]
    .map(([, text]) => Buffer.from(text!, 'base64').toString())
    .join('');

describe('a mail', () => {
  it('is keepalived’s, byte for byte', () => {
    const subject = '[LVS_ONE] VRRP Instance V1 - Entering MASTER state';
    expect(message({ subject, body: '=> VRRP Instance is now owning VRRP VIPs <=\n' })).toBe(
      'Date: Fri, 20 Nov 2026 08:24:25 +0000\r\nFrom: holdfast@example.org\r\nSubject: [LVS_ONE] VRRP Instance V1 - Entering MASTER state\r\n' +
        'X-Mailer: Keepalived\r\nTo: a@example.org, b@example.org\r\n\r\n=> VRRP Instance is now owning VRRP VIPs <=\r\n\r\n',
    );
  });

  it('gets no header from whoever chooses a name or a reason', () => {
    const text = message(
      { subject: 'V1\r\nBcc: everybody@example.org\u2028X: y' },
      { sender: { name: 'a\nBcc: b', address: 'ops' } },
    );
    expect(text.split('\r\n').filter(line => /^(bcc|x):/i.test(line))).toEqual([]);
    expect(text).toContain('Subject: V1 Bcc: everybody@example.org X: y\r\n');
  });

  it('encodes what headers cannot carry', () => {
    const subject = '[büro] VRRP Instance Füße - Entering MASTER state 🏠'.repeat(3);
    const text = message({ subject }, { sender: { name: 'Büro', address: 'ops@example.org' } });
    const [, from, ...rest] = text.split('\r\n');
    expect(decoded(from!)).toBe('Büro');
    expect(from).toMatch(/ <ops@example\.org>$/);
    const lines = rest.slice(0, rest.indexOf('X-Mailer: Keepalived'));
    expect(decoded(lines.join(''))).toBe(subject);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(76);
  });

  it('quotes names that are more than words', () => {
    const of = (name: string): string =>
      message({}, { sender: { name, address: 'o@e' } })
        .split('\r\n')[1]!
        .slice('From: '.length);
    expect(of('Ops Team')).toBe('Ops Team <o@e>');
    expect(of('Team, Ops')).toBe('"Team, Ops" <o@e>');
    expect(of('a "b" \\')).toBe('"a \\"b\\" \\\\" <o@e>');
  });

  it('encodes a body that mail cannot carry, and no other', () => {
    expect(message({ body: 'plain\n' })).not.toContain('MIME');
    for (const body of ['Füße\n', `${'x'.repeat(1_000)}\n`, 'a\u0007b\n']) {
      const [headers, encoded] = message({ body }).split('\r\n\r\n');
      expect(headers).toContain('MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n');
      expect(headers).toMatch(/Content-Transfer-Encoding: base64$/);
      expect(Buffer.from(encoded!, 'base64').toString()).toBe(body.replaceAll('\n', '\r\n'));
    }
  });

  it('tears a word that is too long for a line', () => {
    const text = message({ subject: `${'x'.repeat(1_500)} y` });
    const start = text.indexOf('Subject: ');
    const lines = text.slice(start, text.indexOf('X-Mailer')).split('\r\n');
    expect(lines.map(line => line.length)).toEqual([998, 514, 0]);
    expect(lines[0]).toMatch(/^Subject: x+$/);
  });

  it('has no line that is too long, and nothing but ASCII', () => {
    const piece = fc.constantFrom(
      ...'ab .,<>"\\@:=?\r\n\t\u0000\u0007\u007f\u0085\u2028äß€🏠',
      '\ud800',
      '\r\n',
      'Bcc: x@y',
      'x'.repeat(700),
    );
    const text = fc.array(piece, { maxLength: 60 }).map(pieces => pieces.join(''));
    const recipients = Array.from({ length: 100 }, (_, place) => ({
      name: undefined,
      address: `recipient-${place}@example.org`,
    }));
    fc.assert(
      fc.property(text, text, text, (subject, body, name) => {
        const whole = message({ subject, body }, { sender: { name, address: 'o@e' }, recipients });
        const lines = whole.split('\r\n');
        const headers = lines.slice(0, lines.indexOf(''));
        const names = headers.filter(line => !line.startsWith(' ')).map(line => line.split(':')[0]);
        expect({
          ascii: /^[\r\n\t -~]*$/.test(whole) && !/[\r\n]/.test(lines.join('')),
          long: lines.filter(line => line.length > 998),
          odd: headers.filter(line => !/^( |(Date|From|Subject|X-Mailer|To|MIME-Version|Content-[\w-]+): )/.test(line)),
          repeated: names.length - new Set(names).size,
        }).toEqual({ ascii: true, long: [], odd: [], repeated: 0 });
      }),
      { numRuns: 100 },
    );
  });
});
