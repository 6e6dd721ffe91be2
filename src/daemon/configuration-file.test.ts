import { describe, expect, it } from 'vitest';
import { configurationFile, diagnosticLogLine, loadOptions } from './configuration-file.ts';
import type { DaemonOptions } from './options.ts';

const options = (configurationFile: string | undefined, configId?: string): DaemonOptions =>
  ({ configurationFile, configId, allIncludesStrict: false }) as DaemonOptions;

describe('configurationFile', () => {
  const own = '/etc/holdfast/holdfast.conf';
  const keepalived = '/etc/keepalived/keepalived.conf';

  it.each([
    [[own, keepalived], own],
    [[keepalived], keepalived],
    [[], own],
  ])('of %j takes %s', (existing, expected) => {
    expect(configurationFile(options(undefined), file => existing.includes(file))).toBe(expected);
  });

  it('takes what is given, existing or not', () => {
    expect(configurationFile(options('/nowhere/x.conf'), () => true)).toBe('/nowhere/x.conf');
  });
});

describe('loadOptions', () => {
  it('compares @conditions with the short host name', () => {
    expect(loadOptions(options(undefined), 'lb1.example.net').configId).toBe('lb1');
    expect(loadOptions(options(undefined, 'east'), 'lb1.example.net').configId).toBe('east');
  });
});

describe('diagnosticLogLine', () => {
  it("looks like keepalived's", () => {
    const diagnostic = {
      code: 'unknown-keyword',
      severity: 'warning',
      file: 'a.conf',
      line: 4,
      column: 1,
      excerpt: 'foo',
      message: "Unknown keyword 'foo'",
      keepalivedClass: 'other',
      refuses: false,
    } as const;
    expect(diagnosticLogLine(diagnostic)).toBe("(a.conf: Line 4) Unknown keyword 'foo'");
    expect(diagnosticLogLine({ ...diagnostic, line: 0, hint: 'look' })).toBe("(a.conf) Unknown keyword 'foo' - look");
  });
});
