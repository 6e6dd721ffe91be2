import { describe, expect, it } from 'vitest';
import { mailSettings } from '../engine/mails.testkit.ts';
import type { MailSettings } from '../ports/mail.ts';
import { SmtpConversation, type SmtpStep } from './smtp-conversation.ts';

const mailbox = (address: string) => ({ name: undefined, address });
const settings: MailSettings = { ...mailSettings, recipients: ['a@e', 'b@e', 'c@e'].map(mailbox) };

/** Everything said to a server that answers each command by its first word, and how it ended. */
function talk(
  answers: Readonly<Record<string, number>>,
  message = 'To: a\r\n\r\nb\r\n',
  changed: Partial<MailSettings> = {},
): { said: string[]; end: SmtpStep } {
  const conversation = new SmtpConversation({ ...settings, ...changed }, message);
  const said: string[] = [];
  let code = answers['greeting'] ?? 220;
  for (;;) {
    const step = conversation.replied(code, `${code} x`);
    if (step.type !== 'say') return { said, end: step };
    said.push(step.text);
    const word = step.text.split(/[ \r]/)[0]!;
    code = answers[step.text.trim()] ?? answers[word] ?? (word === 'DATA' ? 354 : 250);
  }
}

describe('a conversation with a mail server', () => {
  it('goes as keepalived’s', () => {
    expect(talk({})).toEqual({
      said: [
        'HELO one\r\n',
        'MAIL FROM:<holdfast@example.org>\r\n',
        'RCPT TO:<a@e>\r\n',
        'RCPT TO:<b@e>\r\n',
        'RCPT TO:<c@e>\r\n',
        'DATA\r\n',
        'To: a\r\n\r\nb\r\n.\r\n',
      ],
      end: { type: 'delivered', refused: [] },
    });
  });

  it.each([
    ['greeting', { greeting: 554 }, 554],
    ['HELO', { HELO: 502 }, 502],
    ['MAIL', { MAIL: 451 }, 451],
    ['DATA', { DATA: 554 }, 554],
    ['text', { To: 451, 'To: a\r\n\r\nb\r\n.': 451 }, 451],
  ] as const)('ends where %s is refused', (command, answers, code) => {
    expect(talk(answers).end).toEqual({ type: 'refused', command, code, line: `${code} x` });
  });

  it('leaves out recipients that are refused, as long as there is one', () => {
    const one = talk({ 'RCPT TO:<b@e>': 550, 'RCPT TO:<c@e>': 251 });
    expect(one.said).toContain('DATA\r\n');
    expect(one.end).toEqual({ type: 'delivered', refused: [{ address: 'b@e', code: 550 }] });
    const none = talk({ RCPT: 550 });
    expect(none.said).toHaveLength(5);
    expect(none.end).toMatchObject({ type: 'refused', command: 'RCPT', code: 550 });
  });

  it('ends when the server is about to close', () => {
    expect(talk({ 'RCPT TO:<b@e>': 421 }).end).toMatchObject({ type: 'refused', command: 'RCPT', code: 421 });
  });

  it('takes what is no reply for a refusal', () => {
    expect(new SmtpConversation(settings, 'x\r\n').replied(Number.NaN, 'SSH-2.0')).toMatchObject({ type: 'refused' });
  });

  it('stuffs dots, so that a line of one does not end the mail', () => {
    const { said } = talk({}, 'a: b\r\n\r\n.\r\n..x\r\nx.\r\n');
    expect(said.at(-1)).toBe('a: b\r\n\r\n..\r\n...x\r\nx.\r\n.\r\n');
  });

  it('says nothing that a configured name could make a command of its own', () => {
    expect(talk({}, 'x\r\n', { heloName: 'a\r\nMAIL FROM:<x>' }).said[0]).toBe('HELO a?MAIL FROM:<x>\r\n');
  });
});
