import { closeSync, constants, fchmodSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open, rename, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Replaces a file as a whole: a reader sees the old text or the new one. The text goes to a new file beside it, so a
 * symbolic link that somebody planted in /tmp is replaced, never followed. Off the event loop, but for making the
 * portions of a text that is given so.
 */
export async function replaceFile(file: string, text: string | Iterable<string>, mode: number): Promise<void> {
  const temporary = temporaryBeside(file);
  const handle = await open(temporary, flags, mode).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    // Left behind by an earlier process of the same number; unlink does not follow links either.
    await unlink(temporary);
    return open(temporary, flags, mode);
  });
  try {
    try {
      await handle.chmod(mode);
      await writeFile(handle, text);
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

/** The same for a process that has no next turn. */
export function replaceFileNow(file: string, portions: Iterable<string>, mode: number): void {
  const temporary = temporaryBeside(file);
  rmSync(temporary, { force: true });
  const descriptor = openSync(temporary, flags, mode);
  try {
    fchmodSync(descriptor, mode);
    for (const text of portions) writeAll(descriptor, Buffer.from(text));
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

function temporaryBeside(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`);
}
