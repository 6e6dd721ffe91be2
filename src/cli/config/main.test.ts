import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runConfig } from './main.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const target = path.join(folder, name);
  writeFileSync(target, text);
  return target;
}

async function run(...words: string[]) {
  let said = '';
  let told = '';
  const output = {
    say: (text: string) => {
      said += text;
    },
    tell: (line: string) => {
      told += `${line}\n`;
    },
  };
  const status = await runConfig(words, output);
  return { status, said, told };
}

const crooked = 'global_defs{\nrouter_id   a # why\n}\n';
const straight = 'global_defs {\n    router_id a # why\n}\n';

describe('holdfast config fmt', () => {
  it('prints the formatted file and leaves it alone', async () => {
    const name = file('a.conf', crooked);
    expect(await run('fmt', name)).toEqual({ status: 0, said: straight, told: '' });
    expect(readFileSync(name, 'utf8')).toBe(crooked);
  });

  it('names what is not formatted with --check', async () => {
    const [bad, good] = [file('a.conf', crooked), file('b.conf', straight)];
    expect(await run('fmt', '--check', bad, good)).toEqual({ status: 1, said: `${bad}\n`, told: '' });
    expect(await run('fmt', '--check', good)).toEqual({ status: 0, said: '', told: '' });
  });

  it('writes back with --write: through links, with the same permissions, leaving nothing beside', async () => {
    const name = file('a.conf', crooked);
    chmodSync(name, 0o640);
    symlinkSync(name, path.join(folder, 'link.conf'));
    expect((await run('fmt', '--write', path.join(folder, 'link.conf'))).status).toBe(0);
    expect(readFileSync(name, 'utf8')).toBe(straight);
    expect(statSync(name).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).sort()).toEqual(['a.conf', 'link.conf']);
  });

  it('refuses a file whose braces do not balance, with the place', async () => {
    const name = file('a.conf', 'global_defs {\nrouter_id a\nvrrp_instance B {\n}\n');
    const { status, said, told } = await run('fmt', '--write', name);
    expect({ status, said }).toEqual({ status: 1, said: '' });
    expect(told).toContain(`${name}:1:1: error: the block of "global_defs" is never closed`);
    expect(readFileSync(name, 'utf8')).toContain('router_id a\n');
  });

  it('says what cannot be read, and which options there are', async () => {
    expect(await run('fmt', path.join(folder, 'none'))).toMatchObject({ status: 2, said: '' });
    expect(await run('fmt', '--nonsense')).toMatchObject({ status: 2, told: expect.stringContaining('--nonsense') });
    expect(await run('fmt', '--help')).toMatchObject({ status: 0, said: expect.stringContaining('--check') });
  });
});

describe('holdfast config show', () => {
  it('prints what a file comes to, as a configuration and as JSON', async () => {
    const name = file('a.conf', '@east child_wait_time 9\nglobal_defs {\nrouter_id a\n}\n');
    const text = await run('show', '--brief', '-i', 'east', name);
    expect(text).toMatchObject({ status: 0, told: '' });
    expect(text.said.replace(/ +/g, ' ')).toBe(
      `global_defs { # ${name}:2\n router_id a # ${name}:3\n}\n\nchild_wait_time 9 # ${name}:1\n`,
    );
    const json = JSON.parse((await run('show', '--json', '-i', 'west', name)).said);
    expect(json).toMatchObject({ file: name, loads: true, entries: expect.any(Array) });
    expect(JSON.stringify(json)).not.toContain('child_wait_time 9');
  });

  it('shows a refused configuration with a status and its reasons', async () => {
    const { status, said, told } = await run('show', file('a.conf', 'interface_up_down_delays {\n}\n'));
    expect(status).toBe(1);
    expect(said).toContain('interface_up_down_delays {');
    expect(told).toContain('[not-built-refused]');
  });
});

describe('holdfast config import-report', () => {
  it('lists the keywords by what becomes of them', async () => {
    const name = file(
      'a.conf',
      'global_defs {\nrouter_id a\nvrrp_garp_interval 0\nnonsense\n}\ninterface_up_down_delays {\n}\n',
    );
    const { status, said } = await run('import-report', name);
    expect(status).toBe(1);
    expect(said).toContain('Honoured (2):\n  global_defs\n  global_defs: router_id\n');
    expect(said).toMatch(/Different \(1\):\n {2}global_defs vrrp_garp_interval .*:3\n.*docs\/differences\.md:\d+/);
    expect(said).toContain('Not yet (1):');
    expect(said).toContain('start and reload refuse it');
    expect(said).toContain('Unknown, to keepalived too (1):');
    const { keywords } = JSON.parse((await run('import-report', '--json', name)).said);
    expect(keywords).toContainEqual(
      expect.objectContaining({ keyword: 'router_id', block: ['global_defs'], verdict: 'honoured' }),
    );
  });
});
