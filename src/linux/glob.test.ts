import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expandBraces, findFiles } from './glob.ts';

describe('expandBraces', () => {
  it.each([
    ['plain', ['plain']],
    ['a{b,c}d', ['abd', 'acd']],
    ['{a,b}{1,2}', ['a1', 'a2', 'b1', 'b2']],
    ['a{b,c{d,e}}', ['ab', 'acd', 'ace']],
    ['{,x}y', ['y', 'xy']],
    ['{a}', ['a']],
    ['{}', ['{}']],
    ['{a,b', ['{a,b']],
    ['a}b', ['a}b']],
    ['{a\\,b,c}', ['a\\,b', 'c']],
    ['\\{a,b}', ['\\{a,b}']],
  ])('makes of %s what csh does', (pattern, expected) => {
    expect(expandBraces(pattern)).toEqual(expected);
  });

  it('does not run away', () => {
    expect(expandBraces('{a,b}'.repeat(40)).length).toBeLessThan(10_000);
  });
});

describe('findFiles', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'glob-[x]-'));
    mkdirSync(path.join(folder, 'conf.d'));
    for (const name of ['conf.d/10-a.conf', 'conf.d/20-b.conf', 'conf.d/c.txt', 'main.conf'])
      writeFileSync(path.join(folder, name), '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const found = (pattern: string) => findFiles(pattern, folder).map(each => path.relative(folder, each));

  it('matches relative to a folder, whatever the folder is called', () => {
    expect(found('conf.d/*.conf')).toEqual(['conf.d/10-a.conf', 'conf.d/20-b.conf']);
    expect(found('main.conf')).toEqual(['main.conf']);
  });

  it('takes braces, ranges and single characters, gives each file once and sorts', () => {
    expect(found('{main,conf.d/?0-[ab],main}.conf')).toEqual(['conf.d/10-a.conf', 'conf.d/20-b.conf', 'main.conf']);
  });

  it('takes absolute patterns as they are', () => {
    expect(findFiles('/etc/{passwd,nothing}', folder)).toEqual(['/etc/passwd']);
  });

  it('finds nothing where nothing is', () => {
    expect(found('*.none')).toEqual([]);
  });
});
