import { describe, expect, it } from 'vitest';
import { Diagnostics, type Finding, formatDiagnostic, type KeepalivedClass } from './diagnostic.ts';

const finding: Finding = {
  code: 'unknown-keyword',
  severity: 'error',
  message: 'unknown keyword "prioritty"',
  hint: 'did you mean "priority"?',
  keepalivedClass: 'other',
};

function reported(text: string, start: number, end: number, extra: Partial<Finding> = {}) {
  const diagnostics = new Diagnostics();
  diagnostics.report({ line: { file: 'k.conf', number: 12, text }, start, end }, { ...finding, ...extra });
  return diagnostics.all[0]!;
}

describe('formatDiagnostic', () => {
  it('shows place, line, caret and hint', () => {
    expect(formatDiagnostic(reported('    prioritty 100', 4, 13))).toBe(
      [
        'k.conf:12:5: error: unknown keyword "prioritty" [unknown-keyword]',
        '  12 |     prioritty 100',
        '     |     ^^^^^^^^^',
        '  = did you mean "priority"?',
      ].join('\n'),
    );
  });

  it('keeps tabs and gives wide characters two columns', () => {
    const lines = formatDiagnostic(reported('\t虚 x', 3, 4)).split('\n');
    expect(lines[2]).toBe('     | \t   ^');
  });

  it('shows of a long line what stands around the place', () => {
    const [, shown = '', caret = ''] = formatDiagnostic(
      reported(`${'a '.repeat(5_000)}wrong ${'b '.repeat(5_000)}`, 10_000, 10_005),
    ).split('\n');
    expect(shown).toMatch(/^ {2}12 \| \.\.\.( ?a)+ wrong( b)+ ?\.\.\.$/);
    expect(shown.length).toBeLessThan(500);
    expect(caret.indexOf('^^^^^')).toBe(shown.indexOf('wrong'));
    const [, first = '', below = ''] = formatDiagnostic(reported(`wrong ${'b '.repeat(5_000)}`, 0, 5)).split('\n');
    expect(below.indexOf('^^^^^')).toBe(first.indexOf('wrong'));
  });

  it('counts columns in characters, whichever place of a line comes first', () => {
    const diagnostics = new Diagnostics();
    const line = { file: 'k.conf', number: 12, text: '😀 a 😀 b' };
    for (const start of [8, 3, 8]) diagnostics.report({ line: { ...line }, start, end: start + 1 }, finding);
    expect(diagnostics.all.map(({ column, endColumn }) => [column, endColumn])).toEqual([
      [7, 8],
      [3, 4],
      [7, 8],
    ]);
  });

  it('does not take one file for another of its name', () => {
    const diagnostics = new Diagnostics();
    for (const text of ['a', '😀 abc def']) {
      diagnostics.report({ line: { file: 'k.conf', number: 12, text }, start: 3, end: 6 }, finding);
    }
    expect(diagnostics.all[1]).toMatchObject({ column: 3, endColumn: 6 });
  });

  it('counts columns in characters', () => {
    expect(reported('😀😀 x', 5, 6).column).toBe(4);
  });

  it('shows no caret where the whole line is meant, and no line where the file is', () => {
    expect(formatDiagnostic(reported('abc', -1, -1)).split('\n')[0]).toBe(
      'k.conf:12: error: unknown keyword "prioritty" [unknown-keyword]',
    );
    const diagnostics = new Diagnostics();
    diagnostics.report({ line: { file: 'k.conf', number: 0, text: '' }, start: -1, end: -1 }, finding);
    expect(formatDiagnostic(diagnostics.all[0]!)).toMatch(/^k\.conf: error: .*\n {2}= did/);
  });

  it('lets no control character through', () => {
    expect(formatDiagnostic(reported('a \u001b[2J', 2, 3, { message: 'bad \u001b[2J' }))).not.toContain('\u001b');
  });
});

describe('Diagnostics', () => {
  const status = (...classes: KeepalivedClass[]): number => {
    const diagnostics = new Diagnostics();
    for (const keepalivedClass of classes) {
      diagnostics.report(
        { line: { file: 'f', number: 1, text: '' }, start: -1, end: -1 },
        { ...finding, keepalivedClass },
      );
    }
    return diagnostics.testExitStatus;
  };

  it('ranks troubles as keepalived does, and our own advice not at all', () => {
    expect(status()).toBe(0);
    expect(status('ignores')).toBe(0);
    expect(status('file')).toBe(4);
    expect(status('file', 'other', 'ignores')).toBe(5);
    expect(status('aborts', 'unreadable')).toBe(6);
  });

  it('counts scripts without security as the process that runs them does', () => {
    const where = { line: { file: 'f', number: 1, text: '' }, start: -1, end: -1 };
    const missing = { ...finding, code: 'no-such-interface', keepalivedClass: 'other' } as const;
    const violated = (process: 'vrrp' | 'other', ...findings: readonly Finding[]): number => {
      const diagnostics = new Diagnostics();
      diagnostics.countViolation(where, process);
      for (const each of findings) diagnostics.report(where, each);
      return diagnostics.testExitStatus;
    };
    expect(violated('vrrp')).toBe(6);
    expect(violated('other', { ...finding, keepalivedClass: 'file' })).toBe(6);
    expect(violated('other', { ...finding, keepalivedClass: 'aborts' })).toBe(2);
    expect(violated('vrrp', missing)).toBe(5);
    expect(violated('other', missing)).toBe(6);
  });

  it('keeps count beyond what anybody reads', () => {
    const diagnostics = new Diagnostics();
    for (let number = 1; number <= 1_500; number++) {
      diagnostics.report({ line: { file: 'f', number, text: '' }, start: -1, end: -1 }, finding);
    }
    expect(diagnostics.all).toHaveLength(1_001);
    expect(diagnostics.all.at(-1)).toMatchObject({
      code: 'too-many-diagnostics',
      message: '500 more diagnostics are not shown',
    });
  });
});
