import { connect, type Socket } from 'node:net';
import { inMilliseconds } from '../base/duration.ts';
import { mailMessage } from '../notify/mail-message.ts';
import { SmtpConversation } from '../notify/smtp-conversation.ts';
import { firstReply } from '../packet/smtp-reply.ts';
import type { MailSettings } from '../ports/mail.ts';
import type { Letter } from './child-messages.ts';

/** A server that says more than this in one reply is none. */
const longestReply = 16 * 1024;
/** However many recipients there are, and however slowly each is answered. */
const longestConversationMilliseconds = 10 * 60_000;
/** For the goodbye, which decides nothing any more. */
const farewellMilliseconds = 1_000;

export interface CarrierEvents {
  /** For the log, in keepalived's words where it has some. */
  say(level: 'info' | 'warning' | 'error', text: string): void;
  /** Once, and never before `carryMail` returns. */
  ended(sent: boolean): void;
}

/** Hands one mail to its server over a connection of its own; tried once, as by keepalived. */
export function carryMail({ mail, date }: Letter, events: CarrierEvents): void {
  new Delivery(mail.settings, mailMessage(mail, date), events);
}

class Delivery {
  readonly #settings: MailSettings;
  readonly #events: CarrierEvents;
  readonly #conversation: SmtpConversation;
  readonly #socket: Socket;
  readonly #limit: NodeJS.Timeout;
  /** For the connection, then for each reply. */
  #timer: NodeJS.Timeout;
  #isConnected = false;
  #text = '';
  #isOver = false;

  constructor(settings: MailSettings, message: string, events: CarrierEvents) {
    this.#settings = settings;
    this.#events = events;
    this.#conversation = new SmtpConversation(settings, message);
    this.#limit = setTimeout(() => this.#giveUp('takes too long: given up'), longestConversationMilliseconds);
    this.#timer = this.#patience();
    // The name is looked up in a thread of its own; addresses of both families are tried in turn.
    this.#socket = connect({ host: settings.host, port: settings.port });
    this.#socket.on('connect', () => this.#connected());
    this.#socket.on('data', bytes => this.#received(bytes));
    this.#socket.on('end', () => this.#closed());
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
  }

  get #server(): string {
    return `[${this.#settings.host}]:${this.#settings.port}`;
  }

  #patience(): NodeJS.Timeout {
    return setTimeout(() => this.#timedOut(), inMilliseconds(this.#settings.timeout));
  }

  #connected(): void {
    this.#isConnected = true;
    this.#events.say('info', `Remote SMTP server ${this.#server} connected.`);
    clearTimeout(this.#timer);
    this.#timer = this.#patience();
  }

  #received(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#text += bytes.toString('latin1');
    for (let reply = firstReply(this.#text); reply && !this.#isOver; reply = firstReply(this.#text)) {
      this.#text = this.#text.slice(reply.length);
      this.#replied(reply.code, reply.line);
    }
    if (this.#text.length > longestReply) this.#giveUp('says too much in one reply');
  }

  #replied(code: number, line: string): void {
    const step = this.#conversation.replied(code, line);
    switch (step.type) {
      case 'say':
        clearTimeout(this.#timer);
        this.#timer = this.#patience();
        this.#socket.write(step.text);
        break;
      case 'delivered':
        for (const { address, code: refusal } of step.refused) {
          this.#events.say('error', `SMTP server ${this.#server} refused recipient <${address}>: ${refusal}`);
        }
        this.#events.say('info', 'SMTP alert successfully sent.');
        this.#end(true);
        break;
      case 'refused': {
        const command = { greeting: '(E)SMTP', text: 'DATA' }[step.command as string] ?? step.command;
        const said = Number.isNaN(step.code) ? `It said: ${printable(step.line)}` : `SMTP status code = ${step.code}`;
        this.#giveUp(undefined, `Error processing ${command} cmd on SMTP server ${this.#server}. ${said}`);
        break;
      }
    }
  }

  #timedOut(): void {
    const what = this.#isConnected ? 'Timeout reading data to' : 'Timeout opening connection to';
    this.#giveUp(undefined, `${what} remote SMTP server ${this.#server}.`);
  }

  #closed(): void {
    this.#giveUp(undefined, `Remote SMTP server ${this.#server} has closed the connection.`);
  }

  #failed(error: NodeJS.ErrnoException): void {
    // Several addresses were tried: each has its own error.
    const codes = error instanceof AggregateError ? error.errors.map(({ code }) => code as string) : [error.code];
    const what = this.#isConnected ? 'Lost the connection to' : 'Cannot connect to';
    this.#giveUp(undefined, `${what} remote SMTP server ${this.#server}: ${[...new Set(codes)].join(', ')}`);
  }

  #giveUp(complaint: string | undefined, text = `SMTP server ${this.#server} ${complaint}`): void {
    if (this.#isOver) return;
    this.#events.say('error', text);
    this.#end(false);
  }

  #end(sent: boolean): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#limit);
    if (this.#isConnected && this.#socket.writable) this.#socket.end('QUIT\r\n');
    const socket = this.#socket;
    setTimeout(() => socket.destroy(), this.#isConnected ? farewellMilliseconds : 0).unref();
    this.#events.ended(sent);
  }
}

function printable(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
