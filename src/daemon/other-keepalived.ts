import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/**
 * Process id of a keepalived that runs in our network namespace: two daemons would fight over the same addresses.
 * Another Holdfast under keepalived's name is none; the pid file keeps that one out.
 */
export function runningKeepalived(proc = '/proc'): number | undefined {
  const ours = linkTarget(`${proc}/self/ns/net`);
  if (ours === undefined) return undefined;
  const node = linkTarget(`${proc}/self/exe`);
  for (const entry of readdirSync(proc)) {
    if (!/^[0-9]+$/.test(entry)) continue;
    const directory = path.join(proc, entry);
    if (!isKeepalived(directory, node)) continue;
    // A process whose namespace we may not see is not known to be in our way.
    if (linkTarget(`${directory}/ns/net`) === ours) return Number(entry);
  }
  return undefined;
}

function isKeepalived(directory: string, node: string | undefined): boolean {
  const executable = linkTarget(`${directory}/exe`);
  if (executable === undefined || executable === '') return commandName(directory) === 'keepalived';
  if (executable === node) return false;
  return path.basename(executable.replace(/ \(deleted\)$/, '')) === 'keepalived';
}

function commandName(directory: string): string | undefined {
  try {
    return readFileSync(`${directory}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function linkTarget(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
