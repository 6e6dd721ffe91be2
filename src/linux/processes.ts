import { accessSync, constants } from 'node:fs';
import type { RunnableScript, ScriptIdentity, ScriptOutcome } from '../ports/script.ts';
import { closeDescriptor, KernelError, type Memory } from './libc.ts';
import { order, type Poller } from './poller.ts';
import { connectByTcp, openForReading, type Probe } from './script-probes.ts';
import { openProcessDescriptor, reap, signalGroup, spawn, stringVector } from './spawn.ts';

const signalNumbers = { TERM: 15, KILL: 9 } as const;
/**
 * Starts per loop turn, after which packets and the deadline have their turn. A start holds this thread until the child has
 * a processor and its program is loaded: a tenth of a millisecond when idle, several when the machine is busy.
 */
const startsPerTurn = 1;
/** How often ended scripts are looked for where the kernel does not tell. */
const lookIntervalMs = 20;

export interface ProcessesOptions {
  /** Absolute path of util-linux' setpriv, or undefined if there is none. */
  readonly setpriv: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly ownUid: number;
  readonly ownGid: number;
}

type Ended = (run: number, outcome: ScriptOutcome) => void;

interface WaitingRun {
  readonly type: 'waiting';
  readonly script: RunnableScript;
  readonly extraArguments: readonly string[];
}
interface RunningProcess {
  readonly type: 'process';
  readonly pid: number;
  readonly stopWatching: () => void;
}
interface RunningProbe {
  readonly type: 'probe';
  readonly probe: Probe;
}

/** Scripts: started without waiting, each in a process group of its own, dead with us, reported once when they end. */
export class Processes {
  readonly #poller: Poller;
  readonly #options: ProcessesOptions;
  readonly #environment: Memory;
  readonly #ended: Ended;
  readonly #runs = new Map<number, WaitingRun | RunningProcess | RunningProbe>();
  /** Numbers of the runs that wait for their start, in order. */
  #queue: number[] = [];
  #startScheduled = false;

  constructor(poller: Poller, options: ProcessesOptions, ended: Ended) {
    this.#poller = poller;
    this.#options = options;
    this.#ended = ended;
    this.#environment = stringVector(scriptEnvironment(options.environment));
  }

  /** Runs that have not ended, those that wait for their start included. */
  get count(): number {
    return this.#runs.size;
  }

  /** The outcome is told later, never before this returns. */
  run(run: number, script: RunnableScript, extraArguments: readonly string[]): void {
    this.#runs.set(run, { type: 'waiting', script, extraArguments });
    this.#queue.push(run);
    this.#scheduleStart();
  }

  /** No-op once the run has ended. */
  signal(run: number, signal: 'TERM' | 'KILL'): void {
    const running = this.#runs.get(run);
    if (!running) return;
    if (running.type === 'process') {
      signalGroup(running.pid, signalNumbers[signal]);
      return;
    }
    // There is no process that could ignore it.
    if (running.type === 'probe') running.probe.cancel();
    this.#end(run, { type: 'signalled', signal: signalNumbers[signal] });
  }

  /** Starts everything that still waits: what was asked for before an end is not lost. */
  startAll(): void {
    this.#start(Number.POSITIVE_INFINITY);
  }

  /** Forgets every run; the processes go on unless they are signalled. No outcome is told any more. */
  close(): void {
    this.#queue = [];
    for (const running of this.#runs.values()) {
      if (running.type === 'probe') running.probe.cancel();
      if (running.type === 'process') running.stopWatching();
    }
    this.#runs.clear();
  }

  #scheduleStart(): void {
    if (this.#startScheduled || this.#queue.length === 0) return;
    this.#startScheduled = true;
    setImmediate(() => {
      this.#startScheduled = false;
      this.#start(startsPerTurn);
      this.#scheduleStart();
    });
  }

