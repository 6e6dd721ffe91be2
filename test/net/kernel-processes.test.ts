// Scripts as the kernel sees them: groups, users, descriptors, environment. Needs no network, but processes of its own.

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isPrivileged } from '../../src/lab/enter.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { closeDescriptor, libcFunction } from '../../src/linux/libc.ts';
import { Poller } from '../../src/linux/poller.ts';
import { findSetpriv, Processes, type ProcessesOptions } from '../../src/linux/processes.ts';
import type { RunnableScript, ScriptIdentity, ScriptOutcome } from '../../src/ports/script.ts';
import { script, shell } from './vrrp-world-contract.testkit.ts';

const eventfd = libcFunction<(value: number, flags: number) => number>('int eventfd(unsigned int value, int flags)');

let folder: string;
let poller: Poller;
let processes: Processes;
let outcomes: Map<number, ScriptOutcome[]>;

function open(options: Partial<ProcessesOptions> = {}): void {
  outcomes = new Map();
  processes = new Processes(
    poller,
    {
      setpriv: findSetpriv(),
      environment: {
        PATH: process.env['PATH'],
        HOME: '/root',
        IFS: 'x',
        LD_PRELOAD: '/nowhere.so',
        LD_X: '1',
        LDX: '1',
      },
      ownUid: process.geteuid!(),
      ownGid: process.getegid!(),
      ...options,
    },
    (run, outcome) => outcomes.set(run, [...(outcomes.get(run) ?? []), outcome]),
  );
}

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'scripts-'));
  chmodSync(folder, 0o777);
  poller = new Poller();
  open();
});
afterEach(() => {
  processes.close();
  poller.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string): string => path.join(folder, name);
const read = (name: string): string => readFileSync(file(name), 'utf8').trim();
const as = (identity: ScriptIdentity, what: RunnableScript): RunnableScript => ({ ...what, identity });

async function outcomeOf(run: number): Promise<ScriptOutcome> {
  await waitFor(() => outcomes.has(run), { what: `run ${run} to end`, everyMs: 1 });
  expect(outcomes.get(run)).toHaveLength(1);
  return outcomes.get(run)![0]!;
}

/** Runs a shell command and expects it to succeed. */
async function succeed(text: string): Promise<void> {
  processes.run(1, shell(text), []);
  expect(await outcomeOf(1)).toEqual({ type: 'exited', status: 0 });
}

const alive = (pid: number): boolean => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readStatus(pid));

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return 'State:\tZ';
  }
}

const childCount = (): number =>
  readdirSync('/proc/self/task').reduce((sum, task) => {
    const text = readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim();
    return sum + (text === '' ? 0 : text.split(' ').length);
  }, 0);

