import { inMilliseconds } from '../base/duration.ts';
import type { Configuration } from '../engine/configuration.ts';
import { KernelError } from '../linux/libc.ts';
import { onSignal } from '../linux/signals.ts';
import { renderConfiguration, renderData } from '../status/data-text.ts';
import { renderJson } from '../status/json.ts';
import { renderStatistics } from '../status/statistics-text.ts';
import { explainMissing } from './capabilities.ts';
import { type ChildSetup, consoleDescriptor, type ParentMessage } from './child-messages.ts';
import { internalErrorStatus } from './crash.ts';
import { DaemonLog, exitWithLog } from './log.ts';
import { logFileFor } from './log-format.ts';
import { systemLogFor } from './open-log.ts';
import { ParentChannel } from './parent-channel.ts';
import { PidFile } from './pid-file.ts';
import { SIGINT, type SignalMeaning, signalMeanings } from './signals.ts';
import { VrrpRuntime } from './vrrp-runtime.ts';
import { replaceFile } from './write-file.ts';

/** Becomes the VRRP process: waits for its configuration, runs it, hands over when told or when its parent is gone. */
export function runVrrpChild(): void {
  let work: Work | undefined;
  const channel = new ParentChannel(
    message => {
      if (work) work.reconfigure(message);
      else work = new Work(message, channel);
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

class Work {
  readonly #channel: ParentChannel;
  readonly #log: DaemonLog;
  readonly #pidFile: PidFile | undefined;
  readonly #runtime: VrrpRuntime | undefined;
  #setup: ChildSetup;
  #configuration: Configuration;
  #stopping = false;

  constructor({ setup, configuration }: ParentMessage, channel: ParentChannel) {
    this.#channel = channel;
    this.#setup = setup;
    this.#configuration = configuration;
    process.title = setup.names.vrrpTitle;
    process.umask(setup.umask);
    this.#log = openChildLog(setup);
    this.#pidFile = this.#claimPidFile();
    this.#runtime = this.#pidFile && this.#openRuntime();
    if (!this.#runtime) return;
    this.#dumpConfiguration();
    this.#runtime.start();
  }

  /** False once it could not begin, or stops. */
  get isWorking(): boolean {
    return !this.#stopping;
  }

  reconfigure({ setup, configuration }: ParentMessage): void {
    if (this.#stopping) return;
    this.#setup = setup;
    this.#configuration = configuration;
    this.#log.reopen();
    this.#log.info('Reloading');
    this.#dumpConfiguration();
    this.#runtime?.reload(configuration.vrrp);
  }

  obey(signal: number, meaning: SignalMeaning): void {
    switch (meaning) {
      case 'stop':
        if (signal !== SIGINT || !this.#setup.ignoreInterrupt) this.#stop();
        break;
      case 'reload':
        this.#channel.send({ type: 'reload-wanted' });
        break;
      case 'dump':
        this.#report('Printing VRRP data', this.#setup.names.vrrpDump, runtime => renderData(runtime.snapshot()));
        break;
      case 'json': {
        const { jsonVersion } = this.#configuration.daemon;
        this.#report('Printing VRRP as json', this.#setup.names.json, runtime =>
          renderJson(runtime.snapshot(), jsonVersion),
        );
        break;
      }
      case 'statistics':
        this.#report('Printing VRRP stats', this.#setup.names.statistics, runtime =>
          renderStatistics(runtime.snapshot()),
        );
        break;
      case 'statistics-clear':
        this.#report('Printing and clearing VRRP stats', this.#setup.names.statistics, runtime => {
          const text = renderStatistics(runtime.snapshot());
          runtime.clearCounters();
          return text;
        });
        break;
      case 'ignore':
        break;
    }
  }

  parentGone(): void {
    if (this.#stopping) return;
    this.#log.error('The parent process is gone: handing over');
    this.#stop();
  }

  #stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    // The parent would kill us then; without one, nobody would.
    setTimeout(() => this.#finish(0), inMilliseconds(this.#configuration.daemon.childWaitTime));
    this.#runtime?.stop();
  }

  #finish(status: number): void {
    this.#runtime?.close();
    this.#pidFile?.remove();
    this.#log.info('Stopped');
    void exitWithLog(this.#log, status);
  }

  #dumpConfiguration(): void {
    if (!this.#setup.dumpConfiguration) return;
    for (const line of renderConfiguration(this.#configuration.vrrp)) this.#log.info(line);
  }

  #report(what: string, file: string, render: (runtime: VrrpRuntime) => string): void {
    if (!this.#runtime) return;
    this.#log.info(`${what} for process(${process.pid}) on signal`);
    replaceFile(file, render(this.#runtime), 0o666 & ~this.#setup.umask).catch((error: NodeJS.ErrnoException) =>
      this.#log.error(`Cannot write ${file}: ${error.code ?? error.message}`),
    );
  }

  #claimPidFile(): PidFile | undefined {
    const file = this.#setup.pidFile;
    try {
      const claimed = PidFile.claim(file);
      if (claimed) return claimed;
      // The child of a parent that died is still handing over: worth another try by our parent.
      this.#fail(internalErrorStatus, `Another VRRP process holds ${file}`);
    } catch (error) {
      this.#fail(4, `Cannot write pid file ${file}: ${(error as NodeJS.ErrnoException).code}`);
    }
    return undefined;
  }

  #openRuntime(): VrrpRuntime | undefined {
    const { log, keepAddresses, logAddressChanges } = this.#setup;
    try {
      return new VrrpRuntime(this.#configuration, {
        log: this.#log,
        detail: log.detail,
        keepAddresses,
        logAddressChanges,
        stopped: () => this.#finish(0),
      });
    } catch (error) {
      if (!(error instanceof KernelError) || (error.code !== 'EPERM' && error.code !== 'EACCES')) throw error;
      this.#fail(4, `${error.message}\n${explainMissing(['CAP_NET_ADMIN', 'CAP_NET_RAW'])}`);
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

function openChildLog({ log, names }: ChildSetup): DaemonLog {
  return new DaemonLog({
    detail: log.detail,
    console: log.console ? consoleDescriptor : undefined,
    file: log.file === undefined ? undefined : logFileFor(log.file, '_vrrp'),
    system: systemLogFor(log, names.vrrpIdent),
  });
}
