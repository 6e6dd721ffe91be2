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
