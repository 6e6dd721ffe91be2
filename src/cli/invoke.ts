import { realpathSync } from 'node:fs';
import path from 'node:path';
import { childRoles, daemonRole, mailRole } from '../daemon/child-messages.ts';
import { identityOf } from '../daemon/names.ts';
import type { DaemonOptions } from '../daemon/options.ts';
import { terminal } from './config/output.ts';

/** `argv` as Node has it: the interpreter, the program, then the words. */
export async function main(argv: readonly string[]): Promise<void> {
  const [, command = 'holdfast', ...words] = argv;
  switch (words[0]) {
    case childRoles.vrrp:
      (await import('../daemon/vrrp-child.ts')).runVrrpChild();
      return;
    case childRoles.bfd:
      (await import('../daemon/bfd-child.ts')).runBfdChild();
      return;
    case mailRole:
      (await import('../daemon/mail-process.ts')).runMailProcess();
      return;
    case childRoles.checker:
      (await import('../daemon/checker-child.ts')).runCheckerChild();
      return;
  }
  const isDaemon = words[0] === daemonRole;
  await obey(command, isDaemon ? words.slice(1) : words, isDaemon);
}

async function obey(command: string, words: readonly string[], isDaemon: boolean): Promise<void> {
  const identity = identityOf(command);
  const { parseCommandLine } = await import('./command-line.ts');
  const invocation = parseCommandLine(identity, words);
  switch (invocation.type) {
    case 'answer':
      terminal.say(invocation.text);
      return;
    case 'refusal':
      terminal.tell(invocation.text);
      process.exitCode = 1;
      return;
    case 'version': {
      const { platform, productVersion } = await import('../daemon/version.ts');
      const version = productVersion(identity === 'keepalived' ? 'Keepalived' : 'Holdfast');
      terminal.say(`${version}\nRunning on ${platform()}\n`);
      return;
    }
    case 'test': {
      const { testConfiguration } = await import('./config-test.ts');
      process.exitCode = testConfiguration(invocation);
      return;
    }
    case 'run':
      break;
  }
  // Under which name we were called must survive: the children are told it by the path of the program.
  if (!invocation.options.foreground && !isDaemon) {
    const { launchDaemon } = await import('../daemon/launcher.ts');
    process.exit(await launchDaemon(command, identity, words));
  }
  const { startDaemon } = await import('../daemon/start.ts');
  const { reportStarted } = await import('../daemon/launcher.ts');
  const options = absolutePaths(invocation.options, isDaemon);
  // The daemon must not keep a file system busy that it happened to be started on.
  if (isDaemon) process.chdir('/');
  await startDaemon({
    program: realpathSync(command),
    identity,
    options,
    warnings: invocation.warnings,
    words: [command, ...words],
    started: isDaemon ? reportStarted : () => {},
  });
}

/** A daemon has no console, and no working directory that names could be relative to. */
function absolutePaths(options: DaemonOptions, isDaemon: boolean): DaemonOptions {
  const absolute = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : path.resolve(file);
  return {
    ...options,
    configurationFile: absolute(options.configurationFile),
    parentPidFile: absolute(options.parentPidFile),
    vrrpPidFile: absolute(options.vrrpPidFile),
    checkerPidFile: absolute(options.checkerPidFile),
    bfdPidFile: absolute(options.bfdPidFile),
    log: {
      ...options.log,
      console: options.log.console && !isDaemon,
      file: absolute(options.log.file),
    },
  };
}
