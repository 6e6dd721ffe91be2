// How a process that uses the kernel adapter ends, and what cannot end it. Each case is a process of its own, which runs the
// compiled code.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { childrenOf } from '../../src/lab/host-process.ts';
import { waitFor } from '../../src/lab/wait.ts';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface Program {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<{ readonly status: number | null; readonly signal: string | null }>;
}

/** Runs JavaScript that may name what it needs of the kernel adapter. */
function run(imports: string, code: string, nodeArguments: readonly string[] = []): Program {
  const text = imports
    .split(' ')
    .map(each => each.split('/'))
    .map(([file, name]) => `import { ${name} } from '${dist}/linux/${file}.js';`)
    .join('\n');
  const child = spawn(process.execPath, [...nodeArguments, '--input-type=module', '-e', `${text}\n${code}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', piece => {
      output += piece;
    });
  }
  const ended = new Promise<{ status: number | null; signal: string | null }>(resolve =>
    child.once('close', (status, signal) => resolve({ status, signal })),
  );
  return { child, output: () => output, ended };
}

const said = (program: Program, text: string): Promise<unknown> =>
  waitFor(() => program.output().includes(text), { what: `"${text}"`, evidence: program.output });

const eventDescriptors = `
  const eventfd = libcFunction('int eventfd(unsigned int value, int flags)');
  const poller = new Poller();
`;

describe('an exception', () => {
  it('in a handler of the poller ends the process, and no other handler acts in between', async () => {
    const program = run(
      'poller/Poller poller/order libc/libcFunction',
      `${eventDescriptors}
      poller.watch(eventfd(1, 0), 'readable', order.packets, () => { throw new Error('broken promise'); });
      poller.watch(eventfd(1, 0), 'readable', order.events, () => console.log('acted'));
      setTimeout(() => console.log('went on'), 10_000);`,
    );
    expect(await program.ended).toEqual({ status: 1, signal: null });
    expect(program.output()).toContain('Error: broken promise');
    expect(program.output()).not.toContain('acted');
    expect(program.output()).not.toContain('went on');
  });

  it('of an engine that its deadline woke ends the process', async () => {
    const program = run(
      'poller/Poller driver/Driver clock/now',
      `const engine = {
        handle: () => [], nextDeadline: () => 1,
        advance: () => { throw new Error('broken engine'); },
      };
      new Driver(new Poller(), { engine, execute: () => {}, now }).deliver({});`,
    );
    expect(await program.ended).toEqual({ status: 1, signal: null });
    expect(program.output()).toContain('Error: broken engine');
  });

  it('on receipt of a signal ends the process', async () => {
    const program = run(
      'signals/takeOverSignals signals/onSignal',
      `takeOverSignals([1]);
      onSignal(() => { throw new Error('broken by a signal'); });
      setTimeout(() => console.log('went on'), 10_000);
      process.kill(process.pid, 1);`,
    );
    expect(await program.ended).toEqual({ status: 1, signal: null });
    expect(program.output()).toContain('Error: broken by a signal');
  });

  it('reaches those who look for uncaught ones, and nothing acts while they tidy up', async () => {
    const program = run(
      'poller/Poller poller/order libc/libcFunction',
      `${eventDescriptors}
      process.on('uncaughtException', error => {
        console.log('seen: ' + error.message);
        setTimeout(() => process.exit(70), 50);
      });
      poller.watch(eventfd(1, 0), 'readable', order.packets, () => { throw new Error('broken promise'); });
      poller.watch(eventfd(1, 0), 'readable', order.events, () => console.log('acted'));`,
    );
    expect(await program.ended).toEqual({ status: 70, signal: null });
    expect(program.output()).toBe('seen: broken promise\n');
  });
});

describe('the event loop', () => {
  it('lives while something is watched and ends with the last of it', async () => {
    const program = run(
      'poller/Poller poller/order libc/libcFunction',
      `${eventDescriptors}
      const first = poller.watch(eventfd(0, 0), 'readable', order.events, () => {});
      const second = poller.watch(eventfd(0, 0), 'readable', order.events, () => {});
      setTimeout(() => { first.stop(); first.stop(); }, 20);
      setTimeout(() => console.log('still there'), 100).unref();
      setTimeout(() => second.stop(), 200).unref();`,
    );
    expect(await program.ended).toEqual({ status: 0, signal: null });
    expect(program.output()).toBe('still there\n');
  });
});

describe('signals', () => {
  const signals = [1, 2, 10, 12, 13, 15, 36, 63];

  it('that were taken over, real-time ones included, are told and end nothing', async () => {
    const program = run(
      'signals/takeOverSignals signals/onSignal',
      `takeOverSignals([${signals}]);
      onSignal(signal => console.log('signal ' + signal));
      setInterval(() => {}, 10_000);
      console.log('ready');`,
    );
    await said(program, 'ready');
    for (const signal of signals) {
      process.kill(program.child.pid!, signal);
      await said(program, `signal ${signal}\n`);
    }
    // Neither did USR1 open the debugger.
    expect(program.output()).not.toContain('Debugger');
    program.child.kill('SIGKILL');
    expect((await program.ended).signal).toBe('SIGKILL');
  });

  it('that came early are kept for whoever asks for them', async () => {
    const program = run(
      'signals/takeOverSignals signals/onSignal',
      `takeOverSignals([1, 36]);
      process.kill(process.pid, 36);
      setTimeout(() => {
        console.log('asking');
        onSignal(signal => console.log('signal ' + signal));
      }, 50);`,
    );
    expect(await program.ended).toEqual({ status: 0, signal: null });
    expect(program.output()).toBe('asking\nsignal 36\n');
  });

  it('do not keep a process alive', async () => {
    const program = run('signals/takeOverSignals', `takeOverSignals([15]);`);
    expect(await program.ended).toEqual({ status: 0, signal: null });
  });

  it('close the debugger that an earlier USR1 has opened, but not one that was asked for', async () => {
    const open = `import inspector from 'node:inspector';`;
    const program = run(
      'signals/takeOverSignals',
      `${open}
      inspector.open(0, '127.0.0.1');
      takeOverSignals([10]);
      console.log('url', inspector.url());`,
    );
    await program.ended;
    expect(program.output()).toContain('url undefined');
    const wanted = run(
      'signals/takeOverSignals',
      `${open}\ntakeOverSignals([10]);\nconsole.log('url', inspector.url());`,
      ['--inspect=127.0.0.1:0'],
    );
    await wanted.ended;
    expect(wanted.output()).toContain('url ws://');
  });
});

it('scripts die with the process that started them', async () => {
  const program = run(
    'poller/Poller processes/Processes processes/findSetpriv',
    `const processes = new Processes(new Poller(), {
      setpriv: findSetpriv(), environment: process.env, ownUid: process.geteuid(), ownGid: process.getegid(),
    }, () => {});
    const command = { type: 'program', argv: ['/bin/sleep', '1000'] };
    processes.run(1, { command, identity: undefined, text: '' }, []);`,
  );
  const sleeps = (pid: number): boolean => {
    try {
      return /^Name:\s+sleep\n(.*\n)*State:\s+[^Z]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  };
  const script = await waitFor(() => childrenOf(program.child.pid!).find(sleeps), {
    what: 'the script',
    evidence: program.output,
  });
  program.child.kill('SIGKILL');
  await waitFor(() => !sleeps(script), { what: 'the script to end' });
});
