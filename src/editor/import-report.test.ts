import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../config/memory-files.testkit.ts';
import { rootGrammar } from '../engine/keywords.ts';
import { type Difference, importReport, parseDifferences } from './import-report.ts';

const file = '/etc/k.conf';

function report(text: string, differences: readonly Difference[] = [], others: Readonly<Record<string, string>> = {}) {
  return importReport(file, memoryFiles({ ...others, [file]: text }), rootGrammar, differences)!;
}

const table = `# Differences
| What | keepalived | Holdfast | Why |
|---|---|---|---|
| \`vrrp_garp_interval 0\`, \`vrrp_gna_interval 0\` | complaint | no gap | plain |
| IPv6 with \`version 2\` | sends 2 | sends 3 | RFC |
| \`vrrp_instance NAME more {\` | passed over | taken | plain |
`;

describe('the import report', () => {
  it('tells what is honoured, different, not built and unknown, with every use', () => {
    const text = `global_defs {
  vrrp_garp_interval 0
  vrrp_gna_interval 1
  enable_dbus
  nonsense
}
vrrp_instance A {
  version 2
  use_vmac
}
vrrp_instance B {
  version 2
}
`;
    const rows = report(text, parseDifferences(table));
    const told = rows.map(row => [row.verdict, row.path.join(' '), row.refused, row.uses.map(use => use.line)]);
    expect(told).toEqual([
      ['honoured', 'global_defs', false, [1]],
      ['different', 'global_defs vrrp_garp_interval', false, [2]],
      ['honoured', 'global_defs vrrp_gna_interval', false, [3]],
      ['not-yet', 'global_defs enable_dbus', false, [4]],
      ['unknown', 'global_defs nonsense', false, [5]],
      ['honoured', 'vrrp_instance', false, [7, 11]],
      ['honoured', 'vrrp_instance version', false, [8, 12]],
      ['not-yet', 'vrrp_instance use_vmac', true, [9]],
    ]);
    expect(rows[1]).toMatchObject({ difference: { line: 4 }, note: 'keepalived: complaint; here: no gap' });
  });

  it('looks at what other hosts read, and at included files', () => {
    const rows = report(
      '@other enable_dbus\nglobal_defs {\n@other enable_dbus\n@^other enable_dbus\ninclude more.conf\n}\n',
      [],
      {
        '/etc/more.conf': 'enable_dbus\n',
      },
    );
    expect(rows.find(row => row.path.join(' ') === 'global_defs enable_dbus')?.uses).toEqual([
      { file, line: 4 },
      { file: '/etc/more.conf', line: 1 },
      { file, line: 3 },
    ]);
  });

  it('names words of lines that have no effect', () => {
    const rows = report('vrrp_instance A {\nvirtual_ipaddress {\n10.0.0.1 dev eth0 use_vmac\n}\n}\n');
    expect(rows.at(-1)).toMatchObject({ verdict: 'not-yet', path: ['vrrp_instance', 'virtual_ipaddress', 'use_vmac'] });
  });

  it('finds rows in the document itself', () => {
    const markdown = readFileSync(path.join(import.meta.dirname, '../../docs/differences.md'), 'utf8');
    const differences = parseDifferences(markdown);
    expect(differences.some(({ words }) => words.join(' ') === 'vrrp_garp_interval 0')).toBe(true);
  });
});
