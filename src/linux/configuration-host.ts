import { closeSync, openSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import os from 'node:os';
import { parseIpAddress } from '../base/ip-address.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { ConfigurationHost, FileStatus, InterfaceAddress } from '../ports/configuration-host.ts';
import { findAccount, findGroup } from './accounts.ts';
import { findFiles } from './glob.ts';
import { interfaceNames } from './interface-names.ts';

const largestFileBytes = 64 << 20;

/** The machine as the configuration reader sees it. */
export function configurationHost(environment: Readonly<Record<string, string | undefined>>): ConfigurationHost {
  return {
    readFile: path => {
      try {
        return readText(path);
      } catch (error) {
        return { ok: false, reason: codeOf(error) };
      }
    },
    glob: findFiles,
    status: fileStatus,
    realPath: path => {
      try {
        return realpathSync(path);
      } catch {
        return undefined;
      }
    },
    mayExecute: (path, uid, gid) => {
      const status = fileStatus(path);
      return status !== undefined && mayExecute(status, uid, gid);
    },
    user: findAccount,
    groupId: findGroup,
    ownUid: process.geteuid?.() ?? 0,
    ownGid: process.getegid?.() ?? 0,
    searchPath: (environment['PATH'] ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin')
      .split(':')
      .filter(directory => directory !== ''),
    environment: name => environment[name],
    hostName: os.hostname(),
    get processors() {
      return os.cpus().length;
    },
    get interfaceNames() {
      return interfaceNames();
    },
    interfaceAddresses: interfaceAddressList(),
  };
}

/** By interface, of those that are up; as they are when first asked for. A label (`eth0:1`) is listed like an interface. */
function interfaceAddressList(): (name: string) => readonly InterfaceAddress[] | undefined {
  let lists: Map<string, InterfaceAddress[]> | undefined;
  return name => {
    lists ??= addressesByInterface();
    return lists.get(name);
  };
}

function addressesByInterface(): Map<string, InterfaceAddress[]> {
  const lists = new Map<string, InterfaceAddress[]>();
  for (const [listed, entries] of Object.entries(os.networkInterfaces())) {
    const name = listed.replace(/:.*$/, '');
    const list = lists.get(name) ?? [];
    lists.set(name, list);
    for (const entry of entries ?? []) {
      const address = parseIpAddress(entry.address);
      const prefixLength = Number(entry.cidr?.split('/')[1]);
      if (address && Number.isInteger(prefixLength)) list.push({ address, prefixLength });
    }
  }
  return lists;
}

/** A file, a pipe or what else there is to read, up to a size no configuration has: /dev/zero would never end. */
function readText(path: string): Result<string, string> {
  const descriptor = openSync(path, 'r');
  try {
    const pieces: Buffer[] = [];
    for (let length = 0; length <= largestFileBytes; ) {
      const piece = Buffer.allocUnsafe(65_536);
      const count = readSync(descriptor, piece);
      if (count === 0) return ok(Buffer.concat(pieces).toString('utf8'));
      pieces.push(piece.subarray(0, count));
      length += count;
    }
    return failed('EFBIG');
  } finally {
    closeSync(descriptor);
  }
}

/** By the permission bits alone: access lists and mount options are the kernel's to judge when the file is run. */
export function mayExecute(status: FileStatus, uid: number, gid: number): boolean {
  if (status.kind !== 'file') return false;
  if (uid === 0) return (status.mode & 0o111) !== 0;
  if (status.uid === uid) return (status.mode & 0o100) !== 0;
  if (status.gid === gid) return (status.mode & 0o010) !== 0;
  return (status.mode & 0o001) !== 0;
}

function fileStatus(path: string): FileStatus | undefined {
  let found: Stats;
  try {
    found = statSync(path);
  } catch {
    return undefined;
  }
  return {
    kind: found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other',
    uid: found.uid,
    gid: found.gid,
    mode: found.mode & 0o7777,
  };
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'EIO';
}
