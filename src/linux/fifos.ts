import { chownSync, closeSync, constants, fstatSync, openSync, unlinkSync, writeSync } from 'node:fs';
import type { Fifo } from '../ports/fifo.ts';
import type { Log } from '../ports/log.ts';
import { check, KernelError, libcFunction } from './libc.ts';
import type { Poller } from './poller.ts';
import { Processes, type ProcessesOptions } from './processes.ts';

const mkfifo = libcFunction<(path: string, mode: number) => number>('int mkfifo(const char *path, uint32_t mode)');

/** Cut by our umask. */
const mode = 0o644;

interface Open {
  readonly fifo: Fifo;
  readonly descriptor: number;
  /** Ours to remove. */
  readonly made: boolean;
  /** Of its reader. */
  readonly run: number | undefined;
  /** Nobody reads and the pipe is full: said once, until somebody does. */
  full: boolean;
}

/** Named pipes that lines are written to without ever waiting, and the programs that read them. */
export class Fifos {
  readonly #log: Log;
  readonly #readers: Processes;
  #open: readonly Open[] = [];
  #lastRun = 0;

  constructor(poller: Poller, options: ProcessesOptions, log: Log) {
    this.#log = log;
    this.#readers = new Processes(poller, options, run => this.#readerEnded(run));
  }

  /** Replaces the set. What stays as it is stays open, and its reader goes on. */
  configure(fifos: readonly Fifo[]): void {
    const before = new Map(this.#open.map(open => [JSON.stringify(open.fifo), open]));
    const kept = fifos.map(fifo => before.get(JSON.stringify(fifo)));
    for (const open of this.#open) if (!kept.includes(open)) this.#close(open, fifos);
    this.#open = fifos.flatMap((fifo, place) => kept[place] ?? this.#openOne(fifo));
  }

  /** A line to each; lost where nobody reads and the pipe is full. */
  write(line: string): void {
    for (const open of this.#open) {
      try {
        writeSync(open.descriptor, `${line}\n`);
        open.full = false;
      } catch (error) {
        if (open.full) continue;
        open.full = true;
        const why = (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 'nobody reads' : (error as Error).message;
        this.#log.write('warning', `The FIFO ${open.fifo.path} takes nothing more (${why}): lines are lost`);
      }
    }
  }

  close(): void {
    for (const open of this.#open) this.#close(open, []);
    this.#open = [];
    this.#readers.close();
  }

  #openOne(fifo: Fifo): Open[] {
    const { path, owner, reader } = fifo;
    try {
      const made = makeFifo(path);
      if (made && owner) chownSync(path, owner.uid, owner.gid);
      // Reading, too: else it could not be opened before its reader is there, and would break when the reader goes.
      const flags = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW;
      const descriptor = openSync(path, flags);
      const status = fstatSync(descriptor);
      const isOurs = status.uid === process.geteuid?.() || status.uid === owner?.uid;
      if (!status.isFIFO() || !isOurs) {
        closeSync(descriptor);
        throw new Error(status.isFIFO() ? 'it belongs to somebody else' : 'it is no FIFO');
      }
      const run = reader ? ++this.#lastRun : undefined;
      if (reader && run !== undefined) this.#readers.run(run, reader, [path]);
      return [{ fifo, descriptor, made, run, full: false }];
    } catch (error) {
      this.#log.write('warning', `Cannot write to the FIFO ${path}: ${(error as Error).message}`);
      return [];
    }
  }

  #close({ fifo, descriptor, made, run }: Open, wanted: readonly Fifo[]): void {
    if (run !== undefined) this.#readers.signal(run, 'TERM');
    closeSync(descriptor);
    if (!made || wanted.some(({ path }) => path === fifo.path)) return;
    try {
      unlinkSync(fifo.path);
    } catch {
      // Somebody was quicker.
    }
  }

  #readerEnded(run: number): void {
    const open = this.#open.find(each => each.run === run);
    if (!open) return;
    this.#log.write(
      'warning',
      `${open.fifo.reader?.text} no longer reads the FIFO ${open.fifo.path}; a reload starts it again`,
    );
  }
}

/** Whether it was not there before. */
function makeFifo(path: string): boolean {
  try {
    check(mkfifo(path, mode), 'make', `FIFO ${path}`);
    return true;
  } catch (error) {
    if (error instanceof KernelError && error.code === 'EEXIST') return false;
    throw error;
  }
}
