// Starts Holdfast, and keepalived beside it, on hosts of a lab.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from '../../src/lab/host.ts';
import type { HostProcess } from '../../src/lab/host-process.ts';
import { type Lab, openLab } from '../../src/lab/lab.ts';

export type Daemon = 'holdfast' | 'keepalived';

const root = fileURLToPath(new URL('../..', import.meta.url));
const peersFolder = path.join(root, '.cache/peers');

interface Program {
  readonly path: string;
  readonly version: string;
}

function knownPrograms(): Readonly<Record<string, Program>> {
  const manifest = path.join(peersFolder, 'peers.json');
  if (!existsSync(manifest)) return {};
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { programs: Record<string, Program> }).programs;
}

/** Whether every one of the named programs was fetched by tools/peers.mjs: tests without theirs are skipped by name. */
export function havePeers(...names: readonly string[]): boolean {
  const known = knownPrograms();
  return names.every(name => known[name] !== undefined);
}

/** HOLDFAST_TEST_SUBJECT=keepalived puts keepalived in Holdfast's place, which proves the tests rather than Holdfast. */
export const subject: Daemon = process.env['HOLDFAST_TEST_SUBJECT'] === 'keepalived' ? 'keepalived' : 'holdfast';

export const configurationFile = '/etc/keepalived/keepalived.conf';

/** The command line of a daemon in the foreground, logging everything to its standard output or error. */
export function daemonCommand(daemon: Daemon, flags: readonly string[] = []): string[] {
  const usual = ['-n', '-l', '-D', '-f', configurationFile, ...flags];
  if (daemon === 'keepalived') return ['keepalived', ...usual];
  // HOLDFAST_TEST_NODE: the newest Node instead of the one that runs the tests.
  return [process.env['HOLDFAST_TEST_NODE'] ?? process.execPath, path.join(root, 'bin/holdfast'), ...usual];
}

/** Writes the configuration and starts the daemon. */
export function startDaemon(
  host: Host,
  daemon: Daemon,
  configuration: string,
  flags: readonly string[] = [],
): HostProcess {
  host.write(configurationFile, configuration);
  return host.spawn(daemonCommand(daemon === 'holdfast' ? subject : daemon, flags));
}

export function openTestLab(): Promise<Lab> {
  return openLab({ searchPath: [path.join(peersFolder, 'bin')] });
}
