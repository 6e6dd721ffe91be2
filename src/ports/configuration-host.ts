import type { IpAddress } from '../base/ip-address.ts';

/** What a file is, as far as the configuration language and script security ask. */
export interface FileStatus {
  readonly kind: 'file' | 'directory' | 'other';
  readonly uid: number;
  readonly gid: number;
  /** Permission bits with set-user-id, set-group-id and sticky: 0 .. 0o7777. */
  readonly mode: number;
}

export interface UserEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, the primary one left out. */
  readonly groups: readonly number[];
}

export interface InterfaceAddress {
  readonly address: IpAddress;
  readonly prefixLength: number;
}

/** What reading a configuration may ask of the machine. Synchronous: it happens outside the advert path. */
export interface ConfigurationHost {
  /** The file's text (UTF-8, invalid bytes replaced), or an errno name. */
  readFile(
    path: string,
  ): { readonly ok: true; readonly value: string } | { readonly ok: false; readonly reason: string };
  /** Absolute paths matching a glob with csh braces, sorted; empty if none. Relative to `directory`. */
  glob(pattern: string, directory: string): readonly string[];
  /** Follows symbolic links; undefined if there is nothing or it cannot be reached. */
  status(path: string): FileStatus | undefined;
  /** The path with symbolic links resolved, or undefined. */
  realPath(path: string): string | undefined;
  /** Whether the given identity may execute the file. */
  mayExecute(path: string, uid: number, gid: number): boolean;
  user(name: string): UserEntry | undefined;
  groupId(name: string): number | undefined;
  /** Identity of the daemon itself. */
  readonly ownUid: number;
  readonly ownGid: number;
  /** Directories of PATH, for script names without a slash. */
  readonly searchPath: readonly string[];
  environment(name: string): string | undefined;
  /** Host name as gethostname gives it. */
  readonly hostName: string;
  /** How many processors there are; left out where nobody can tell (a file checked for another machine). */
  readonly processors?: number;
  /** Names of the interfaces that exist; undefined where nobody can tell (a file checked for another machine). */
  readonly interfaceNames: readonly string[] | undefined;
  /** Addresses that an interface has now; left out or undefined where nobody can tell. Advice only depends on it. */
  readonly interfaceAddresses?: (interfaceName: string) => readonly InterfaceAddress[] | undefined;
}
