import type { Duration } from '../base/duration.ts';
import { inMilliseconds } from '../base/duration.ts';
import { Poller } from '../linux/poller.ts';
import { findSetpriv, Processes } from '../linux/processes.ts';
import type { RunnableScript, ScriptOutcome } from '../ports/script.ts';
import type { DaemonLog } from './log.ts';

/** A script that is asked to end gets this long before it is made to. */
const graceMilliseconds = 2_000;

/** Runs the startup or the shutdown script to its end. Its failure is logged; nothing depends on it. */
export async function runLifecycleScript(
  what: 'startup' | 'shutdown',
  script: RunnableScript,
  limit: Duration,
  log: DaemonLog,
): Promise<void> {
  const poller = new Poller();
  const outcome = await new Promise<ScriptOutcome | 'too-long'>(resolve => {
    let tooLong = false;
    const processes = new Processes(poller, processesOptions(), (_run, ended) => {
      clearTimeout(timer);
      processes.close();
      resolve(tooLong ? 'too-long' : ended);
    });
    processes.run(1, script, []);
    let timer = setTimeout(() => {
      tooLong = true;
      processes.signal(1, 'TERM');
      timer = setTimeout(() => processes.signal(1, 'KILL'), graceMilliseconds);
    }, inMilliseconds(limit));
  });
  poller.close();
  const problem = describe(outcome);
  if (problem !== undefined) log.error(`${what} script ${script.text} ${problem}`);
}

/** How this process starts scripts. */
export function processesOptions(): ConstructorParameters<typeof Processes>[1] {
  return {
    setpriv: findSetpriv(),
    environment: process.env,
    ownUid: process.getuid?.() ?? 0,
    ownGid: process.getgid?.() ?? 0,
  };
}

function describe(outcome: ScriptOutcome | 'too-long'): string | undefined {
  if (outcome === 'too-long') return 'timed out';
  switch (outcome.type) {
    case 'exited':
      return outcome.status === 0 ? undefined : `failed, status ${outcome.status}`;
    case 'signalled':
      return `failed, signal ${outcome.signal}`;
    case 'not-started':
      return `could not be started: ${outcome.error}`;
  }
}
