import { inMilliseconds } from '../base/duration.ts';
import type { Instant } from '../base/instant.ts';
import type { DaemonConfiguration } from '../engine/configuration.ts';
import { KernelError } from '../linux/libc.ts';
import { LinuxScheduler } from '../linux/process-scheduler.ts';
import { onSignal } from '../linux/signals.ts';
import type { Mail } from '../ports/mail.ts';
import { explainMissing } from './capabilities.ts';
import { type ChildKind, childWording } from './child-kind.ts';
import {
  type CheckerMessage,
  type ChildSetup,
  type ConfigureMessage,
  consoleDescriptor,
  type InstanceState,
  type ParentMessage,
  type SessionMessage,
  type SessionState,
  type WrittenRecording,
} from './child-messages.ts';
import { ChildScheduling } from './child-scheduling.ts';
import { internalErrorStatus } from './crash.ts';
import { LinePortions } from './line-portions.ts';
import { DaemonLog, exitWithLog } from './log.ts';
import { logFileFor } from './log-format.ts';
import { systemLogFor } from './open-log.ts';
import { OutgoingMails } from './outgoing-mails.ts';
import { ParentChannel } from './parent-channel.ts';
import { PidFile } from './pid-file.ts';
import { SIGINT, type SignalMeaning, signalMeanings } from './signals.ts';
import { replaceFile } from './write-file.ts';

/** The portions of a text, not a text, whose portions would be its characters. */
export type Portions = Iterable<string> & object;
/** An engine at work on the kernel, as the process around it sees it. */
export interface ChildRuntime<Part> {
  start(): void;
  reload(daemon: DaemonConfiguration, part: Part): void;
  /** Ends in RuntimeOptions.stopped. */
  stop(): void;
  close(): void;
  /** What is written when a signal asks for it; undefined if this process has nothing to say. */
  report(meaning: SignalMeaning, setup: ChildSetup): Report | undefined;
  /** What it does right now, for the operator: the portions of a JSON text; of one service if it is named. */
  status(service: string | undefined): Portions;
  /** Writes what it remembers, if it does; never rejects. */
  record?(setup: ChildSetup): Promise<WrittenRecording>;
  /** News of other processes. */
  hear(message: CheckerMessage | SessionMessage): void;
}

export interface Report {
  /** `VRRP data` */
  readonly what: string;
  readonly file: string;
  /** A text, or its portions, each on a turn of the event loop of its own. */
  readonly text: string | Portions;
}

export interface RuntimeOptions {
  readonly log: DaemonLog;
  readonly setup: ChildSetup;
  /** Has the parent send a mail; returns at once. */
  readonly sendMail: (mail: Mail) => void;
  /** The stop is done. */
  readonly stopped: () => void;
  /** An instance that the parent asked about went over to another state. */
  readonly instanceState: (state: InstanceState) => void;
  /** A deadline is served now. */
  readonly woke: (now: Instant, deadline: Instant | undefined) => void;
  /** A BFD session came up or went down. */
  readonly sessionState: (state: SessionState) => void;
}

/** What makes one child differ from another. */
export interface ChildRole<Part> {
  readonly kind: ChildKind;
  readonly capabilities: readonly string[];
  /** As in `FILE_vrrp`. */
  readonly logSuffix: string;
  /** Lines of its log that may wait for a slow disk or terminal; undefined is the usual bound. */
  readonly waitingLogLines?: number;
  /** What it does when its parent is gone. */
  readonly farewell: string;
  /** Throws KernelError if the kernel denies what it needs. */
  open(daemon: DaemonConfiguration, part: Part, options: RuntimeOptions): ChildRuntime<Part>;
  /** The configuration as understood, line by line, for -d. */
  describe(part: Part): Iterable<string>;
}

/** Becomes a child process: waits for its configuration, runs it, stops when told or when its parent is gone. */
export function runChild<Part>(role: ChildRole<Part>): void {
  let work: Work<Part> | undefined;
  const channel = new ParentChannel<Part>(
    message => {
      if (message.type !== 'configure') {
        work?.hear(message);
        return;
      }
      if (work) work.reconfigure(message);
      else work = new Work(role, message, channel);
      if (work.isWorking) channel.send({ type: 'configured', sequence: message.sequence });
    },
    // The kernel closes the parent's end however it dies; nobody else has it.
    () => {
      if (work) work.parentGone();
      else process.exit(0);
    },
  );
  onSignal(signal => {
    const meaning = signalMeanings.get(signal) ?? 'ignore';
    if (work) work.obey(signal, meaning);
    else if (meaning === 'stop') process.exit(0);
  });
  channel.send({ type: 'ready' });
}

class Work<Part> {
  readonly #role: ChildRole<Part>;
  readonly #channel: ParentChannel<Part>;
  readonly #log: DaemonLog;
  readonly #pidFile: PidFile | undefined;
  readonly #mails: OutgoingMails;
  readonly #runtime: ChildRuntime<Part> | undefined;
  readonly #scheduling: ChildScheduling | undefined;
  readonly #dump = new LinePortions(line => this.#log.info(line));
  #setup: ChildSetup;
  #daemon: DaemonConfiguration;
  #stopping = false;

