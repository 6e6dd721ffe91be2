import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fifo } from '../ports/fifo.ts';
import { Fifos } from './fifos.ts';
import { Poller } from './poller.ts';

const poller = new Poller();
const options = { setpriv: undefined, environment: process.env, ownUid: 0, ownGid: 0 };

describe('Fifos', () => {
  let folder: string;
  let fifos: Fifos;
  const said: string[] = [];
  const fifo = (name: string, rest: Partial<Fifo> = {}): Fifo => ({
    path: path.join(folder, name),
    owner: undefined,
    reader: undefined,
    ...rest,
  });
  const readerOf = (name: string): number => openSync(path.join(folder, name), 'r+');
  const read = (descriptor: number): string => {
    const bytes = Buffer.alloc(4096);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes));
  };
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'holdfast-fifo-'));
    said.length = 0;
    fifos = new Fifos(poller, options, { write: (_level, text) => void said.push(text) });
  });
  afterEach(() => {
    fifos.close();
    rmSync(folder, { recursive: true });
  });

  it('are made, written to in order, and removed', () => {
    fifos.configure([fifo('a'), fifo('b')]);
    const readers = ['a', 'b'].map(readerOf);
    fifos.write('one');
    fifos.write('two');
    expect(readers.map(read)).toEqual(['one\ntwo\n', 'one\ntwo\n']);
    fifos.close();
    expect(['a', 'b'].some(name => existsSync(path.join(folder, name)))).toBe(false);
  });

  it('that were there stay there', () => {
    execFileSync('mkfifo', [path.join(folder, 'a')]);
    fifos.configure([fifo('a')]);
    fifos.close();
    expect(statSync(path.join(folder, 'a')).isFIFO()).toBe(true);
  });

  it('keep their readers over a reload that changes nothing for them', () => {
    fifos.configure([fifo('a')]);
    const reader = readerOf('a');
    fifos.configure([fifo('b'), fifo('a')]);
    fifos.write('still there');
    expect(read(reader)).toBe('still there\n');
    fifos.configure([]);
    expect(existsSync(path.join(folder, 'a'))).toBe(false);
  });

  it('that nobody reads lose lines, hold nobody up, and say so once', () => {
    fifos.configure([fifo('a')]);
    for (let count = 0; count < 3_000; count++) fifos.write('x'.repeat(50));
    expect(said).toEqual([expect.stringContaining('takes nothing more (nobody reads): lines are lost')]);
  });

  it('are never files, nor reached through links', () => {
    writeFileSync(path.join(folder, 'file'), 'precious');
    execFileSync('ln', ['-s', path.join(folder, 'elsewhere'), path.join(folder, 'link')]);
    fifos.configure([fifo('file'), fifo('link'), fifo('no/folder')]);
    fifos.write('nothing');
    expect(said).toHaveLength(3);
    expect(readFileSync(path.join(folder, 'file'), 'utf8')).toBe('precious');
    expect(existsSync(path.join(folder, 'elsewhere'))).toBe(false);
  });

  it('have a reader that is given the path, and ends with them', async () => {
    const program = path.join(folder, 'reader');
    writeFileSync(
      program,
      `#!/bin/sh\ntrap 'echo ended >>${folder}/told; exit' TERM\nwhile read line <"$2"; do echo "$1 $line" >>${folder}/told; done\n`,
    );
    chmodSync(program, 0o755);
    const reader = {
      command: { type: 'program', argv: [program, 'told'] },
      identity: undefined,
      text: program,
    } as const;
    const told = (): string => (existsSync(`${folder}/told`) ? readFileSync(`${folder}/told`, 'utf8') : '');
    const until = async (text: string): Promise<void> => {
      while (!told().includes(text)) await new Promise(resolve => setImmediate(resolve));
    };
    fifos.configure([fifo('a', { reader })]);
    fifos.write('INSTANCE "V" MASTER 100');
    await until('told INSTANCE "V" MASTER 100\n');
    fifos.configure([]);
    await until('ended');
  });
});
