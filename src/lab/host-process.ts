import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { LabError } from './command.ts';
import { type WaitOptions, waitFor } from './wait.ts';

/** A line that a process wrote, with the instant at which we read it. */
export interface OutputLine {
  /** By the wall clock. */
  readonly atMs: number;
  /** By the clock of `performance.now()`, for measuring. */
  readonly monotonicMs: number;
  readonly text: string;
}

export interface ProcessEnd {
  /** Exit status, or undefined if a signal ended it. */
  readonly status: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/** A program running on a host of the lab. */
export class HostProcess {
  /** Everything written to standard output and standard error, in order of arrival. */
  readonly lines: OutputLine[] = [];
  readonly ended: Promise<ProcessEnd>;
  readonly label: string;
  /** Set once it has ended. */
  end: ProcessEnd | undefined;
  readonly #entrance: ChildProcess;
  #rest = '';
  #pid: number | undefined;

  /** `entrance` is the nsenter process whose only child is the program. */
  constructor(entrance: ChildProcess, label: string) {
    this.#entrance = entrance;
    this.label = label;
    for (const stream of [entrance.stdout, entrance.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    }
    this.ended = new Promise(resolve => {
      entrance.once('error', error => {
        this.#take(`${error.message}\n`);
        this.end = { status: 127, signal: undefined };
        resolve(this.end);
      });
      const finish = (status: number | null, signal: NodeJS.Signals | null): void => {
        this.end ??= { status: status ?? undefined, signal: signal ?? undefined };
        resolve(this.end);
      };
      // `close` comes when the last output is read; a descendant that keeps the pipe open must not delay the end.
      entrance.once('close', finish);
      entrance.once('exit', (status, signal) => setTimeout(finish, 100, status, signal));
    });
  }

  #take(text: string): void {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    const atMs = Date.now();
    const monotonicMs = performance.now();
    for (const part of parts) this.lines.push({ atMs, monotonicMs, text: part });
  }

  get output(): string {
    return `${this.lines.map(line => line.text).join('\n')}${this.#rest && `\n${this.#rest}`}`;
  }

  /** Process id as the lab sees it: the program's, not that of its entrance. */
  async pid(): Promise<number> {
    const entrance = this.#entrance.pid;
    this.#pid ??= await waitFor(
      () => {
        if (this.end) throw new LabError(`${this.label} ended at once:\n${this.output}`);
        return childrenOf(entrance ?? 0)[0];
      },
      { what: `${this.label} to start`, everyMs: 1 },
    );
    return this.#pid;
  }

  /** Sends a signal to the program itself; nothing happens if it has ended. */
  async signal(signal: NodeJS.Signals | number): Promise<void> {
    if (this.end) return;
    send(await this.pid(), signal);
  }

  /** TERM, then KILL after the given time; resolves when it has ended. */
  async stop(graceMs = 10_000): Promise<ProcessEnd> {
    await this.signal('SIGTERM');
    const timer = setTimeout(() => void this.signal('SIGKILL'), graceMs);
    const end = await this.ended;
    clearTimeout(timer);
    return end;
  }

  /** Number of lines so far: `waitForLine(..., { after })` looks only at what comes later. */
  get position(): number {
    return this.lines.length;
  }

  /** The first line that matches, at or after a position. */
  waitForLine(
    pattern: RegExp | string,
    options: Partial<WaitOptions> & { readonly after?: number } = {},
  ): Promise<OutputLine> {
    const matches = (text: string): boolean =>
      typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text);
    let next = options.after ?? 0;
    return waitFor(
      () => {
        while (next < this.lines.length) {
          const line = this.lines[next++];
          if (line && matches(line.text)) return line;
        }
        if (this.end) throw new LabError(`${this.label} ended without writing ${pattern}:\n${this.output}`);
        return undefined;
      },
      { what: `${this.label} to write ${pattern}`, evidence: () => this.output, ...options },
    );
  }
}

/** Process ids of a process's children. */
export function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return []; // it has ended
  }
}

/** Sends a signal; a process that no longer exists is none of our concern. */
export function send(pid: number, signal: NodeJS.Signals | number): void {
  try {
    process.kill(pid, typeof signal === 'number' ? signal : constants.signals[signal]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
