import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { WordFile } from './word-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'words-'));
const place = path.join(folder, 'words.json');
afterAll(() => rmSync(folder, { recursive: true }));

const word = { service: '[192.0.2.1]:tcp:80 tcp', address: '10.0.0.1', port: 80, word: 'drain' } as const;

describe('WordFile', () => {
  it('gives back what was written, and is gone when there is nothing to write', () => {
    const file = new WordFile(place);
    expect(file.read()).toEqual([]);
    file.write([word, { ...word, port: 81, word: 'up' }]);
    expect(new WordFile(place).read()).toEqual([word, { ...word, port: 81, word: 'up' }]);
    expect(statSync(place).mode & 0o777).toBe(0o600);
    file.write([]);
    expect(existsSync(place)).toBe(false);
    file.write([]);
  });

  it.each(['', '{', '{}', 'null', '[null, 1, {}]', JSON.stringify([{ ...word, word: 'away' }])])(
    'makes nothing of what makes no sense: %j',
    text => {
      writeFileSync(place, text);
      expect(new WordFile(place).read()).toEqual([]);
    },
  );
});
