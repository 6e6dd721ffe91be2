// The machine that fuzzed configurations are read on: a few files, every script in place, four interfaces.
import path from 'node:path';

export const mainFile = '/etc/keepalived/keepalived.conf';

const otherFile = ['/etc/keepalived/other.conf', 'global_defs {\n    router_id other\n}\n'];
const program = { kind: 'file', uid: 0, gid: 0, mode: 0o755 };

/** `files` by path, besides the main one. */
export function fuzzedHost(text, files = new Map()) {
  const all = new Map([otherFile, ...files, [mainFile, text]]);
  return {
    readFile: name => (all.has(name) ? { ok: true, value: all.get(name) } : { ok: false, reason: 'ENOENT' }),
    glob: (pattern, directory) => {
      const matches = new Set();
      for (const alternative of alternatives(pattern)) {
        const absolute = path.posix.resolve(directory, alternative);
        const wanted = matcher(absolute);
        for (const name of all.keys()) if (wanted(name)) matches.add(name);
      }
      return [...matches].sort();
    },
    status: name => {
      if (all.has(name)) return { ...program, mode: 0o644 };
      return name.endsWith('/') ? { ...program, kind: 'directory' } : program;
    },
    realPath: name => name,
    mayExecute: () => true,
    user: name => (name === 'root' || name === 'keepalived_script' ? { name, uid: 0, gid: 0, groups: [] } : undefined),
    groupId: name => (name === 'root' ? 0 : undefined),
    ownUid: 0,
    ownGid: 0,
    searchPath: ['/usr/bin', '/bin'],
    environment: name => (name === 'PEER' ? '192.0.2.2' : undefined),
    hostName: 'fuzz.example',
    interfaceNames: ['lo', 'eth0', 'eth1', 'ens33'],
  };
}

/** A name that a star, or nothing, stands in. */
function matcher(absolute) {
  const star = absolute.indexOf('*');
  if (star < 0) return name => name === absolute;
  const [head, tail] = [absolute.slice(0, star), absolute.slice(star + 1)];
  return name => name.length >= head.length + tail.length && name.startsWith(head) && name.endsWith(tail);
}

function alternatives(pattern) {
  const match = /^(.*?)\{([^{}]*)\}(.*)$/s.exec(pattern);
  return match ? match[2].split(',').map(each => match[1] + each + match[3]) : [pattern];
}
