import { inSeconds } from '../base/duration.ts';
import type { MailCounts } from '../notify/mail-queue.ts';
import type { Mailbox, MailSettings } from '../ports/mail.ts';

/** A line about mails; empty where none are sent. */
export function mailText(mails: MailCounts | undefined): string {
  if (!mails) return '';
  const { dropped, failed, sent, underWay, waiting } = mails;
  const words = [`${sent} sent`, `${failed} failed`, `${dropped} dropped`, `${waiting + underWay} waiting`];
  return `mails  ${words.join(', ')}\n`;
}

/** How mails are sent, for the dumps; in the words of keepalived's. */
export function mailLines(settings: MailSettings | undefined): readonly string[] {
  if (!settings) return [];
  return [
    ` Smtp server = ${settings.host}`,
    ` Smtp server port = ${settings.port}`,
    ` Smtp HELO name = ${settings.heloName}`,
    ` Smtp server connection timeout = ${inSeconds(settings.timeout)}`,
    ` Email notification from = ${mailboxText(settings.sender)}`,
    ' Email notification to:',
    ...settings.recipients.map(recipient => `   ${mailboxText(recipient)}`),
  ];
}

export function alertLine(mail: boolean | undefined): string {
  return `   Using smtp notification = ${mail ? 'yes' : 'no'}`;
}

function mailboxText({ name, address }: Mailbox): string {
  return name === undefined ? address : `${name} <${address}>`;
}
