import { readFileSync } from 'node:fs';
import { loadConfiguration } from '../engine/configuration.ts';
import { configurationHost } from '../linux/configuration-host.ts';
import { onSignal } from '../linux/signals.ts';
import { renderDaemonConfiguration } from '../status/daemon-text.ts';
import { explainMissing, missingCapabilities } from './capabilities.ts';
import { configurationFile, diagnosticLevel, diagnosticLogLine, loadOptions } from './configuration-file.ts';
import { crashesGoTo } from './crash.ts';
import { writeInitialFiles } from './initial-files.ts';
import { optimizeLate } from './late-optimization.ts';
import { runLifecycleScript } from './lifecycle-script.ts';
import { type DaemonLog, exitWithLog } from './log.ts';
import { type Identity, namesFor } from './names.ts';
import { openLog, systemLogFor } from './open-log.ts';
import type { DaemonOptions } from './options.ts';
import { runningKeepalived } from './other-keepalived.ts';
import { Parent } from './parent.ts';
import { PidFile } from './pid-file.ts';
import { signalMeanings } from './signals.ts';
import { SystemNotifier } from './system-notifier.ts';
import { platform, productVersion } from './version.ts';

export interface Start {
  /** Path of the program, which the children run as well. */
  readonly program: string;
  readonly identity: Identity;
  readonly options: DaemonOptions;
  readonly warnings: readonly string[];
  /** The command line, for the log. */
  readonly words: readonly string[];
  /** Called once everything runs. */
  readonly started: () => void;
}

/** Becomes the parent process. Everything that can stand in the way of a start is said here, once, and ends with its status. */
export async function startDaemon(start: Start): Promise<void> {
  const { identity, options } = start;
  // All that this process ever does at length is to read configurations.
  optimizeLate();
  const firstNames = namesFor(identity, { ...unnamed, temporaryDirectory });
  const log = openLog(options.log, firstNames.parent.ident);
  crashesGoTo(log);
  log.info(`Starting ${productVersion(firstNames.product)}`);
  log.info(`Running on ${platform()}`);
  log.info(`Command line: ${start.words.map(word => `'${word}'`).join(' ')}`);
  for (const warning of start.warnings) log.write('warning', warning);
  const refuse = (status: number): Promise<never> => {
    log.info(`Stopped ${productVersion(firstNames.product)}`);
    return exitWithLog(log, status);
  };

  const file = configurationFile(options);
  const host = configurationHost(process.env);
  log.info(`Configuration file ${file}`);
  const { configuration, diagnostics, startExitStatus } = loadConfiguration(
    file,
    host,
    loadOptions(options, host.hostName),
  );
  for (const diagnostic of diagnostics) {
    log.write(diagnosticLevel(diagnostic), diagnosticLogLine(diagnostic));
  }
  if (!configuration) {
    log.error(`Cannot start with configuration file ${file}; see the lines above`);
    return refuse(startExitStatus ?? 2);
  }

  const { daemon } = configuration;
  const names = namesFor(daemon.actAsKeepalived ? 'keepalived' : identity, {
    ...daemon,
    temporaryDirectory,
  });
  if (names.parent.ident !== firstNames.parent.ident) {
    log.info(`Changing syslog ident to ${names.parent.ident}`);
    log.replaceSystemLog(systemLogFor(options.log, names.parent.ident));
  }
  process.title = names.parent.title;
  process.umask(options.umask ?? daemon.umask);

  const other = runningKeepalived();
  if (other !== undefined) {
    log.error(`keepalived is running in this network namespace (pid ${other}): stop it first`);
    return refuse(1);
  }
  const missing = missingCapabilities(readFileSync('/proc/self/status', 'utf8'));
  if (missing.length > 0) {
    log.error(explainMissing(missing));
    return refuse(4);
  }
  const pidFile = claimPidFile(options.parentPidFile ?? names.parent.pidFile, log);
  if (pidFile === 'held') return exitWithLog(log, 0);
  if (pidFile === 'refused') return refuse(4);

  const notifier = new SystemNotifier();
  if (daemon.startupScript) {
    await runLifecycleScript('startup', daemon.startupScript, daemon.startupScriptTimeout, log);
  }
  writeInitialFiles(daemon.initialFiles, log);
  if (options.dumpConfiguration) for (const line of renderDaemonConfiguration(daemon)) log.info(line);
  const { started, program } = start;
  const parts = { program, file, options, names, configuration, log, pidFile, notifier, started };
  const parent = new Parent(parts);
  parent.start();
  onSignal(signal => parent.handle({ type: 'signalled', signal, meaning: signalMeanings.get(signal) ?? 'ignore' }));
}

const temporaryDirectory = process.env['TMPDIR'] ?? '/tmp';

const unnamed = {
  instance: undefined,
  usePidDirectory: false,
  dataUseInstance: false,
  processNames: false,
  processName: undefined,
  vrrpProcessName: undefined,
  checkerProcessName: undefined,
  bfdProcessName: undefined,
};

function claimPidFile(file: string, log: DaemonLog): PidFile | 'held' | 'refused' {
  try {
    const claimed = PidFile.claim(file);
    if (claimed) return claimed;
    // keepalived's words, and its exit status 0.
    log.info('daemon is already running');
    return 'held';
  } catch (error) {
    log.error(`Cannot write pid file ${file}: ${(error as NodeJS.ErrnoException).code}`);
    return 'refused';
  }
}
