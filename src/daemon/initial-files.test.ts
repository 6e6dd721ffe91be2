import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeInitialFiles } from './initial-files.ts';

describe('the files of init_file', () => {
  let folder: string;
  const said: string[] = [];
  const log = { write: (_level: unknown, text: string): void => void said.push(text) };
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'holdfast-initial-'));
    said.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are made if they are not there', () => {
    const file = path.join(folder, 'new');
    writeInitialFiles([{ path: file, value: -5, overwrite: false }], log);
    expect(readFileSync(file, 'utf8')).toBe('-5\n');
  });

  it('keep what they say, unless they are to be written anew', () => {
    const kept = path.join(folder, 'kept');
    const anew = path.join(folder, 'anew');
    writeFileSync(kept, '3\n');
    writeFileSync(anew, '30 000 lines\n');
    writeInitialFiles(
      [kept, anew].map((file, place) => ({ path: file, value: 7, overwrite: place === 1 })),
      log,
    );
    expect([kept, anew].map(file => readFileSync(file, 'utf8'))).toEqual(['3\n', '7\n']);
  });

  it('that cannot be written are said and stop nothing', () => {
    const file = path.join(folder, 'second');
    writeInitialFiles(
      [
        { path: path.join(folder, 'no', 'folder'), value: 1, overwrite: false },
        { path: file, value: 2, overwrite: false },
      ],
      log,
    );
    expect(said).toEqual([expect.stringContaining(`${folder}/no/folder: ENOENT`)]);
    expect(readFileSync(file, 'utf8')).toBe('2\n');
  });
});
