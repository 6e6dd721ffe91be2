import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { LabError } from './command.ts';

export interface ShellResult {
  readonly output: string;
  /** When the shell was done, by the clock of `performance.now()`. */
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
      this.#shell.stdin.write(`{ ${line}\n} 2>&1 </dev/null; echo "${endMark} $?"\n`);
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
      if (end[1] === '0') done({ output, endedMs: performance.now() });
      else failed(new LabError(`${this.#name}: ${line} ended with ${end[1]}: ${output.trim()}`));
    }
  }
}

const endMark = '=-=-= done';
const endPattern = new RegExp(`${endMark} (\\d+)\\n`);
