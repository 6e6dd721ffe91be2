import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runningKeepalived } from './other-keepalived.ts';

describe('runningKeepalived', () => {
  let proc: string;

  function process(pid: string, comm: string, exe: string | undefined, net: string): void {
    mkdirSync(path.join(proc, pid, 'ns'), { recursive: true });
    writeFileSync(path.join(proc, pid, 'comm'), `${comm}\n`);
    if (exe !== undefined) symlinkSync(exe, path.join(proc, pid, 'exe'));
    symlinkSync(`net:[${net}]`, path.join(proc, pid, 'ns/net'));
  }

  beforeEach(() => {
    proc = mkdtempSync(path.join(tmpdir(), 'proc-'));
    process('self', 'node', '/usr/bin/node', '1');
    writeFileSync(path.join(proc, 'uptime'), '1 1\n');
  });

  afterEach(() => rmSync(proc, { recursive: true }));

  it('finds one in our namespace', () => {
    process('12', 'init', '/sbin/init', '1');
    process('77', 'keepalived', '/usr/sbin/keepalived', '1');
    expect(runningKeepalived(proc)).toBe(77);
  });

  it('goes by the name where the executable cannot be read', () => {
    process('77', 'keepalived', undefined, '1');
    expect(runningKeepalived(proc)).toBe(77);
  });

  it('finds one whose executable was replaced by an upgrade', () => {
    process('77', 'keepalived', '/usr/sbin/keepalived (deleted)', '1');
    expect(runningKeepalived(proc)).toBe(77);
  });

  it('lets one in another namespace and our own kind be', () => {
    process('77', 'keepalived', '/usr/sbin/keepalived', '2');
    process('78', 'keepalived', '/usr/bin/node', '1');
    process('79', 'bash', '/bin/bash', '1');
    expect(runningKeepalived(proc)).toBeUndefined();
  });
});
