import type { Duration } from '../base/duration.ts';

/** Somebody who sends or gets mail. */
export interface Mailbox {
  /** Shown before the address; Unicode without control characters. */
  readonly name: string | undefined;
  /** `local@domain`, or a local part alone; printable ASCII. */
  readonly address: string;
}

/** How and to whom mails are sent. */
export interface MailSettings {
  /** In front of each subject. */
  readonly routerId: string;
  /** A name, or an address without brackets; looked up for each mail. */
  readonly host: string;
  /** 1 .. 65535. */
  readonly port: number;
  readonly heloName: string;
  /** For the connection, and again for every reply: 1 s and more. */
  readonly timeout: Duration;
  readonly sender: Mailbox;
  /** At least one. */
  readonly recipients: readonly Mailbox[];
}

/** One mail to everybody who is to know. */
export interface Mail {
  readonly settings: MailSettings;
  /** Unicode; what must not be in a header is taken out when it is sent. */
  readonly subject: string;
  /** Lines end with "\n". */
  readonly body: string;
}
