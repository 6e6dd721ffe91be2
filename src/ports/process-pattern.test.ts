import { describe, expect, it } from 'vitest';
import { matchesProcess, type ProcessPattern } from './process-pattern.ts';

const nginx = { name: 'nginx', commandLine: ['/usr/sbin/nginx', '-g', 'daemon on;'] };
const withWords = (match: 'exact' | 'initial' | 'partial', ...words: string[]): ProcessPattern => ({
  command: 'nginx',
  wholeCommand: true,
  parameters: { match, words },
});

describe('matchesProcess', () => {
  it('compares with the kernel’s name, of which there are 15 bytes', () => {
    const plain = (command: string): ProcessPattern => ({
      command,
      wholeCommand: false,
      parameters: { match: 'any' },
    });
    expect(matchesProcess(plain('nginx'), nginx)).toBe(true);
    expect(matchesProcess(plain('ngin'), nginx)).toBe(false);
    const long = { name: 'systemd-journal', commandLine: ['/lib/systemd/systemd-journald'] };
    expect(matchesProcess(plain('systemd-journald'), long)).toBe(true);
    expect(matchesProcess(plain('systemd-networkd'), long)).toBe(false);
  });

  it('compares with the command line, with or without its folder', () => {
    const whole = (command: string): ProcessPattern => ({ command, wholeCommand: true, parameters: { match: 'any' } });
    expect(matchesProcess(whole('nginx'), nginx)).toBe(true);
    expect(matchesProcess(whole('/usr/sbin/nginx'), nginx)).toBe(true);
    expect(matchesProcess(whole('/sbin/nginx'), nginx)).toBe(false);
    expect(matchesProcess(whole('inx'), nginx)).toBe(false);
    expect(matchesProcess(whole('kthreadd'), { name: 'kthreadd', commandLine: [] })).toBe(false);
  });

  it.each([
    ['exact', ['-g', 'daemon on;'], true],
    ['exact', ['-g'], false],
    ['exact', ['-g', 'daemon on;', 'more'], false],
    ['exact', [], false],
    ['partial', ['-g'], true],
    ['partial', ['-'], false],
    ['partial', [], true],
    ['initial', ['-'], true],
    ['initial', ['-g', 'daemon'], true],
    ['initial', ['-', 'daemon on;'], false],
    ['initial', ['-g', 'daemon on;', ''], false],
  ] as const)('%s %j: %s', (match, words, matches) => {
    expect(matchesProcess(withWords(match, ...words), nginx)).toBe(matches);
  });

  it('with no parameters at all means a program that has none', () => {
    expect(matchesProcess(withWords('exact'), { name: 'nginx', commandLine: ['nginx'] })).toBe(true);
  });
});
