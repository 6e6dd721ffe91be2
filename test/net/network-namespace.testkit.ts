// Network namespaces inside one process: a socket belongs to the namespace its thread was in when it was opened, and so
// does a program to that of the thread that started it. So one test can look at both ends of a cable.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { LabError } from '../../src/lab/command.ts';
import { isInNamespaces } from '../../src/lab/enter.ts';
import { check, libcFunction } from '../../src/linux/libc.ts';

const unshare = libcFunction<(flags: number) => number>('int unshare(int flags)');
const setns = libcFunction<(descriptor: number, type: number) => number>('int setns(int fd, int type)');
const newNetwork = 0x40000000;
const current = '/proc/thread-self/ns/net';

export class NetworkNamespace {
  readonly #descriptor: number;
  #depth = 0;

  /** A new one, with nothing but a loopback interface that is down. */
  constructor() {
    if (!isInNamespaces()) throw new LabError('network tests run inside namespaces: node tools/test.mjs net');
    const home = openSync(current, 'r');
    try {
      check(unshare(newNetwork), 'make', 'network namespace');
      this.#descriptor = openSync(current, 'r');
    } finally {
      check(setns(home, newNetwork), 'return to', 'network namespace');
      closeSync(home);
    }
  }

  /** Does something there, on this thread and synchronously, and comes back. */
  run<Value>(what: () => Value): Value {
    // Effects may answer synchronously, and an answer may lead here again.
    if (this.#depth > 0) return what();
    const home = openSync(current, 'r');
    check(setns(this.#descriptor, newNetwork), 'enter', 'network namespace');
    this.#depth += 1;
    try {
      return what();
    } finally {
      this.#depth -= 1;
      check(setns(home, newNetwork), 'return to', 'network namespace');
      closeSync(home);
    }
  }

  /** Runs a program there and gives its output. */
  command(program: string, ...words: readonly string[]): string {
    return this.run(() => execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  ip(...words: readonly string[]): string {
    return this.command('ip', ...words);
  }

  read(path: string): string {
    return this.run(() => readFileSync(path, 'utf8').trim());
  }

  /** A path that names it, for `ip link set ... netns`. */
  get path(): string {
    return `/proc/${process.pid}/fd/${this.#descriptor}`;
  }

  /** It ends with its last socket. */
  close(): void {
    closeSync(this.#descriptor);
  }
}
