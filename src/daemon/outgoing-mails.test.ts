import { describe, expect, it } from 'vitest';
import { mailSettings } from '../engine/mails.testkit.ts';
import type { Mail } from '../ports/mail.ts';
import type { ChildMessage } from './child-messages.ts';
import { mailDate } from './mail-date.ts';
import { OutgoingMails } from './outgoing-mails.ts';

const mail = (subject: string): Mail => ({ settings: mailSettings, subject, body: 'b\n' });

function bench() {
  const sent: ChildMessage[] = [];
  const complaints: string[] = [];
  const outlet = { backlog: 0, send: (message: ChildMessage) => void sent.push(message) };
  const mails = new OutgoingMails(outlet, text => complaints.push(text));
  return { sent, complaints, outlet, mails };
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe('mails on their way to the parent', () => {
  it('go a few in each turn of the loop, none in the one that asks for them', async () => {
    const { mails, sent } = bench();
    for (let number = 0; number < 12; number++) mails.add(mail(String(number)));
    const counts = [sent.length];
    for (let number = 0; number < 4; number++) {
      await turn();
      counts.push(sent.length);
    }
    expect(counts).toEqual([0, 5, 10, 12, 12]);
    expect(sent.map(message => message.type === 'mail' && message.letter.mail.subject)).toEqual(
      Array.from({ length: 12 }, (_, number) => String(number)),
    );
  });

  it('go at once before an end', async () => {
    const { mails, sent } = bench();
    for (let number = 0; number < 12; number++) mails.add(mail(String(number)));
    mails.sendAll();
    expect(sent).toHaveLength(12);
    await turn();
    mails.add(mail('more'));
    await turn();
    expect(sent).toHaveLength(13);
  });

  it('are lost, and that is said, where nobody listens', async () => {
    const { complaints, mails, outlet, sent } = bench();
    outlet.backlog = 5_000_000;
    mails.add(mail('a'));
    await turn();
    expect(sent).toEqual([]);
    expect(complaints).toEqual(['The parent process does not listen: the mail "a" is lost']);
  });
});

describe('the date of a mail', () => {
  it('is RFC 5322’s, in local time', () => {
    const date = new Date(2026, 10, 5, 8, 4, 2);
    const text = mailDate(date);
    expect(text).toMatch(/^Thu, 05 Nov 2026 08:04:02 [+-]\d{4}$/);
    expect(new Date(text)).toEqual(date);
  });

  it.each([
    [-330, '+0530'],
    [570, '-0930'],
    [0, '+0000'],
  ])('has its offset: %d minutes is %s', (offset, zone) => {
    const date = new Date(2026, 10, 5);
    date.getTimezoneOffset = () => offset;
    expect(mailDate(date).slice(-5)).toBe(zone);
  });
});
