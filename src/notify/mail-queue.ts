/** Counts of a daemon's life. */
export interface MailCounts {
  readonly waiting: number;
  readonly underWay: number;
  readonly sent: number;
  /** Refused, timed out, lost on the way: they are not tried again. */
  readonly failed: number;
  /** Thrown away because too many were waiting. */
  readonly dropped: number;
}

/** A mail that waits or is under way. */
export interface QueuedMail<Letter> {
  readonly number: number;
  readonly letter: Letter;
}

/** More say nothing new to anybody. */
export const mostWaitingMails = 1_000;
/** Conversations at a time. */
export const mostMailsUnderWay = 4;

/** Mails in the order in which they were asked for, bounded: where too many wait, the oldest goes. */
export class MailQueue<Letter> {
  #waiting: QueuedMail<Letter>[] = [];
  readonly #underWay = new Set<number>();
  #last = 0;
  #sent = 0;
  #failed = 0;
  #dropped = 0;
  /** Dropped since the queue was last empty. */
  #overflow = 0;

  get counts(): MailCounts {
    return {
      waiting: this.#waiting.length,
      underWay: this.#underWay.size,
      sent: this.#sent,
      failed: this.#failed,
      dropped: this.#dropped,
    };
  }

  get isEmpty(): boolean {
    return this.#waiting.length + this.#underWay.size === 0;
  }

  /** Whether the queue overflows with this one, and did not before: worth a line. */
  add(letter: Letter): boolean {
    this.#waiting.push({ number: ++this.#last, letter });
    if (this.#waiting.length <= mostWaitingMails) return false;
    this.#waiting.shift();
    this.#dropped += 1;
    this.#overflow += 1;
    return this.#overflow === 1;
  }

  /** Those whose turn it is now; each must be reported by `ended`. */
  take(): readonly QueuedMail<Letter>[] {
    const taken = this.#waiting.splice(0, Math.max(0, mostMailsUnderWay - this.#underWay.size));
    for (const { number } of taken) this.#underWay.add(number);
    return taken;
  }

  /** False for one that is not under way (any more). */
  ended(number: number, sent: boolean): boolean {
    if (!this.#underWay.delete(number)) return false;
    if (sent) this.#sent += 1;
    else this.#failed += 1;
    return true;
  }

  /** How many were dropped, once the queue is empty again; 0 the next time. */
  takeOverflow(): number {
    if (!this.isEmpty) return 0;
    const overflow = this.#overflow;
    this.#overflow = 0;
    return overflow;
  }

  /** Whoever carried them is gone; how many they were. */
  lost(): number {
    const count = this.#underWay.size;
    for (const number of [...this.#underWay]) this.ended(number, false);
    return count;
  }
}
