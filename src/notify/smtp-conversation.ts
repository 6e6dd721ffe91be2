import type { Mailbox, MailSettings } from '../ports/mail.ts';

/** What the mail server is told next, or what came of it. */
export type SmtpStep =
  | { readonly type: 'say'; readonly text: string }
  /** The mail is the server's now; say goodbye. `refused`: recipients that it did not take. */
  | { readonly type: 'delivered'; readonly refused: readonly RefusedRecipient[] }
  /** `command` was answered with something else than it should have been. */
  | { readonly type: 'refused'; readonly command: SmtpCommand; readonly code: number; readonly line: string };

export type SmtpCommand = 'greeting' | 'HELO' | 'MAIL' | 'RCPT' | 'DATA' | 'text';

export interface RefusedRecipient {
  readonly address: string;
  readonly code: number;
}

/** The server closes the channel after it, whatever it answers (RFC 5321 section 3.8). */
const serviceNotAvailable = 421;

/**
 * Hands one mail to a mail server, as a client of RFC 5321 without extensions: keepalived says HELO, and so do we. One
 * recipient that the server does not take does not keep the mail from the others.
 */
export class SmtpConversation {
  readonly #settings: MailSettings;
  readonly #message: string;
  readonly #waiting: Mailbox[];
  readonly #refused: RefusedRecipient[] = [];
  /** What the next reply answers. */
  #awaited: SmtpCommand = 'greeting';
  #asked: Mailbox | undefined;
  #accepted = 0;

  /** `message`: lines that end with CRLF. */
  constructor(settings: MailSettings, message: string) {
    this.#settings = settings;
    this.#message = message;
    this.#waiting = [...settings.recipients];
  }

  replied(code: number, line: string): SmtpStep {
    const command = this.#awaited;
    switch (command) {
      case 'greeting':
        if (code !== 220) break;
        return this.#say('HELO', `HELO ${oneWord(this.#settings.heloName)}`);
      case 'HELO':
        if (code !== 250) break;
        return this.#say('MAIL', `MAIL FROM:<${this.#settings.sender.address}>`);
      case 'MAIL':
        if (code !== 250) break;
        return this.#nextRecipient(code, line);
      case 'RCPT':
        if (code === serviceNotAvailable || Number.isNaN(code)) break;
        // 251: not here, and the server passes it on (RFC 5321 section 3.4).
        if (code === 250 || code === 251) this.#accepted += 1;
        else if (this.#asked) this.#refused.push({ address: this.#asked.address, code });
        return this.#nextRecipient(code, line);
      case 'DATA':
        if (code !== 354) break;
        return this.#say('text', `${dotStuffed(this.#message)}.`);
      case 'text':
        if (code !== 250) break;
        return { type: 'delivered', refused: this.#refused };
    }
    return { type: 'refused', command, code, line };
  }

  #nextRecipient(code: number, line: string): SmtpStep {
    this.#asked = this.#waiting.shift();
    if (this.#asked) return this.#say('RCPT', `RCPT TO:<${this.#asked.address}>`);
    if (this.#accepted === 0) return { type: 'refused', command: 'RCPT', code, line };
    return this.#say('DATA', 'DATA');
  }

  #say(command: SmtpCommand, line: string): SmtpStep {
    this.#awaited = command;
    return { type: 'say', text: `${line}\r\n` };
  }
}

/** A line of a single dot ends the mail, so every line that begins with one gets another (RFC 5321 section 4.5.2). */
function dotStuffed(message: string): string {
  return message.replace(/^\./gm, '..');
}

/** Nothing that is configured can end the line and begin a command of its own. */
function oneWord(text: string): string {
  return text.replace(/[^ -~]+/g, '?');
}
