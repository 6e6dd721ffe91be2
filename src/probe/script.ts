import { milliseconds, seconds } from '../base/duration.ts';
import type { Processes } from '../linux/processes.ts';
import type { ProbeSpec } from '../ports/probe.ts';
import type { ScriptOutcome } from '../ports/script.ts';
import type { Conversation, Finding, ProbeContext, Report } from './conversation.ts';
import type { Timeout } from './timeouts.ts';

type ScriptSpec = Extract<ProbeSpec, { type: 'script' }>;

/** From TERM to KILL, as keepalived. */
const grace = seconds(2);
/** What even KILL does not end within this hangs in the kernel; the verdict does not wait for it. */
const patience = milliseconds(500);

/** Runs the scripts of probes; each run ends, whatever the script does. */
export class Scripts {
  readonly #context: ProbeContext;
  readonly #processes: Processes;
  readonly #running = new Map<number, ScriptRun>();
  #lastRun = 0;

  /** `makeProcesses` gets the function that must be told how runs end. */
  constructor(
    context: ProbeContext,
    makeProcesses: (ended: (run: number, outcome: ScriptOutcome) => void) => Processes,
  ) {
    this.#context = context;
    this.#processes = makeProcesses((run, outcome) => {
      const running = this.#running.get(run);
      this.#running.delete(run);
      running?.ended(outcome);
    });
  }

  /** MISC_CHECK. */
  probe(spec: ScriptSpec, report: Report): Conversation {
    const run = ++this.#lastRun;
    const scriptRun = new ScriptRun(this.#context, spec, signal => this.#processes.signal(run, signal), report);
    this.#running.set(run, scriptRun);
    this.#processes.run(run, spec.script, []);
    return scriptRun;
  }

  /** Processes that have not ended, those included whose probes were cancelled. */
  get count(): number {
    return this.#running.size;
  }

  /** Ends what still runs; nothing is reported any more. */
  close(): void {
    for (const run of this.#running.keys()) this.#processes.signal(run, 'TERM');
    this.#processes.close();
    this.#running.clear();
  }
}

class ScriptRun implements Conversation {
  readonly #context: ProbeContext;
  readonly #spec: ScriptSpec;
  readonly #signal: (signal: 'TERM' | 'KILL') => void;
  readonly #report: Report;
  #timeout: Timeout;
  #phase: 'running' | 'terminating' | 'killed' = 'running';
  #silent = false;

  constructor(context: ProbeContext, spec: ScriptSpec, signal: (signal: 'TERM' | 'KILL') => void, report: Report) {
    this.#context = context;
    this.#spec = spec;
    this.#signal = signal;
    this.#report = report;
    this.#timeout = context.timeouts.start(spec.timeout, () => this.#terminate());
  }

  ended(outcome: ScriptOutcome): void {
    this.#timeout.cancel();
    this.#tell(this.#phase === 'running' ? findingOf(outcome, this.#spec.dynamic) : overrun);
  }

  /** The script is ended like one that takes too long. */
  cancel(): void {
    this.#silent = true;
    if (this.#phase !== 'running') return;
    this.#timeout.cancel();
    this.#terminate();
  }

  #terminate(): void {
    this.#phase = 'terminating';
    this.#timeout = this.#context.timeouts.start(grace, () => {
      this.#phase = 'killed';
      this.#timeout = this.#context.timeouts.start(patience, () => this.#tell(overrun));
      this.#signal('KILL');
    });
    this.#signal('TERM');
  }

  #tell(finding: Finding): void {
    if (this.#silent) return;
    this.#silent = true;
    this.#report(finding);
  }
}

const overrun: Finding = { failure: { type: 'timeout', during: 'script' } };

function findingOf(outcome: ScriptOutcome, dynamic: boolean): Finding {
  switch (outcome.type) {
    case 'exited': {
      const { status } = outcome;
      const success = status === 0 || (dynamic && status >= 2);
      return success ? { status } : { status, failure: { type: 'exit-status', status } };
    }
    case 'signalled':
      return { failure: { type: 'signal', signal: outcome.signal } };
    case 'not-started':
      return { failure: { type: 'not-started', error: outcome.error } };
  }
}
