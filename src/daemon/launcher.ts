import { spawn } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { daemonRole } from './child-messages.ts';

/** Descriptor on which the daemon tells its launcher that it runs. */
const reportDescriptor = 3;

/**
 * Starts the daemon in a session of its own and waits until it runs: the exit status tells a script whether there is
 * something to rely on, where keepalived only says that a fork succeeded.
 */
export async function launchDaemon(program: string, title: string, words: readonly string[]): Promise<number> {
  const daemon = spawn(process.execPath, [...process.execArgv, program, daemonRole, ...words], {
    argv0: title,
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const report = daemon.stdio[reportDescriptor] as Readable;
  return new Promise<number>((resolve, reject) => {
    daemon.once('error', reject);
    report.once('data', () => resolve(0));
    report.on('error', () => {});
    daemon.once('exit', (status, signal) => {
      if (status === 0) resolve(0);
      const how = signal === null ? `exit status ${status}` : `signal ${signal}`;
      console.error(`${title}: it did not start (${how}): see the system log, or try \`${title} -t\``);
      resolve(status ?? 1);
    });
  });
}

/** The daemon's word to its launcher, once. */
export function reportStarted(): void {
  try {
    writeSync(reportDescriptor, 'started');
    closeSync(reportDescriptor);
  } catch {
    // The launcher did not wait: Ctrl-C ends it, not us.
  }
}
