import { readFileSync, rmSync } from 'node:fs';
import type { ServerWord } from '../engine/early-words.ts';
import { replaceFileNow } from './write-file.ts';

const words = new Set<unknown>(['drain', 'down', 'up']);

/**
 * What operators have said of real servers, for the next start: who drains a server before maintenance does not want a
 * restart of the daemon to send it new connections. It lies where a boot forgets it.
 */
export class WordFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Empty if there is no such file, or nothing of use in it. */
  read(): readonly ServerWord[] {
    let read: unknown;
    try {
      read = JSON.parse(readFileSync(this.#path, 'utf8'));
    } catch {
      return [];
    }
    return Array.isArray(read) ? read.filter(isServerWord) : [];
  }

  /** Throws what the system says. */
  write(all: readonly ServerWord[]): void {
    if (all.length === 0) rmSync(this.#path, { force: true });
    else replaceFileNow(this.#path, [`${JSON.stringify(all)}\n`], 0o600);
  }
}

function isServerWord(value: unknown): value is ServerWord {
  if (typeof value !== 'object' || value === null) return false;
  const { service, address, port, word } = value as Record<string, unknown>;
  return typeof service === 'string' && typeof address === 'string' && typeof port === 'number' && words.has(word);
}
