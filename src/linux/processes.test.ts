import { afterAll, describe, expect, it, vi } from 'vitest';
import type { ScriptOutcome } from '../ports/script.ts';
import { Poller } from './poller.ts';
import { findSetpriv, Processes, scriptEnvironment } from './processes.ts';
import type * as spawning from './spawn.ts';

// As on a kernel before 5.3.
vi.mock('./spawn.ts', async original => ({
  ...(await original<typeof spawning>()),
  openProcessDescriptor: () => undefined,
}));

describe('where the kernel cannot tell of the end of a process', () => {
  const poller = new Poller();
  afterAll(() => poller.close());

  it('scripts still end, once each, by themselves or by a signal', async () => {
    const outcomes: [number, ScriptOutcome][] = [];
    const options = {
      setpriv: findSetpriv(),
      environment: process.env,
      ownUid: process.geteuid!(),
      ownGid: process.getegid!(),
    };
    const processes = new Processes(poller, options, (run, outcome) => void outcomes.push([run, outcome]));
    const shell = (text: string) =>
      ({ command: { type: 'shell', text, extraArguments: [] }, identity: undefined, text }) as const;
    processes.run(1, shell('exit 3'), []);
    processes.run(2, shell('sleep 1000'), []);
    processes.startAll();
    await vi.waitFor(() => expect(outcomes).toHaveLength(1), 10_000);
    processes.signal(2, 'KILL');
    await vi.waitFor(() => expect(outcomes).toHaveLength(2), 10_000);
    expect(outcomes).toEqual([
      [1, { type: 'exited', status: 3 }],
      [2, { type: 'signalled', signal: 9 }],
    ]);
    expect(processes.count).toBe(0);
    processes.close();
  });
});

it('keeps the environment but for what changes shells and loaders', () => {
  const environment = { PATH: '/bin', IFS: ' ', LD_PRELOAD: 'x', LD_LIBRARY_PATH: 'y', LDFLAGS: '', GONE: undefined };
  expect(scriptEnvironment(environment)).toEqual(['PATH=/bin', 'LDFLAGS=']);
});