  constructor(role: ChildRole<Part>, { setup, daemon, part }: ConfigureMessage<Part>, channel: ParentChannel<Part>) {
    this.#role = role;
    this.#channel = channel;
    this.#setup = setup;
    this.#daemon = daemon;
    process.title = setup.names[role.kind].title;
    process.umask(setup.umask);
    this.#log = openChildLog(role, setup);
    this.#pidFile = this.#claimPidFile();
    this.#mails = new OutgoingMails(channel, text => this.#log.error(text));
    this.#runtime = this.#pidFile && this.#openRuntime(part);
    if (!this.#runtime) return;
    this.#dumpConfiguration(part);
    this.#runtime.start();
    this.#scheduling = new ChildScheduling(role.kind, daemon.scheduling, {
      scheduler: new LinuxScheduler(),
      log: this.#log,
      mayLockMemory: setup.mayLockMemory,
    });
  }

  /** False once it could not begin, or stops. */
  get isWorking(): boolean {
    return !this.#stopping;
  }

  reconfigure({ setup, daemon, part }: ConfigureMessage<Part>): void {
    if (this.#stopping) return;
    this.#setup = setup;
    this.#daemon = daemon;
    this.#log.reopen();
    this.#log.info('Reloading');
    this.#dumpConfiguration(part);
    this.#runtime?.reload(daemon, part);
    this.#scheduling?.reconfigure(daemon.scheduling);
  }

  hear(message: Exclude<ParentMessage<Part>, ConfigureMessage<Part>>): void {
    if (this.#stopping || !this.#runtime) return;
    switch (message.type) {
      case 'question':
        this.#answer(message.number, this.#runtime.status(message.service)[Symbol.iterator]());
        break;
      case 'record':
        void this.#runtime.record?.(this.#setup).then(written => {
          this.#channel.send({ type: 'answer', number: message.number, json: JSON.stringify(written), more: false });
        });
        break;
      default:
        this.#runtime.hear(message);
    }
  }

  obey(signal: number, meaning: SignalMeaning): void {
    switch (meaning) {
      case 'stop':
        if (signal !== SIGINT || !this.#setup.ignoreInterrupt) this.#stop();
        break;
      case 'reload':
        this.#channel.send({ type: 'reload-wanted' });
        break;
      case 'out-of-time':
        this.#scheduling?.outOfTime();
        break;
      default:
        this.#report(meaning);
    }
  }

  parentGone(): void {
    if (this.#stopping) return;
    this.#log.error(`The parent process is gone: ${this.#role.farewell}`);
    this.#stop();
  }

  /** A portion now, the others on later turns of the event loop. */
  #answer(number: number, portions: Iterator<string>): void {
    const { done, value } = portions.next();
    this.#channel.send({ type: 'answer', number, json: done ? '' : value, more: !done });
    if (!done) setImmediate(() => this.#answer(number, portions));
  }

  #stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    // The parent would kill us then; without one, nobody would.
    setTimeout(() => this.#finish(0), inMilliseconds(this.#daemon.childWaitTime));
    this.#runtime?.stop();
  }

  #finish(status: number): void {
    this.#runtime?.close();
    this.#mails.sendAll();
    this.#pidFile?.remove();
    this.#log.info('Stopped');
    void exitWithLog(this.#log, status);
  }

  #dumpConfiguration(part: Part): void {
    if (!this.#setup.dumpConfiguration) return;
    this.#dump.begin(this.#role.describe(part));
  }

  #report(meaning: SignalMeaning): void {
    const report = this.#runtime?.report(meaning, this.#setup);
    if (!report) return;
    const { what, file, text } = report;
    this.#log.info(`Printing ${what} for process(${process.pid}) on signal`);
    replaceFile(file, text, 0o666 & ~this.#setup.umask).catch((error: NodeJS.ErrnoException) =>
      this.#log.error(`Cannot write ${file}: ${error.code ?? error.message}`),
    );
  }

  #claimPidFile(): PidFile | undefined {
    const file = this.#setup.pidFile;
    try {
      const claimed = PidFile.claim(file);
      if (claimed) return claimed;
      // The child of a parent that died is still stopping: worth another try by our parent.
      this.#fail(internalErrorStatus, `Another ${childWording[this.#role.kind].name} process holds ${file}`);
    } catch (error) {
      this.#fail(4, `Cannot write pid file ${file}: ${(error as NodeJS.ErrnoException).code}`);
    }
    return undefined;
  }

  #openRuntime(part: Part): ChildRuntime<Part> | undefined {
    try {
      return this.#role.open(this.#daemon, part, {
        log: this.#log,
        setup: this.#setup,
        sendMail: mail => this.#mails.add(mail),
        stopped: () => this.#finish(0),
        woke: (now, deadline) => this.#scheduling?.woke(now, deadline),
        instanceState: state => this.#channel.send({ type: 'instance-state', state }),
        sessionState: state => this.#channel.send({ type: 'session-state', state }),
      });
    } catch (error) {
      if (!(error instanceof KernelError) || (error.code !== 'EPERM' && error.code !== 'EACCES')) throw error;
      this.#fail(4, `${error.message}\n${explainMissing(this.#role.capabilities)}`);
    }
    return undefined;
  }

  #fail(status: number, text: string): void {
    this.#stopping = true;
    this.#log.error(text);
    this.#pidFile?.remove();
    void exitWithLog(this.#log, status);
  }
}

function openChildLog({ kind, logSuffix, waitingLogLines }: ChildRole<never>, { log, names }: ChildSetup): DaemonLog {
  return new DaemonLog({
    detail: log.detail,
    console: log.console ? consoleDescriptor : undefined,
    file: log.file === undefined ? undefined : logFileFor(log.file, logSuffix),
    system: systemLogFor(log, names[kind].ident),
    ...(waitingLogLines !== undefined && { waitingLimit: waitingLogLines }),
  });
}