  #start(limit: number): void {
    let started = 0;
    while (started < limit) {
      const run = this.#queue.shift();
      if (run === undefined) return;
      const waiting = this.#runs.get(run);
      // It was signalled before its turn came.
      if (waiting?.type !== 'waiting') continue;
      this.#startOne(run, waiting);
      started += 1;
    }
  }

  #startOne(run: number, waiting: WaitingRun): void {
    const { command, identity } = waiting.script;
    const ownIdentity = this.#isOwn(identity);
    if (command.type === 'tcp-connect') {
      this.#startProbe(run, report => connectByTcp(command.host, command.port, report));
      return;
    }
    if (command.type === 'open-file' && ownIdentity) {
      this.#startProbe(run, report => openForReading(command.path, report));
      return;
    }
    const argv = [...commandLine(waiting.script), ...waiting.extraArguments];
    const result = this.#spawn(argv, ownIdentity ? undefined : identity);
    if ('error' in result) this.#end(run, { type: 'not-started', error: result.error });
    else this.#watchProcess(run, result.pid);
  }

  #spawn(
    argv: readonly string[],
    identity: ScriptIdentity | undefined,
  ): { readonly pid: number } | { readonly error: string } {
    const obstacle = whyNotExecutable(argv[0]!);
    if (obstacle) return { error: obstacle };
    const wrapped = this.#wrap(argv, identity);
    return wrapped ? spawn(wrapped, this.#environment) : { error: 'EPERM' };
  }

  #startProbe(run: number, begin: (report: (outcome: ScriptOutcome) => void) => Probe): void {
    const probe = begin(outcome => {
      const running = this.#runs.get(run);
      if (running?.type === 'probe' && running.probe === probe) this.#end(run, outcome);
    });
    this.#runs.set(run, { type: 'probe', probe });
  }

  #watchProcess(run: number, pid: number): void {
    const look = (): void => {
      const status = reap(pid);
      if (status === undefined) return;
      running.stopWatching();
      this.#end(run, outcomeOf(status));
    };
    let stopWatching: () => void;
    try {
      stopWatching = this.#watchEnd(pid, look);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      // Out of descriptors: nobody would ever hear of its end, or be able to end it.
      signalGroup(pid, signalNumbers.KILL);
      reap(pid);
      this.#end(run, { type: 'not-started', error: error.code });
      return;
    }
    const running: RunningProcess = { type: 'process', pid, stopWatching };
    this.#runs.set(run, running);
  }

  /** Calls `look` when the process has ended, or often enough; gives the way to stop that. Throws KernelError. */
  #watchEnd(pid: number, look: () => void): () => void {
    const descriptor = openProcessDescriptor(pid);
    if (descriptor === undefined) {
      const timer = setInterval(look, lookIntervalMs);
      return () => clearInterval(timer);
    }
    const watch = this.#poller.watch(descriptor, 'readable', order.events, look);
    return () => {
      watch.stop();
      closeDescriptor(descriptor);
    };
  }

  #end(run: number, outcome: ScriptOutcome): void {
    this.#runs.delete(run);
    this.#ended(run, outcome);
  }

  /** Whether a script runs as we are: then no user is changed and setgroups, which a user namespace forbids, not called. */
  #isOwn(identity: ScriptIdentity | undefined): boolean {
    return !identity || (identity.uid === this.#options.ownUid && identity.gid === this.#options.ownGid);
  }

  /** Undefined if the user would have to change and setpriv is missing: never run as somebody more powerful. */
  #wrap(argv: readonly string[], identity: ScriptIdentity | undefined): readonly string[] | undefined {
    const setpriv = this.#options.setpriv;
    if (!setpriv) return identity ? undefined : argv;
    const change = identity
      ? [
          `--reuid=${identity.uid}`,
          `--regid=${identity.gid}`,
          identity.groups.length > 0 ? `--groups=${identity.groups.join(',')}` : '--clear-groups',
        ]
      : [];
    return [setpriv, ...change, '--pdeathsig=TERM', '--', ...argv];
  }
}

/** Programs that setpriv could be, most likely first. */
export function findSetpriv(): string | undefined {
  return ['/usr/bin/setpriv', '/bin/setpriv', '/usr/sbin/setpriv'].find(path => whyNotExecutable(path) === undefined);
}

/** Our own environment without what changes how a shell splits words or which libraries a program loads. */
export function scriptEnvironment(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(environment)
    .filter(([name, value]) => value !== undefined && name !== 'IFS' && !name.startsWith('LD_'))
    .map(([name, value]) => `${name}=${value}`);
}

function commandLine(script: RunnableScript): readonly string[] {
  const command = script.command;
  switch (command.type) {
    case 'program':
      return command.argv;
    case 'shell':
      return ['/bin/sh', '-c', command.text, 'sh', ...command.extraArguments];
    case 'open-file':
      // Under another identity it takes a process to see what that user may open.
      return ['/bin/sh', '-c', ': <"$1"', 'sh', command.path];
    case 'tcp-connect':
      throw new TypeError('a TCP connection has no command line');
  }
}

/** setpriv would only say so by an exit status that could as well be the script's own. */
function whyNotExecutable(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'ENOEXEC';
  }
}

function outcomeOf(status: number): ScriptOutcome {
  const signal = status & 0x7f;
  return signal === 0 ? { type: 'exited', status: (status >> 8) & 0xff } : { type: 'signalled', signal };
}
