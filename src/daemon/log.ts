import { closeSync, constants, openSync } from 'node:fs';
import { clockText } from '../linux/clock-text.ts';
import type { Log, LogLevel } from '../ports/log.ts';
import { LineWriter } from './line-writer.ts';
import { consoleTimestamp, logLines } from './log-format.ts';

/** Where lines go besides files and terminals: the system's log. */
export interface SystemLogSink {
  write(level: LogLevel, text: string): void;
}

export interface LogTargets {
  /** Level debug is written as well. */
  readonly detail: boolean;
  /** Descriptor of the console. */
  readonly console: number | undefined;
  readonly file: string | undefined;
  readonly system: SystemLogSink | undefined;
  /** Lines that may wait for a slow target; undefined is enough for most. */
  readonly waitingLimit?: number;
}

/** One process's log: every line to every target, none of which can hold the process up. */
export class DaemonLog implements Log {
  readonly #detail: boolean;
  readonly #file: string | undefined;
  readonly #fileWriter: LineWriter | undefined;
  readonly #writers: LineWriter[] = [];
  #system: SystemLogSink | undefined;
  #fileDescriptor = -1;

  constructor(targets: LogTargets) {
    this.#detail = targets.detail;
    this.#file = targets.file;
    this.#system = targets.system;
    const stamp = clockText(date => `${consoleTimestamp(date)}: `);
    if (targets.console !== undefined) this.#writers.push(new LineWriter(targets.console, stamp, targets.waitingLimit));
    if (targets.file === undefined) return;
    this.#fileDescriptor = openLogFile(targets.file);
    this.#fileWriter = new LineWriter(this.#fileDescriptor, stamp, targets.waitingLimit);
    this.#writers.push(this.#fileWriter);
  }

  write(level: LogLevel, text: string): void {
    if (level === 'debug' && !this.#detail) return;
    for (const line of logLines(text)) {
      for (const writer of this.#writers) writer.write(line);
      this.#system?.write(level, line);
    }
  }

  info(text: string): void {
    this.write('info', text);
  }

  error(text: string): void {
    this.write('error', text);
  }

  /** The system log learns another name for this process. */
  replaceSystemLog(sink: SystemLogSink | undefined): void {
    this.#system = sink;
  }

  /** Opens the log file anew, so that logrotate may move the old one away. */
  reopen(): void {
    if (this.#file === undefined || !this.#fileWriter) return;
    try {
      this.#fileDescriptor = openLogFile(this.#file);
      this.#fileWriter.redirect(this.#fileDescriptor, closeSync);
    } catch (error) {
      this.error(`Cannot reopen log file ${this.#file}: ${(error as NodeJS.ErrnoException).code}`);
    }
  }

  /** Waits until everything is written, but not longer than a second: false if something is stuck. */
  async drain(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<boolean>(resolve => {
      timer = setTimeout(resolve, 1_000, false);
    });
    const all = Promise.all(this.#writers.map(writer => writer.drained())).then(() => true);
    const drained = await Promise.race([all, tooLong]);
    clearTimeout(timer);
    return drained;
  }

  /** For a process that dies at once: past every queue. */
  lastWords(text: string): void {
    for (const line of logLines(text)) {
      for (const writer of this.#writers) writer.writeNow(line);
      this.#system?.write('critical', line);
    }
  }
}

function openLogFile(file: string): number {
  return openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o666);
}

/**
 * Ends the process once its log is written. A write that is stuck in a worker thread would hold process.exit for ever,
 * so a process that cannot finish its log is killed.
 */
export async function exitWithLog(log: DaemonLog, status: number): Promise<never> {
  if (!(await log.drain())) process.kill(process.pid, 'SIGKILL');
  process.exit(status);
}
