import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { LabError } from './command.ts';

export interface ShellResult {
  readonly output: string;
  /** When the shell was done, by the clock of `performance.now()`, to some milliseconds. */
  readonly endedMs: number;
}

interface Waiting {
  readonly line: string;
  readonly done: (result: ShellResult) => void;
  readonly failed: (error: LabError) => void;
}

/** A shell left open on a host: a command begins within a millisecond, because no namespace has to be entered first. */
export class Shell {
  readonly #shell: ChildProcessWithoutNullStreams;
  readonly #name: string;
  readonly #waiting: Waiting[] = [];
  #said = '';

  constructor(shell: ChildProcessWithoutNullStreams, name: string) {
    this.#shell = shell;
    this.#name = name;
    for (const stream of [shell.stdout, shell.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    }
    shell.stdin.on('error', () => {}); // the exit tells
    shell.once('exit', () => {
      for (const { line, failed } of this.#waiting.splice(0)) {
        failed(new LabError(`${name}: the shell ended before: ${line}`));
      }
    });
  }

  /** Runs a line of shell that has to succeed; several lines at once are served one after the other. */
  run(line: string): Promise<ShellResult> {
    return new Promise((done, failed) => {
      this.#waiting.push({ line, done, failed });
      // The shell looks at the clock itself: on a busy machine it may take us a while to read its answer.
      const end = `status=$?; read -r uptime _ </proc/uptime; echo "${endMark} $status $uptime"`;
      this.#shell.stdin.write(`{ ${line}\n} 2>&1 </dev/null; ${end}\n`);
    });
  }

  close(): void {
    this.#shell.stdin.end();
  }

  #take(text: string): void {
    this.#said += text;
    for (;;) {
      const end = endPattern.exec(this.#said);
      if (!end) return;
      const output = this.#said.slice(0, end.index);
      this.#said = this.#said.slice(end.index + end[0].length);
      const { line, done, failed } = this.#waiting.shift()!;
      if (end[1] === '0') done({ output, endedMs: instantOf(Number(end[2])) });
      else failed(new LabError(`${this.#name}: ${line} ended with ${end[1]}: ${output.trim()}`));
    }
  }
}

const endMark = '=-=-= done';
const endPattern = new RegExp(`${endMark} (\\d+) (\\S+)\\n`);

/** The clock of /proc/uptime, in seconds, moves in steps of so many milliseconds. */
const uptimeStepMs = 10;
/** What `performance.now()` shows when that clock shows zero. */
let bootMs: number | undefined;

/** When the clock of /proc/uptime showed so many seconds, and not later than now, by that of `performance.now()`. */
function instantOf(uptime: number): number {
  bootMs ??= findBoot();
  return Math.min(performance.now(), bootMs + uptime * 1_000 + uptimeStepMs);
}

function findBoot(): number {
  const read = (): number => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  // It has just moved.
  const before = read();
  let uptime = before;
  while (uptime === before) uptime = read();
  return performance.now() - uptime * 1_000;
}
