import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LineWriter } from './line-writer.ts';

describe('LineWriter', () => {
  let directory: string;
  let file: string;
  let descriptor: number;

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'line-writer-'));
    file = path.join(directory, 'log');
    descriptor = openSync(file, 'a');
  });

  afterEach(() => {
    closeSync(descriptor);
    rmSync(directory, { recursive: true });
  });

  it('writes lines in order, each with its stamp', async () => {
    const writer = new LineWriter(descriptor, () => 'now: ');
    for (let count = 0; count < 100; count++) writer.write(`line ${count}`);
    await writer.drained();
    const expected = Array.from({ length: 100 }, (_, count) => `now: line ${count}\n`).join('');
    expect(readFileSync(file, 'utf8')).toBe(expected);
  });

  it('drops what a stalled log cannot take and says how much', async () => {
    const writer = new LineWriter(descriptor, () => '');
    for (let count = 0; count < 10_500; count++) writer.write('x');
    await writer.drained();
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    // The first line leaves the queue at once.
    expect(lines.length).toBe(10_001 + 1);
    expect(lines.at(-1)).toBe('499 log lines were dropped');
  });

  it('goes on after a write failed', async () => {
    const writer = new LineWriter(9_999, () => '');
    writer.write('lost');
    await writer.drained();
    writer.redirect(descriptor, () => {});
    writer.write('kept');
    await writer.drained();
    expect(readFileSync(file, 'utf8')).toBe('kept\n');
  });

  it('waits for a full pipe that was made non-blocking', async () => {
    const fifo = path.join(directory, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const pipe = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      const writer = new LineWriter(pipe, () => '');
      const line = 'x'.repeat(99);
      for (let count = 0; count < 2_000; count++) writer.write(line);
      let read = 0;
      const buffer = Buffer.alloc(65_536);
      while (read < 200_000) {
        await new Promise(resolve => setTimeout(resolve, 1));
        try {
          read += readSync(pipe, buffer);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        }
      }
      await writer.drained();
      expect(read).toBe(200_000);
    } finally {
      closeSync(pipe);
    }
  });

  it('writes last words at once, after what waits', () => {
    const writer = new LineWriter(descriptor, () => '');
    writer.writeNow('the end');
    expect(readFileSync(file, 'utf8')).toBe('the end\n');
  });
});
