import { describe, expect, it } from 'vitest';
import { archiveOf } from './cpio.mjs';

/** Entries as the kernel reads them: numbers of eight hexadecimal digits, name and content each padded to four bytes. */
function read(archive) {
  const entries = [];
  for (let at = 0; at < archive.length; ) {
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const field = place => Number.parseInt(archive.toString('latin1', at + 6 + place * 8, at + 14 + place * 8), 16);
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const name = archive.toString('latin1', at + 110, at + 110 + nameSize - 1);
    const start = (at + 110 + nameSize + 3) & ~3;
    entries.push({ name, mode: mode.toString(8), content: archive.toString('latin1', start, start + size) });
    at = (start + size + 3) & ~3;
  }
  return entries;
}

describe('an archive for the kernel', () => {
  it('has folders and files, and an end', () => {
    const files = [
      { name: 'bin', folder: true },
      { name: 'bin/a', content: Buffer.from('12345') },
      { name: 'init', content: Buffer.from('#!') },
    ];
    expect(read(archiveOf(files))).toEqual([
      { name: 'bin', mode: '40755', content: '' },
      { name: 'bin/a', mode: '100755', content: '12345' },
      { name: 'init', mode: '100755', content: '#!' },
      { name: 'TRAILER!!!', mode: '100755', content: '' },
    ]);
  });
});
