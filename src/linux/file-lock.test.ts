import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockFile } from './file-lock.ts';

describe('lockFile', () => {
  it('is held by one descriptor until that is closed', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'lock-'));
    const file = path.join(directory, 'pid');
    const first = openSync(file, 'w');
    const second = openSync(file, 'r+');
    try {
      expect(lockFile(first, file)).toBe(true);
      expect(lockFile(second, file)).toBe(false);
      closeSync(first);
      expect(lockFile(second, file)).toBe(true);
    } finally {
      closeSync(second);
      rmSync(directory, { recursive: true });
    }
  });

  it('says what cannot be locked', () => {
    expect(() => lockFile(9_999, '/run/x.pid')).toThrow('cannot lock /run/x.pid: EBADF');
  });
});
