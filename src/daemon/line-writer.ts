import { write, writeSync } from 'node:fs';

/** Lines that may wait for a slow disk or terminal before further ones are dropped, unless said otherwise. */
const usualWaitingLimit = 10_000;
/** Bytes given to one write. */
const batchLimit = 64 * 1024;
const retryMilliseconds = 10;

/**
 * Writes lines to a descriptor from libuv's worker threads, so that neither a slow disk nor a terminal that nobody
 * reads holds the event loop. Lines beyond a bound are dropped, and their number is written once there is room again.
 */
export class LineWriter {
  #descriptor: number;
  readonly #stamp: () => string;
  readonly #waitingLimit: number;
  #waiting: string[] = [];
  #dropped = 0;
  #writing = false;
  #onIdle: (() => void)[] = [];

  /** `stamp` precedes each line. */
  constructor(descriptor: number, stamp: () => string, waitingLimit = usualWaitingLimit) {
    this.#descriptor = descriptor;
    this.#stamp = stamp;
    this.#waitingLimit = waitingLimit;
  }

  write(line: string): void {
    if (this.#waiting.length >= this.#waitingLimit) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(`${this.#stamp()}${line}\n`);
    this.#pump();
  }

  /** Lines go to another descriptor from now on; gives back the old one once nothing is written to it any more. */
  redirect(descriptor: number, release: (old: number) => void): void {
    const old = this.#descriptor;
    this.#descriptor = descriptor;
    if (this.#writing) this.#onIdle.push(() => release(old));
    else release(old);
  }

  /** Settles when all lines are out. */
  drained(): Promise<void> {
    if (!this.#writing) return Promise.resolve();
    return new Promise(resolve => this.#onIdle.push(resolve));
  }

  /** For the last words of a process that dies: writes at once, whatever waits. */
  writeNow(line: string): void {
    const text = `${this.#waiting.join('')}${this.#stamp()}${line}\n`;
    this.#waiting = [];
    try {
      writeSync(this.#descriptor, text);
    } catch {
      // Nobody is left who could be told.
    }
  }

  #pump(): void {
    if (this.#writing) return;
    const batch = this.#takeBatch();
    if (batch === '') {
      const idle = this.#onIdle;
      this.#onIdle = [];
      for (const settle of idle) settle();
      return;
    }
    this.#writing = true;
    this.#writeAll(Buffer.from(batch), () => {
      this.#writing = false;
      this.#pump();
    });
  }

  #writeAll(bytes: Buffer, done: () => void): void {
    write(this.#descriptor, bytes, 0, bytes.length, null, (error, written) => {
      // Somebody who shares our terminal made it non-blocking, and it is full.
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.#writeAll(bytes, done), retryMilliseconds);
        return;
      }
      // A full or broken log must not end a process that keeps an address alive: the batch is lost.
      if (error || written === bytes.length) done();
      else this.#writeAll(bytes.subarray(written), done);
    });
  }

  #takeBatch(): string {
    let batch = '';
    let count = 0;
    while (count < this.#waiting.length && batch.length < batchLimit) batch += this.#waiting[count++]!;
    this.#waiting.splice(0, count);
    if (this.#dropped > 0 && this.#waiting.length === 0) {
      batch += `${this.#stamp()}${this.#dropped} log lines were dropped\n`;
      this.#dropped = 0;
    }
    return batch;
  }
}
