import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile } from './write-file.ts';

describe('replaceFile', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'replace-'));
    file = path.join(directory, 'x.data');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  it('writes with the given permissions and leaves nothing else', async () => {
    await replaceFile(file, 'one', 0o600);
    await replaceFile(file, 'two', 0o600);
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['x.data']);
  });

  it('replaces a symbolic link instead of following it', async () => {
    const victim = path.join(directory, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, file);
    await replaceFile(file, 'dump', 0o600);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(readFileSync(file, 'utf8')).toBe('dump');
  });

  it('does not follow a link in the place of its temporary file', async () => {
    const victim = path.join(directory, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, path.join(directory, `.x.data.${process.pid}`));
    await replaceFile(file, 'dump', 0o600);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  it('cleans up when it fails', async () => {
    mkdirSync(file);
    await expect(replaceFile(file, 'dump', 0o600)).rejects.toThrow();
    expect(readdirSync(directory)).toEqual(['x.data']);
  });
});
