import { seconds } from '../base/duration.ts';
import type { Reader } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { blockHasLines } from '../config/unread-words.ts';
import { boolean, integer, integerOf } from '../config/values.ts';
import type { Mailbox, MailSettings } from '../ports/mail.ts';
import { parseMailbox, parseRecipients } from './mailbox.ts';

/** What global_defs says about mail. Undefined: not said. */
export interface MailDraft {
  server: { readonly host: string; readonly port: number; readonly statement: Statement } | undefined;
  timeoutSeconds: number;
  sender: Mailbox | undefined;
  readonly recipients: Mailbox[];
  alerts: boolean | undefined;
  vrrpAlerts: boolean | undefined;
  checkerAlerts: boolean | undefined;
  faults: boolean;
  eachChecker: boolean;
}

export function emptyMailDraft(): MailDraft {
  return {
    server: undefined,
    timeoutSeconds: 30,
    sender: undefined,
    recipients: [],
    alerts: undefined,
    vrrpAlerts: undefined,
    checkerAlerts: undefined,
    faults: true,
    eachChecker: true,
  };
}

type MailReader = Reader<{ readonly mail: MailDraft }, SectionContext>;

const usualPort = 25;

const alerts =
  (key: 'alerts' | 'vrrpAlerts' | 'checkerAlerts'): MailReader =>
  (statement, { mail }, context) => {
    mail[key] = boolean(statement, context) ?? mail[key];
  };

/** global_defs keywords of this feature. */
export const mailGlobalReaders: Readonly<Record<string, MailReader>> = {
  smtp_server: (statement, { mail }, context) => {
    const [, word, portWord] = statement.words;
    const host = word!.text.replace(/^\[(.*)\]$/, '$1');
    const range = { minimum: 1, maximum: 65_535 };
    const port = portWord ? integerOf(statement, portWord, range, context, false) : usualPort;
    if (!portWord && /\s/.test(host)) {
      complain(context, located(statement, word), 'bad-value', `"${shortened(host)}" is no name of a host`);
    } else if (port !== undefined) mail.server = { host, port, statement };
  },
  smtp_connect_timeout: (statement, { mail }, context) => {
    const value = integer(statement, { minimum: 0, maximum: 4_294 }, context, false);
    if (value === 0) {
      const word = statement.words[1]!;
      complain(context, located(statement, word), 'bad-value', 'smtp_connect_timeout 0 becomes 1 s');
    }
    if (value !== undefined) mail.timeoutSeconds = Math.max(1, value);
  },
  notification_email: (statement, { mail }, context) => {
    const lines = statement.block?.statements ?? [];
    blockHasLines(statement, context);
    for (const line of lines) {
      const { recipients, unusable } = parseRecipients(line.words.map(({ text }) => text));
      mail.recipients.push(...recipients);
      for (const place of unusable) {
        const word = line.words[place]!;
        const message = `"${shortened(word.text)}" is no mail address`;
        advise(context, located(line, word), 'bad-value', message, 'it is left out; the others get their mails');
      }
    }
  },
  notification_email_from: (statement, { mail }, context) => {
    const words = statement.words.slice(1);
    // keepalived takes the first word only; a name before an address in brackets is plain enough.
    const whole = /^<[^<>]+>$/.test(words.at(-1)?.text ?? '')
      ? words.map(({ text }) => text).join(' ')
      : words[0]!.text;
    const sender = parseMailbox(whole);
    if (sender) mail.sender = sender;
    else {
      const message = `"${shortened(whole)}" is no mail address`;
      advise(context, located(statement, words[0]), 'bad-value', message, 'mails come from the daemon and this host');
    }
  },
  smtp_alert: alerts('alerts'),
  smtp_alert_vrrp: alerts('vrrpAlerts'),
  smtp_alert_checker: alerts('checkerAlerts'),
  no_email_faults: (_statement, { mail }) => {
    mail.faults = false;
  },
  no_checker_emails: (statement, { mail }, context) => {
    const value = boolean(statement, context);
    if (value !== undefined) mail.eachChecker = !value;
  },
};

/** What instances, groups and servers do that say nothing themselves; the more specific global setting counts. */
export interface AlertDefaults {
  readonly vrrp: boolean;
  readonly virtualServer: boolean;
  readonly realServer: boolean;
}

export function alertDefaults({ alerts: all, vrrpAlerts, checkerAlerts }: MailDraft): AlertDefaults {
  const checker = checkerAlerts ?? all;
  return { vrrp: vrrpAlerts ?? all ?? false, virtualServer: checker ?? false, realServer: checker ?? true };
}

export interface MailSurroundings {
  readonly routerId: string;
  readonly heloName: string | undefined;
  readonly hostName: string;
  /** Whom mails come from where nothing is said: a user of this host. */
  readonly userName: string;
}

/** Undefined: no mail is sent, for want of what `missingForMail` names. */
export function completeMail(
  { recipients, sender, server, timeoutSeconds }: MailDraft,
  { routerId, heloName, hostName, userName }: MailSurroundings,
): MailSettings | undefined {
  if (!server || recipients.length === 0) return undefined;
  return {
    routerId,
    host: server.host,
    port: server.port,
    heloName: heloName ?? hostName,
    timeout: seconds(timeoutSeconds),
    sender: sender ?? { name: undefined, address: `${userName}@${hostName}` },
    recipients,
  };
}

/** Keywords without which no mail is sent. */
export function missingForMail({ recipients, server }: MailDraft): readonly string[] {
  return [...(server ? [] : ['smtp_server']), ...(recipients.length > 0 ? [] : ['notification_email'])];
}
