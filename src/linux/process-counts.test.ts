import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProcessPattern } from '../ports/process-pattern.ts';
import { Poller } from './poller.ts';
import { ProcessCounts } from './process-counts.ts';

const poller = new Poller();

describe('ProcessCounts', () => {
  const counts = new Map<string, number>();
  let waiting: (() => void) | undefined;
  const watch = new ProcessCounts(poller, (name, count) => {
    counts.set(name, count);
    waiting?.();
  });
  const children: ChildProcess[] = [];
  const start = async (...words: string[]): Promise<ChildProcess> => {
    const child = spawn('sleep', words, { stdio: 'ignore' });
    children.push(child);
    await once(child, 'spawn');
    return child;
  };
  const until = async (check: () => boolean): Promise<void> => {
    while (!check()) await new Promise<void>(resolve => (waiting = resolve));
  };
  const sleeping = (seconds: string): ProcessPattern => ({
    command: 'sleep',
    wholeCommand: true,
    parameters: { match: 'exact', words: [seconds] },
  });
  afterEach(() => {
    watch.close();
    for (const child of children.splice(0)) child.kill('SIGKILL');
    counts.clear();
  });

  it('tells how many there are, when one comes and when one ends', async () => {
    await start('98701');
    watch.follow([
      { name: 'known', pattern: sleeping('98701') },
      { name: 'nobody', pattern: sleeping('98702') },
    ]);
    await until(() => counts.size === 2);
    expect([...counts]).toEqual([
      ['known', 1],
      ['nobody', 0],
    ]);
    const another = await start('98701');
    await until(() => counts.get('known') === 2);
    another.kill('SIGKILL');
    await until(() => counts.get('known') === 1);
  });

  it('finds a process by the name that the kernel gives it', async () => {
    await start('98703');
    watch.follow([{ name: 'sleep', pattern: { command: 'sleep', wholeCommand: false, parameters: { match: 'any' } } }]);
    await until(() => (counts.get('sleep') ?? 0) > 0);
  });

  it('does not count one that has ended and that nobody has waited for', async () => {
    // The shell becomes a program that does not know its child.
    const parent = spawn('sh', ['-c', 'sleep 98704 & echo $!; exec sleep 98705'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(parent);
    const pid = Number(String((await once(parent.stdout!, 'data'))[0]));
    watch.follow([{ name: 'child', pattern: sleeping('98704') }]);
    await until(() => counts.get('child') === 1);
    process.kill(pid, 'SIGKILL');
    await until(() => counts.get('child') === 0);
    watch.follow([{ name: 'again', pattern: sleeping('98704') }]);
    await until(() => counts.has('again'));
    expect(counts.get('again')).toBe(0);
  });

  it('says nothing more once it is closed', async () => {
    watch.follow([{ name: 'x', pattern: sleeping('98706') }]);
    watch.close();
    await new Promise(resolve => setImmediate(resolve));
    expect([...counts]).toEqual([]);
  });
});
