import type { Mail } from '../ports/mail.ts';
import type { ChildMessage } from './child-messages.ts';
import { mailDate } from './mail-date.ts';

/** Mails per turn of the loop, some ten microseconds each: hundreds at once must not keep adverts waiting. */
const mailsPerTurn = 5;
/** Bytes that may wait for the parent before mails are thrown away. */
const longestBacklog = 4 * 1024 * 1024;

/** Where mails go, and how much of it has not been taken yet. */
export interface Outlet {
  readonly backlog: number;
  send(message: ChildMessage): void;
}

/** Mails on their way from a child to its parent, which has them sent; a few in each turn of the loop. */
export class OutgoingMails {
  readonly #outlet: Outlet;
  readonly #complain: (text: string) => void;
  #waiting: { readonly mail: Mail; readonly date: Date }[] = [];

  constructor(outlet: Outlet, complain: (text: string) => void) {
    this.#outlet = outlet;
    this.#complain = complain;
  }

  /** Returns at once. */
  add(mail: Mail): void {
    this.#waiting.push({ mail, date: new Date() });
    if (this.#waiting.length === 1) this.#later();
  }

  /** What was asked for before an end is not lost. */
  sendAll(): void {
    this.#send(Number.POSITIVE_INFINITY);
  }

  #later(): void {
    setImmediate(() => {
      this.#send(mailsPerTurn);
      if (this.#waiting.length > 0) this.#later();
    });
  }

  #send(limit: number): void {
    for (const { mail, date } of this.#waiting.splice(0, limit)) {
      if (this.#outlet.backlog < longestBacklog) {
        this.#outlet.send({ type: 'mail', letter: { mail, date: mailDate(date) } });
      } else this.#complain(`The parent process does not listen: the mail "${mail.subject}" is lost`);
    }
  }
}
