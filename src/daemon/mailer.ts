import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { type MailCounts, MailQueue, mostWaitingMails } from '../notify/mail-queue.ts';
import { type Letter, mailRole } from './child-messages.ts';
import type { DaemonLog } from './log.ts';
import { type CarrierMessage, longestMailMessage, type SendMessage } from './mail-messages.ts';
import { LineSplitter } from './message.ts';

const usualIdleMilliseconds = 60_000;
/** After a crash the next process is not started at once; twice as late after each that did nothing. */
const shortestRestMilliseconds = 500;
const longestRestMilliseconds = 60_000;
/** What a stop allows for the mails that tell of it. */
const farewellMilliseconds = 2_000;
/** A crash is a few lines. */
const longestErrorText = 4_096;

export interface MailerOptions {
  /** Path of the program, which the mail process runs as well. */
  readonly program: string;
  /** What ps shows. */
  readonly title: string;
  readonly log: Pick<DaemonLog, 'error' | 'write'>;
  /** Whether lines of detail are logged, as -D asks: about mails that are well. */
  readonly detail: boolean;
  /** The mail process ends when it has had nothing to do for so long; undefined is a minute. */
  readonly idleMilliseconds?: number;
}

/** Has mails sent by a process that comes with the first one and goes when there are no more. */
export class Mailer {
  readonly #options: MailerOptions;
  readonly #queue = new MailQueue<Letter>();
  #carrier: Carrier | undefined;
  #idle: NodeJS.Timeout | undefined;
  #rest: NodeJS.Timeout | undefined;
  /** In a row, without a mail in between that came to an end. */
  #crashes = 0;
  #emptied: (() => void) | undefined;

  constructor(options: MailerOptions) {
    this.#options = options;
  }

  get counts(): MailCounts {
    return this.#queue.counts;
  }

  send(letter: Letter): void {
    if (this.#queue.add(letter)) {
      const text = `More than ${mostWaitingMails} mails wait for the SMTP server: the oldest are dropped`;
      this.#options.log.write('warning', text);
    }
    this.#pump();
  }

  /** Waits a little for mails that are still to be sent; what is left then is lost. */
  async finish(): Promise<void> {
    this.#endRest();
    clearTimeout(this.#idle);
    if (!this.#queue.isEmpty) {
      await new Promise<void>(resolve => {
        this.#emptied = resolve;
        setTimeout(resolve, farewellMilliseconds);
      });
    }
    const { waiting, underWay } = this.#queue.counts;
    if (waiting + underWay > 0)
      this.#options.log.write('warning', `${waiting + underWay} mails could not be sent in time`);
    this.#carrier?.kill();
    this.#carrier = undefined;
  }

  #endRest(): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
    this.#pump();
  }

  #pump(): void {
    clearTimeout(this.#idle);
    if (this.#rest) return;
    const taken = this.#queue.take();
    if (taken.length > 0) this.#carrier ??= new Carrier(this.#options, this);
    for (const { number, letter } of taken) this.#carrier?.send({ number, letter });
    if (!this.#queue.isEmpty) return;
    const dropped = this.#queue.takeOverflow();
    if (dropped > 0) this.#options.log.write('warning', `No mail waits any more; ${dropped} were dropped`);
    this.#emptied?.();
    this.#idle = setTimeout(() => {
      this.#carrier?.end();
      this.#carrier = undefined;
    }, this.#options.idleMilliseconds ?? usualIdleMilliseconds);
    this.#idle.unref();
  }

  told(message: CarrierMessage): void {
    if (message.type === 'line') {
      if (message.level !== 'info' || this.#options.detail) this.#options.log.write(message.level, message.text);
      return;
    }
    this.#crashes = 0;
    if (this.#queue.ended(message.number, message.sent)) this.#pump();
  }

  /** With mails under way or not: after a rest the next mail starts another. */
  gone(carrier: Carrier, how: string): void {
    if (this.#carrier !== carrier) return;
    this.#carrier = undefined;
    const lost = this.#queue.lost();
    this.#options.log.error(`The mail process ${how}${lost === 0 ? '' : `: ${lost} mails are lost`}`);
    const rest = Math.min(longestRestMilliseconds, shortestRestMilliseconds * 2 ** this.#crashes++);
    this.#rest = setTimeout(() => this.#endRest(), rest);
    this.#rest.unref();
  }
}

/** The mail process as its parent sees it. */
class Carrier {
  readonly #process: ChildProcess;
  readonly #channel: Duplex;

  constructor({ program, title }: MailerOptions, mailer: Mailer) {
    this.#process = spawn(process.execPath, [...process.execArgv, program, mailRole], {
      argv0: title,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    const { stdio } = this.#process;
    this.#channel = stdio[3] as Duplex;
    const splitter = new LineSplitter(longestMailMessage);
    this.#channel.on('data', (bytes: Buffer) => {
      for (const line of splitter.push(bytes)) mailer.told(JSON.parse(line) as CarrierMessage);
    });
    // A carrier that dies in the middle of a write of ours is reported by its end.
    this.#channel.on('error', () => {});
    let errors = '';
    (stdio[2] as Readable).on('data', (bytes: Buffer) => {
      if (errors.length < longestErrorText) errors += bytes.toString();
    });
    this.#process.once('error', error => mailer.gone(this, `cannot be started: ${error.message}`));
    this.#process.once('close', (status, signal) => {
      mailer.gone(this, `ended (${signal ?? `status ${status}`})${errors === '' ? '' : `: ${errors.trim()}`}`);
    });
  }

  send(message: SendMessage): void {
    this.#channel.write(`${JSON.stringify(message)}\n`);
  }

  /** It has nothing to do, and ends by itself. */
  end(): void {
    this.#channel.end();
    this.#channel.destroy();
  }

  kill(): void {
    this.#process.kill('SIGKILL');
    this.#channel.destroy();
  }
}
