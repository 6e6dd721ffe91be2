import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileValues, fileValue } from './file-values.ts';
import { Poller } from './poller.ts';

describe('FileValues', () => {
  let folder: string;
  let poller: Poller;
  let values: FileValues;
  const told: [file: string, value: number][] = [];

  beforeEach(() => {
    folder = mkdtempSync(`${tmpdir()}/file-values-`);
    told.length = 0;
    poller = new Poller();
    values = new FileValues(poller, (file, value) => told.push([file.slice(folder.length + 1), value]));
  });
  afterEach(() => {
    values.close();
    poller.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const next = async (...expected: readonly (readonly [file: string, value: number])[]): Promise<void> => {
    await expect.poll(() => told, { timeout: 5_000, interval: 2 }).toEqual(expected);
    told.length = 0;
  };

  it('tells what is there, at once', () => {
    writeFileSync(`${folder}/a`, '7\n');
    values.follow([`${folder}/a`, `${folder}/b`]);
    expect(told).toEqual([
      ['a', 7],
      ['b', 0],
    ]);
  });

  it('tells of what is written, and not of what is written again', async () => {
    values.follow([`${folder}/a`]);
    await next(['a', 0]);
    writeFileSync(`${folder}/a`, '7\n');
    await next(['a', 7]);
    writeFileSync(`${folder}/a`, '7\n8\n');
    writeFileSync(`${folder}/a`, '-9');
    await next(['a', -9]);
  });

  it('tells of files that are replaced, removed and made', async () => {
    writeFileSync(`${folder}/a`, '1');
    values.follow([`${folder}/a`]);
    await next(['a', 1]);
    writeFileSync(`${folder}/new`, '2');
    renameSync(`${folder}/new`, `${folder}/a`);
    await next(['a', 2]);
    writeFileSync(`${folder}/a`, '3');
    await next(['a', 3]);
    rmSync(`${folder}/a`);
    await next(['a', 0]);
    writeFileSync(`${folder}/a`, '4');
    await next(['a', 4]);
  });

  it('waits for folders that are not there', async () => {
    values.follow([`${folder}/x/y/a`]);
    await next(['x/y/a', 0]);
    mkdirSync(`${folder}/x/y`, { recursive: true });
    writeFileSync(`${folder}/x/y/a`, '5');
    await next(['x/y/a', 5]);
    rmSync(`${folder}/x`, { recursive: true });
    await next(['x/y/a', 0]);
    mkdirSync(`${folder}/x`);
    mkdirSync(`${folder}/x/y`);
    writeFileSync(`${folder}/x/y/a`, '6');
    await next(['x/y/a', 6]);
  });

  it('tells of a file that is moved there and away', async () => {
    mkdirSync(`${folder}/elsewhere`);
    writeFileSync(`${folder}/elsewhere/a`, '2');
    values.follow([`${folder}/a`]);
    await next(['a', 0]);
    renameSync(`${folder}/elsewhere/a`, `${folder}/a`);
    await next(['a', 2]);
    renameSync(`${folder}/a`, `${folder}/elsewhere/a`);
    await next(['a', 0]);
  });

  it('sees into a folder from when it is made', async () => {
    values.follow([`${folder}/x/a`, `${folder}/mark`]);
    await next(['x/a', 0], ['mark', 0]);
    mkdirSync(`${folder}/x`);
    // The folder has been noticed when this is told.
    writeFileSync(`${folder}/mark`, '1');
    await next(['mark', 1]);
    writeFileSync(`${folder}/x/a`, '2');
    await next(['x/a', 2]);
  });

  it('sees through links', async () => {
    mkdirSync(`${folder}/elsewhere`);
    writeFileSync(`${folder}/elsewhere/a`, '1');
    symlinkSync(`${folder}/elsewhere/a`, `${folder}/a`);
    values.follow([`${folder}/a`]);
    await next(['a', 1]);
    writeFileSync(`${folder}/elsewhere/a`, '2');
    await next(['a', 2]);
  });

  it('follows another set of files, and none', async () => {
    writeFileSync(`${folder}/a`, '1');
    writeFileSync(`${folder}/b`, '2');
    values.follow([`${folder}/a`]);
    values.follow([`${folder}/b`]);
    await next(['a', 1], ['b', 2]);
    writeFileSync(`${folder}/a`, '3');
    writeFileSync(`${folder}/b`, '4');
    await next(['b', 4]);
    values.follow([]);
    writeFileSync(`${folder}/b`, '5');
    values.follow([`${folder}/a`]);
    await next(['a', 3]);
  });

  it.each([
    ['', 0],
    ['12', 12],
    ['  +3\n4', 3],
    ['-4 and more', -4],
    ['x5', 0],
    ['\n6', 0],
    ['99999999999999999999', 0x7fff_ffff],
    ['-99999999999', -0x8000_0000],
  ])('reads %j as %d', (text, value) => {
    writeFileSync(`${folder}/a`, text);
    expect(fileValue(`${folder}/a`)).toBe(value);
  });

  it('reads no folder and waits for no pipe', () => {
    expect(fileValue(folder)).toBe(0);
    execFileSync('mkfifo', [`${folder}/pipe`]);
    expect(fileValue(`${folder}/pipe`)).toBe(0);
  });
});
