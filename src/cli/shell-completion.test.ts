import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { optionTable } from './option-table.ts';
import { bashCompletion, wordsOfDaemon, wordsOfHelp } from './shell-completion.ts';

const help = `Usage: holdfast config [options] [command]

Options:
  -h, --help               display help for command
  -o, --out <FILE>         where to

Commands:
  fmt [options] [FILE...]  print the files formatted
                           check is no command here
  help [command]           display help for command
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-completion-'));
  for (const name of ['one.conf', 'two words.conf', 'other']) writeFileSync(path.join(folder, name), '');
  const commands = [
    wordsOfDaemon(optionTable, ['config']),
    wordsOfHelp('config', help),
    wordsOfHelp('config fmt', 'Options:\n  --check   x\n  --write   y\n'),
  ];
  writeFileSync(path.join(folder, 'completion'), bashCompletion(commands));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash proposes for the last word. */
function proposed(...words: string[]): readonly string[] {
  const script = `source completion; COMP_WORDS=(holdfast "$@"); COMP_CWORD=$#; _holdfast; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(line => line !== '');
}

describe('completion in bash', () => {
  it('reads options and commands off a help text', () => {
    expect(wordsOfHelp('config', help)).toEqual({
      path: 'config',
      words: ['-h', '--help', '-o', '--out', 'fmt'],
      fileOptions: ['-o', '--out'],
    });
  });

  it('proposes commands and options', () => {
    expect(proposed('con')).toEqual(['config']);
    expect(proposed('--use-')).toEqual(['--use-file']);
    expect(proposed('config', 'f')).toEqual(['fmt']);
    expect(proposed('config', 'fmt', '--')).toEqual(['--check', '--write']);
  });

  it('proposes files where files are meant', () => {
    expect(proposed('-f', 'o')).toEqual(['one.conf', 'other']);
    expect(proposed('config', 'fmt', 'tw')).toEqual(['two words.conf']);
    expect(proposed('o')).toEqual([]);
  });

  it('leaves out options that are not built', () => {
    expect(wordsOfDaemon(optionTable, []).words).toContain('--config-test');
    expect(wordsOfDaemon(optionTable, []).words).not.toContain('--snmp');
  });
});
