import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';
import { testConfiguration } from './config-test.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-t-'));
  const text = (priority: string) =>
    `vrrp_instance V {\ninterface lo0x\nvirtual_router_id 5\n${priority}\nadvert_int 9\nvirtual_ipaddress {\n10.0.0.1/24\n}\n}\nglobal_defs {\ndynamic_interfaces\n}\n`;
  writeFileSync(path.join(folder, 'slow.conf'), text('priority 90'));
  const script = 'vrrp_script s {\nscript /bin/sh\n}\n';
  writeFileSync(path.join(folder, 'insecure.conf'), script + text('priority 90\ntrack_script {\ns\n}'));
  writeFileSync(path.join(folder, 'bad.conf'), text('prioritty 90'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function test(...words: string[]) {
  const invocation = parseCommandLine('holdfast', words);
  if (invocation.type !== 'test') throw new Error(JSON.stringify(invocation));
  let said = '';
  let told = '';
  const status = testConfiguration(invocation, { say: text => (said += text), tell: line => (told += `${line}\n`) });
  return { status, said, told };
}
const file = (name: string): string => path.join(folder, name);

describe('-t', () => {
  it('gives advice, which changes the status only with --strict', () => {
    const { status, said, told } = test('-t', '-f', file('slow.conf'));
    expect(status).toBe(0);
    expect(said).toBe('');
    expect(told).toContain('[slow-failover]');
    expect(test('-t', '--strict', '-f', file('slow.conf')).status).toBe(5);
    // What keepalived has a status of its own for keeps it.
    expect(test('-t', '--strict', '-f', file('insecure.conf')).status).toBe(6);
  });

  it('as JSON', () => {
    const { status, said, told } = test('-t', '--json', '-f', file('bad.conf'));
    expect(status).toBe(5);
    expect(told).toBe('');
    const document = JSON.parse(said);
    expect(document).toMatchObject({ version: 1, file: file('bad.conf'), exitStatus: 5 });
    expect(document.diagnostics[0]).toEqual({
      code: 'unknown-keyword',
      severity: 'error',
      file: file('bad.conf'),
      line: 4,
      column: 1,
      endColumn: 10,
      message: 'unknown keyword "prioritty" in vrrp_instance',
      hint: 'did you mean "priority"?',
      excerpt: 'prioritty 90',
      refuses: false,
    });
  });

  it('as SARIF, with files elsewhere by their URL', () => {
    const { runs } = JSON.parse(test('-t', '--sarif', '-f', file('slow.conf')).said);
    expect(runs[0].results).toMatchObject([
      {
        ruleId: 'slow-failover',
        level: 'note',
        locations: [
          { physicalLocation: { artifactLocation: { uri: `file://${file('slow.conf')}` }, region: { startLine: 5 } } },
        ],
      },
    ]);
  });

  it('into a file that others cannot read', () => {
    const { said, told } = test(`-t${file('out.json')}`, '--json', '-f', file('slow.conf'));
    expect(said + told).toBe('');
    expect(JSON.parse(readFileSync(file('out.json'), 'utf8')).exitStatus).toBe(0);
    expect(statSync(file('out.json')).mode & 0o777).toBe(0o600);
  });
});
