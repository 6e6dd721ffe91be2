import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { assert } from '../base/assert.ts';
import { type ChildKind, childWording } from './child-kind.ts';
import { type ChildMessage, childRoles, longestMessage, type ParentMessage } from './child-messages.ts';
import { LineSplitter, MessageDecoder, MessageEncoder } from './message.ts';
import type { ChildEnd } from './restart-policy.ts';

/** Longest line of its standard error that is passed on; a stack frame is far shorter. */
const longestErrorLine = 64 * 1024;
/**
 * Of V8's. Each check makes a few thousand bytes that live for a moment: with twice the usual 1 MiB for them, the
 * checker process spends a tenth less time of its own; more would be touched anew by each reload.
 */
const ownFlags: Readonly<Record<ChildKind, readonly string[]>> = {
  vrrp: [],
  checker: ['--min-semi-space-size=2'],
  bfd: [],
};
/** After its end, what it wrote may take this long to arrive; a script it started may hold the pipe open. */
const lastWordsMilliseconds = 200;

export interface ChildEvents {
  message(message: ChildMessage): void;
  /** A line of its standard error: only a crash writes there. */
  errorLine(line: string): void;
  ended(end: ChildEnd): void;
}

/** A child process as its parent sees it: a pid, a channel and an end. */
export class WorkingProcess {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #channel: Duplex;
  readonly #encoder = new MessageEncoder();
  readonly #events: ChildEvents;

  /** `title` is what ps shows until the child has set its own; `console` is passed on for its log lines. */
  constructor(program: string, kind: ChildKind, title: string, console: number | undefined, events: ChildEvents) {
    this.#events = events;
    this.#process = spawn(process.execPath, [...ownFlags[kind], ...process.execArgv, program, childRoles[kind]], {
      argv0: title,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', console ?? 'ignore'],
    });
    const { pid, stdio } = this.#process;
    // Without memory or process slots there is no child; the parent cannot do its work either.
    if (pid === undefined) throw new Error(`cannot start the ${childWording[kind].name} process`);
    this.pid = pid;
    const channel = stdio[3];
    assert(channel !== null && channel !== undefined && 'write' in channel, 'descriptor 3 is the channel');
    this.#channel = channel as Duplex;
    this.#readMessages();
    this.#readErrors(stdio[2] as Readable);
    this.#process.once('exit', (status, signal) => this.#exited(status, signal));
  }

  send(message: ParentMessage): void {
    for (const line of this.#encoder.encode(message)) this.#channel.write(`${line}\n`);
  }

  /** Any number, real-time signals included; a child that is gone needs none. */
  signal(number: number): void {
    try {
      process.kill(this.pid, number);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  #readMessages(): void {
    const splitter = new LineSplitter(longestMessage);
    const decoder = new MessageDecoder();
    this.#channel.on('data', (bytes: Buffer) => {
      for (const line of splitter.push(bytes)) {
        const message = decoder.decode(line);
        if (message) this.#events.message(message as ChildMessage);
      }
    });
    // A child that dies in the middle of a write of ours is reported by its end.
    this.#channel.on('error', () => {});
  }

  #readErrors(errors: Readable): void {
    let splitter = new LineSplitter(longestErrorLine);
    errors.on('data', (bytes: Buffer) => {
      try {
        for (const line of splitter.push(bytes)) this.#events.errorLine(line);
      } catch {
        splitter = new LineSplitter(longestErrorLine);
      }
    });
    errors.on('end', () => {
      if (splitter.rest() !== '') this.#events.errorLine(splitter.rest());
    });
    errors.on('error', () => {});
  }

  #exited(status: number | null, signal: NodeJS.Signals | null): void {
    const end: ChildEnd =
      status === null ? { type: 'signalled', signal: signal ?? 'KILL' } : { type: 'exited', status };
    let told = false;
    const tell = (): void => {
      if (told) return;
      told = true;
      clearTimeout(timer);
      this.#channel.destroy();
      this.#events.ended(end);
    };
    const timer = setTimeout(tell, lastWordsMilliseconds);
    this.#process.once('close', tell);
  }
}