describe('a script', () => {
  it('leads a process group of its own', async () => {
    await succeed(`echo $$ $(ps -o pgid= -p $$) >${file('out')}`);
    const [pid, group] = read('out').split(/\s+/);
    expect(group).toBe(pid);
    expect(Number(group)).not.toBe(process.pid);
  });

  it('reads and writes /dev/null and has no other descriptor', async () => {
    // Neither those that close by themselves nor one that somebody left open.
    const server = await listen();
    const left = eventfd(0, 0);
    // The shell lists the folder by a descriptor that is gone when readlink looks.
    await succeed(`readlink /proc/$$/fd/* >${file('out')}; true`);
    expect(read('out').split('\n')).toEqual(['/dev/null', file('out'), '/dev/null']);
    server.close();
    closeDescriptor(left);
  });

  it('has no signal blocked or ignored', async () => {
    await succeed(`sed -n 's/^Sig\\(Blk\\|Ign\\)://p' /proc/self/status >${file('out')}`);
    const [blocked, ignored] = read('out')
      .split(/\s+/)
      .map(mask => BigInt(`0x${mask}`));
    expect(blocked).toBe(0n);
    // glibc's posix_spawn ignores the two that the C library keeps for itself, 32 and 33.
    expect(ignored! & ~0x1_8000_0000n).toBe(0n);
  });

  it('gets our environment without what changes shells and loaders', async () => {
    await succeed(`env >${file('out')}`);
    const names = read('out')
      .split('\n')
      .map(line => line.split('=')[0]);
    expect(names).toEqual(expect.arrayContaining(['PATH', 'HOME', 'LDX']));
    expect(names).not.toContain('IFS');
    expect(names.filter(name => name!.startsWith('LD_'))).toEqual([]);
  });

  it('without an interpreter line is run by a shell', async () => {
    execFileSync('sh', ['-c', `echo 'exit 7' >${file('plain')}; chmod +x ${file('plain')}`]);
    processes.run(1, script({ type: 'program', argv: [file('plain')] }), []);
    expect(await outcomeOf(1)).toEqual({ type: 'exited', status: 7 });
  });

  it('is signalled with all its descendants', async () => {
    processes.run(1, shell(`sleep 1000 & echo $! >${file('a')}; mv ${file('a')} ${file('pid')}; wait`), []);
    await waitFor(() => existsSync(file('pid')), { what: 'the grandchild' });
    const grandchild = Number(read('pid'));
    expect(alive(grandchild)).toBe(true);
    processes.signal(1, 'TERM');
    expect(await outcomeOf(1)).toEqual({ type: 'signalled', signal: 15 });
    await waitFor(() => !alive(grandchild), { what: 'the grandchild to end' });
  });

  it('as another user without setpriv is not started at all', async () => {
    open({ setpriv: undefined });
    processes.run(1, as({ uid: 54_321, gid: 54_321, groups: [] }, shell('exit 0')), []);
    expect(await outcomeOf(1)).toEqual({ type: 'not-started', error: 'EPERM' });
    processes.run(2, shell('exit 0'), []);
    expect(await outcomeOf(2)).toEqual({ type: 'exited', status: 0 });
  });

  it('as ourselves makes no call that a user namespace forbids', async () => {
    const own = { uid: process.geteuid!(), gid: process.getegid!(), groups: [] };
    processes.run(1, as(own, shell('exit 0')), []);
    expect(await outcomeOf(1)).toEqual({ type: 'exited', status: 0 });
  });

  it.skipIf(!isPrivileged())('runs as another user with just that user’s groups (needs root)', async () => {
    const run = (number: number, groups: readonly number[]): void =>
      processes.run(
        number,
        as({ uid: 54_321, gid: 54_322, groups }, shell(`(id -u; id -g; id -G) >${file(`out${number}`)}`)),
        [],
      );
    // Groups of our own, which must not be handed down.
    const own = process.getgroups!();
    process.setgroups!([9, 10]);
    run(1, []);
    run(2, [7, 8]);
    processes.startAll();
    process.setgroups!(own);
    expect(await outcomeOf(1)).toEqual({ type: 'exited', status: 0 });
    expect(await outcomeOf(2)).toEqual({ type: 'exited', status: 0 });
    expect(read('out1').split('\n')).toEqual(['54321', '54322', '54322']);
    expect(read('out2').split('\n')).toEqual(['54321', '54322', '54322 7 8']);
  });

  it.skipIf(!isPrivileged())('opens only the files that its user may open (needs root)', async () => {
    execFileSync('sh', ['-c', `echo x >${file('secret')}; chmod 600 ${file('secret')}; echo x >${file('open')}`]);
    const other = { uid: 54_321, gid: 54_321, groups: [] };
    processes.run(1, as(other, script({ type: 'open-file', path: file('secret') })), []);
    processes.run(2, as(other, script({ type: 'open-file', path: file('open') })), []);
    processes.run(3, script({ type: 'open-file', path: file('secret') }), []);
    expect((await outcomeOf(1)).type).toBe('exited');
    expect(await outcomeOf(1)).not.toEqual({ type: 'exited', status: 0 });
    expect(await outcomeOf(2)).toEqual({ type: 'exited', status: 0 });
    expect(await outcomeOf(3)).toEqual({ type: 'exited', status: 0 });
  });
});

