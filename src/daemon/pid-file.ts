import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { lockFile } from '../linux/file-lock.ts';

/** A pid file that is ours as long as we live: locked, so that one left behind by a crash is in nobody's way. */
export class PidFile {
  readonly #file: string;
  readonly #descriptor: number;

  private constructor(file: string, descriptor: number) {
    this.#file = file;
    this.#descriptor = descriptor;
  }

  /** Undefined if another process holds it. Throws where the file cannot be written. */
  static claim(file: string): PidFile | undefined {
    const directory = path.dirname(file);
    const isNew = mkdirSync(directory, { recursive: true }) !== undefined;
    // Monitors read it, whatever the daemon's umask is.
    if (isNew) chmodSync(directory, 0o755);
    // Somebody who is just stopping may unlink the file between our opening and our locking it.
    for (;;) {
      const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
      const descriptor = openSync(file, flags, 0o644);
      if (!lockFile(descriptor, file)) {
        closeSync(descriptor);
        return undefined;
      }
      if (isStillAt(file, descriptor)) {
        fchmodSync(descriptor, 0o644);
        ftruncateSync(descriptor);
        writeSync(descriptor, `${process.pid}\n`, 0);
        return new PidFile(file, descriptor);
      }
      closeSync(descriptor);
    }
  }

  remove(): void {
    try {
      if (isStillAt(this.#file, this.#descriptor)) unlinkSync(this.#file);
    } catch {
      // A directory that vanished or became read-only takes the file with it, as far as anybody can tell.
    }
    closeSync(this.#descriptor);
  }
}

function isStillAt(file: string, descriptor: number): boolean {
  const ours = fstatSync(descriptor);
  const there = statSync(file, { throwIfNoEntry: false });
  return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
}
