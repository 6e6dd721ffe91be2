import { expect, it } from 'vitest';
import { mailSettings } from '../engine/mails.testkit.ts';
import { alertLine, mailLines, mailText } from './mail-text.ts';

it('says what became of mails, where some are sent', () => {
  expect(mailText(undefined)).toBe('');
  expect(mailText({ waiting: 3, underWay: 4, sent: 5, failed: 6, dropped: 7 })).toBe(
    'mails  5 sent, 6 failed, 7 dropped, 7 waiting\n',
  );
});

it('says how mails are sent, in the words of keepalived’s dump', () => {
  const sender = { name: 'Ops', address: 'ops@example.org' };
  expect(mailLines({ ...mailSettings, sender })).toEqual([
    ' Smtp server = 192.0.2.25',
    ' Smtp server port = 25',
    ' Smtp HELO name = one',
    ' Smtp server connection timeout = 30',
    ' Email notification from = Ops <ops@example.org>',
    ' Email notification to:',
    '   ops@example.org',
  ]);
  expect(mailLines(undefined)).toEqual([]);
  expect([alertLine(true), alertLine(undefined)]).toEqual([
    '   Using smtp notification = yes',
    '   Using smtp notification = no',
  ]);
});
