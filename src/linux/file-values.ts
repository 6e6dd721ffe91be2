import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { allocate, check, closeDescriptor, libcFunction } from './libc.ts';
import { order, type Poller, type Watch } from './poller.ts';

const inotifyInit = libcFunction<(flags: number) => number>('int inotify_init1(int flags)');
const inotifyAdd = libcFunction<(descriptor: number, file: string, mask: number) => number>(
  'int inotify_add_watch(int fd, const char *pathname, uint32_t mask)',
);
const inotifyRemove = libcFunction<(descriptor: number, watch: number) => number>(
  'int inotify_rm_watch(int fd, int wd)',
);
const read = libcFunction<(descriptor: number, buffer: Uint8Array, count: number) => number>(
  'intptr_t read(int fd, void *buf, size_t count)',
);

const nonBlocking = 0o4000;
const closeOnExec = 0o2000000;
const inotifyBit = {
  closeWrite: 0x8,
  movedFrom: 0x40,
  movedTo: 0x80,
  create: 0x100,
  delete: 0x200,
  deleteSelf: 0x400,
  moveSelf: 0x800,
  onlyDirectory: 0x1000000,
} as const;
/** Not every write: a file that is being rewritten is empty for a moment, and nobody means 0 by that. */
const fileBits = inotifyBit.closeWrite | inotifyBit.deleteSelf | inotifyBit.moveSelf;
const folderBits =
  inotifyBit.closeWrite |
  inotifyBit.movedFrom |
  inotifyBit.movedTo |
  inotifyBit.create |
  inotifyBit.delete |
  inotifyBit.deleteSelf |
  inotifyBit.moveSelf |
  inotifyBit.onlyDirectory;
/** A first line is a number; of more than this nothing is read. */
const longestLine = 64;
const largestValue = 0x7fff_ffff;

/**
 * Files whose first line is a number, followed as they are written, replaced, removed or made, their folders included.
 * Any news of a file, its folder or what it is a link to is a reason to read it again; only another value is told.
 */
export class FileValues {
  readonly #descriptor: number;
  readonly #watch: Watch;
  readonly #changed: (file: string, value: number) => void;
  readonly #events = allocate(16_384);
  /** As last told. */
  #values = new Map<string, number>();
  /** Watch descriptors, by what is watched. */
  #watched = new Map<string, number>();
  #closed = false;

  /** Throws KernelError. `changed` is called from the event loop, and from `follow` for what is new. */
  constructor(poller: Poller, changed: (file: string, value: number) => void) {
    this.#changed = changed;
    this.#descriptor = check(inotifyInit(nonBlocking | closeOnExec), 'make', 'inotify descriptor');
    this.#watch = poller.watch(this.#descriptor, 'readable', order.events, () => this.#wake());
  }

  /** Replaces the set of files; tells the value of each at once. */
  follow(files: readonly string[]): void {
    this.#values = new Map(files.map(file => [file, 0]));
    this.#rearm();
    for (const file of files) {
      const value = fileValue(file);
      this.#values.set(file, value);
      this.#changed(file, value);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.stop();
    closeDescriptor(this.#descriptor);
  }

  #wake(): void {
    // What happened does not matter, and events that were dropped are made up for by looking at every file.
    while (read(this.#descriptor, this.#events.bytes, this.#events.bytes.length) > 0);
    this.#rearm();
    for (const file of [...this.#values.keys()]) {
      const value = fileValue(file);
      if (this.#values.get(file) === value) continue;
      this.#values.set(file, value);
      this.#changed(file, value);
      if (this.#closed) return;
    }
  }

  /**
   * Watches each file and its folder; where there is no such folder, the nearest one above. The kernel gives what is
   * watched already its old number, and what was replaced under its name another one.
   */
  #rearm(): void {
    const wanted = new Map<string, number>();
    for (const file of this.#values.keys()) {
      const watch = inotifyAdd(this.#descriptor, file, fileBits);
      if (watch >= 0) wanted.set(file, watch);
      const folder = path.dirname(file);
      // Twice: a folder that appeared while the one above was not yet watched would go unnoticed.
      if (this.#watchNearest(folder, wanted) !== folder) this.#watchNearest(folder, wanted);
    }
    const current = new Set(wanted.values());
    for (const watch of this.#watched.values()) if (!current.has(watch)) inotifyRemove(this.#descriptor, watch);
    this.#watched = wanted;
  }

  /** Watches the folder, or the nearest above it that there is; returns which. */
  #watchNearest(folder: string, wanted: Map<string, number>): string {
    const watch = wanted.get(folder) ?? inotifyAdd(this.#descriptor, folder, folderBits);
    if (watch >= 0) wanted.set(folder, watch);
    const above = path.dirname(folder);
    return watch >= 0 || above === folder ? folder : this.#watchNearest(above, wanted);
  }
}

/** The integer that a file begins with, kept within 32 bits; 0 if there is none. */
export function fileValue(file: string): number {
  const bytes = Buffer.alloc(longestLine);
  let length = 0;
  try {
    // A pipe without a writer would hold us.
    const descriptor = openSync(file, nonBlocking);
    try {
      length = readSync(descriptor, bytes, 0, longestLine, null);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return 0;
  }
  const number = /^\s*([+-]?\d+)/.exec(bytes.toString('latin1', 0, length).split('\n')[0]!);
  return number ? Math.max(-largestValue - 1, Math.min(largestValue, Number(number[1]))) : 0;
}
