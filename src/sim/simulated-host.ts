import type { ConfigurationHost } from '../ports/configuration-host.ts';

/** Where the text of configuration files comes from. */
export type FileReader = Pick<ConfigurationHost, 'readFile' | 'glob'>;

/**
 * The machine that a simulated node's configuration is read on: whatever program or user the configuration names is
 * there, because what it does is for the scenario to say.
 */
export function simulatedHost(hostName: string, files: FileReader): ConfigurationHost {
  return {
    readFile: path => files.readFile(path),
    glob: (pattern, directory) => files.glob(pattern, directory),
    status: () => ({ kind: 'file', uid: 0, gid: 0, mode: 0o755 }),
    realPath: path => path,
    mayExecute: () => true,
    user: name => ({ name, uid: 0, gid: 0, groups: [] }),
    groupId: () => 0,
    ownUid: 0,
    ownGid: 0,
    searchPath: ['/usr/bin'],
    environment: () => undefined,
    hostName,
    interfaceNames: undefined,
  };
}

/** Files that exist only as text, by their path. */
export function textFiles(texts: ReadonlyMap<string, string>): FileReader {
  return {
    readFile: path => {
      const value = texts.get(path);
      return value === undefined ? { ok: false, reason: 'ENOENT' } : { ok: true, value };
    },
    glob: pattern => [...texts.keys()].filter(path => path === pattern),
  };
}