describe('200 scripts at once', () => {
  it('all run, each is told of once, and the loop turns in between', async () => {
    for (let run = 0; run < 200; run++) processes.run(run, shell(`exit ${run}`), []);
    expect(processes.count).toBe(200);
    let turns = 0;
    let mostAtOnce = 0;
    while (outcomes.size < 200) {
      const before = childCount();
      await new Promise(resolve => setImmediate(resolve));
      mostAtOnce = Math.max(mostAtOnce, childCount() - before);
      turns += 1;
    }
    expect(turns).toBeGreaterThanOrEqual(200);
    expect(mostAtOnce).toBeLessThanOrEqual(1);
    expect([...outcomes].sort(([left], [right]) => left - right)).toEqual(
      Array.from({ length: 200 }, (_, run) => [run, [{ type: 'exited', status: run }]]),
    );
    expect(processes.count).toBe(0);
  });

  it('are all started before an end', async () => {
    for (let run = 0; run < 50; run++) processes.run(run, shell(`touch ${file(`ran-${run}`)}`), []);
    processes.startAll();
    expect(childCount()).toBe(50);
    await waitFor(() => outcomes.size === 50, { what: 'all to end' });
    expect(readdirSync(folder)).toHaveLength(50);
  });

  it('leave no descriptor behind', async () => {
    const count = (): number => readdirSync('/proc/self/fd').length;
    const before = count();
    for (let run = 0; run < 50; run++) processes.run(run, shell('exit 0'), []);
    await waitFor(() => outcomes.size === 50, { what: 'all to end' });
    expect(count()).toBe(before);
  });
});

describe('a connection in place of a script', () => {
  it('succeeds where somebody listens and fails where nobody does', async () => {
    const server = await listen();
    const { port } = server.address() as AddressInfo;
    processes.run(1, script({ type: 'tcp-connect', host: '127.0.0.1', port }), []);
    processes.run(2, script({ type: 'tcp-connect', host: 'localhost', port }), []);
    expect(await outcomeOf(1)).toEqual({ type: 'exited', status: 0 });
    expect(await outcomeOf(2)).toEqual({ type: 'exited', status: 0 });
    await new Promise(resolve => server.close(resolve));
    processes.run(3, script({ type: 'tcp-connect', host: '127.0.0.1', port }), []);
    expect(await outcomeOf(3)).toEqual({ type: 'exited', status: 1 });
  });

  it('that hangs ends with the signal that would have ended a script', async () => {
    // Nobody answers ARP there, so the connection stands neither nor fails for seconds.
    const ip = (...words: readonly string[]): unknown => execFileSync('ip', words);
    ip('link', 'add', 'hang0', 'type', 'veth', 'peer', 'name', 'hang1');
    try {
      ip('address', 'add', '10.9.9.1/24', 'dev', 'hang0');
      ip('link', 'set', 'hang1', 'up');
      ip('link', 'set', 'hang0', 'up');
      processes.run(1, script({ type: 'tcp-connect', host: '10.9.9.2', port: 1 }), []);
      processes.run(2, shell('exit 0'), []);
      await outcomeOf(2);
      expect(outcomes.has(1)).toBe(false);
      processes.signal(1, 'TERM');
      expect(await outcomeOf(1)).toEqual({ type: 'signalled', signal: 15 });
      expect(processes.count).toBe(0);
    } finally {
      ip('link', 'del', 'hang0');
    }
  });

  it('does not wait for a FIFO that nobody writes', async () => {
    execFileSync('mkfifo', [file('fifo')]);
    processes.run(1, script({ type: 'open-file', path: file('fifo') }), []);
    expect(await outcomeOf(1)).toEqual({ type: 'exited', status: 0 });
  });
});

function listen(): Promise<Server> {
  return new Promise(resolve => {
    const server = createServer(socket => socket.on('error', () => {}));
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
