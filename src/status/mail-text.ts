import type { MailCounts } from '../notify/mail-queue.ts';

/** A line about mails; empty where none are sent. */
export function mailText(mails: MailCounts | undefined): string {
  if (!mails) return '';
  const { dropped, failed, sent, underWay, waiting } = mails;
  const words = [`${sent} sent`, `${failed} failed`, `${dropped} dropped`, `${waiting + underWay} waiting`];
  return `mails  ${words.join(', ')}\n`;
}
