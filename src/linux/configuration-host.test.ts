import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configurationHost, mayExecute } from './configuration-host.ts';

describe('configurationHost', () => {
  const host = configurationHost({ PATH: '/usr/bin::/bin', EXAMPLE: 'value' });
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'host-'));
    writeFileSync(path.join(folder, 'file'), Buffer.from([0x61, 0xff, 0x62]));
    chmodSync(path.join(folder, 'file'), 0o4751);
    symlinkSync(path.join(folder, 'file'), path.join(folder, 'link'));
    symlinkSync(path.join(folder, 'loop'), path.join(folder, 'loop'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads files, with a mark in place of what is not UTF-8', () => {
    expect(host.readFile(path.join(folder, 'file'))).toEqual({ ok: true, value: 'a\ufffdb' });
  });

  it.each([
    ['nothing', 'ENOENT'],
    ['', 'EISDIR'],
    ['file/below', 'ENOTDIR'],
    ['loop', 'ELOOP'],
  ])('says why it cannot read "%s"', (name, reason) => {
    expect(host.readFile(path.join(folder, name))).toEqual({ ok: false, reason });
  });

  it('reads pipes, and gives up on what never ends', () => {
    const fifo = path.join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const writer = spawn('sh', ['-c', 'echo text >"$1"', 'sh', fifo]);
    expect(host.readFile(fifo)).toEqual({ ok: true, value: 'text\n' });
    writer.kill();
    expect(host.readFile('/dev/zero')).toEqual({ ok: false, reason: 'EFBIG' });
  });

  it('describes files through symbolic links', () => {
    const expected = { kind: 'file', uid: process.getuid!(), gid: expect.any(Number), mode: 0o4751 };
    expect(host.status(path.join(folder, 'link'))).toEqual(expected);
    expect(host.status(folder)?.kind).toBe('directory');
    expect(host.status('/dev/null')?.kind).toBe('other');
    expect(host.status(path.join(folder, 'nothing'))).toBeUndefined();
    expect(host.status(path.join(folder, 'loop'))).toBeUndefined();
    expect(host.realPath(path.join(folder, 'link'))).toBe(path.join(folder, 'file'));
    expect(host.realPath(path.join(folder, 'loop'))).toBeUndefined();
  });

  it('knows users and groups', () => {
    expect(host.user('root')).toMatchObject({ name: 'root', uid: 0, gid: 0 });
    expect(host.user('no-such-user')).toBeUndefined();
    expect(host.groupId('root')).toBe(0);
    expect(host.groupId('no-such-group')).toBeUndefined();
    expect(host.ownUid).toBe(process.geteuid!());
    expect(host.ownGid).toBe(process.getegid!());
  });

  it('knows the machine', () => {
    expect(host.interfaceNames).toContain('lo');
    expect(host.hostName).toBe(os.hostname());
    expect(host.searchPath).toEqual(['/usr/bin', '/bin']);
    expect(host.environment('EXAMPLE')).toBe('value');
    expect(host.environment('OTHER')).toBeUndefined();
  });

  it('judges whether a user may execute a file by the first class that fits', () => {
    const file = { kind: 'file', uid: 5, gid: 6, mode: 0o071 } as const;
    expect(mayExecute(file, 5, 6)).toBe(false);
    expect(mayExecute(file, 7, 6)).toBe(true);
    expect(mayExecute(file, 7, 7)).toBe(true);
    expect(mayExecute({ ...file, mode: 0o070 }, 7, 7)).toBe(false);
    expect(mayExecute({ ...file, mode: 0o001 }, 0, 0)).toBe(true);
    expect(mayExecute({ ...file, mode: 0o666 }, 0, 0)).toBe(false);
    expect(mayExecute({ ...file, kind: 'directory' }, 0, 0)).toBe(false);
    expect(host.mayExecute(path.join(folder, 'nothing'), 0, 0)).toBe(false);
  });
});
