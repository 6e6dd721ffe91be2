import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PidFile } from './pid-file.ts';

describe('PidFile', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'pid-'));
    file = path.join(directory, 'holdfast/holdfast_east.pid');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  it('holds our number, readable by all, in a directory made for it', () => {
    const umask = process.umask(0o177);
    const claimed = PidFile.claim(file);
    process.umask(umask);
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o755);
    claimed?.remove();
    expect(existsSync(file)).toBe(false);
  });

  it('is claimed once', () => {
    const first = PidFile.claim(file);
    expect(PidFile.claim(file)).toBeUndefined();
    first?.remove();
    const second = PidFile.claim(file);
    expect(second).toBeDefined();
    second?.remove();
  });

  it('takes over a file that a dead process left', () => {
    const stale = path.join(directory, 'stale.pid');
    writeFileSync(stale, '999999999\n');
    const claimed = PidFile.claim(stale);
    expect(readFileSync(stale, 'utf8')).toBe(`${process.pid}\n`);
    claimed?.remove();
  });

  it('follows no symbolic link', () => {
    const victim = path.join(directory, 'victim');
    writeFileSync(victim, 'precious');
    const link = path.join(directory, 'link.pid');
    symlinkSync(victim, link);
    expect(() => PidFile.claim(link)).toThrow('ELOOP');
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  it("leaves somebody else's file alone", () => {
    const claimed = PidFile.claim(file);
    rmSync(file);
    writeFileSync(file, '1\n');
    claimed?.remove();
    expect(readFileSync(file, 'utf8')).toBe('1\n');
  });
});
