import { parseIpAddress } from '../base/ip-address.ts';
import { formatDiagnostic } from '../config/diagnostic.ts';
import type { ConfigurationHost, FileStatus } from '../ports/configuration-host.ts';
import type { VirtualRouterConfiguration } from '../vrrp/configuration.ts';
import { loadConfiguration } from './configuration.ts';

const program: FileStatus = { kind: 'file', uid: 0, gid: 0, mode: 0o755 };
const directory: FileStatus = { kind: 'directory', uid: 0, gid: 0, mode: 0o755 };

/** A machine that exists only in a test. */
export interface Machine {
  /** Texts by path; the configuration itself is /etc/k.conf. */
  readonly files?: Readonly<Record<string, string>>;
  /** Status by path, on top of the usual programs. */
  readonly status?: Readonly<Record<string, Partial<FileStatus>>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly interfaces?: readonly string[];
  /** By interface, `ADDRESS/LENGTH`. */
  readonly addresses?: Readonly<Record<string, readonly string[]>>;
  readonly users?: Readonly<
    Record<string, { readonly uid: number; readonly gid: number; readonly groups?: readonly number[] }>
  >;
  readonly groups?: Readonly<Record<string, number>>;
  readonly processors?: number;
}

export function machine(options: Machine = {}): ConfigurationHost {
  const files = options.files ?? {};
  const known: Record<string, FileStatus> = {
    '/': directory,
    '/bin': directory,
    '/usr': directory,
    '/usr/bin': directory,
    '/etc': directory,
    '/bin/true': program,
    '/bin/false': program,
    '/usr/bin/killall': program,
    '/usr/bin/[': program,
    '/etc/passwd': { ...program, mode: 0o644 },
  };
  for (const path of Object.keys(files)) known[path] = { ...program, mode: 0o644 };
  for (const [path, status] of Object.entries(options.status ?? {})) known[path] = { ...program, ...status };
  const users = { root: { uid: 0, gid: 0 }, ...options.users };
  const groups: Readonly<Record<string, number>> = { root: 0, ...options.groups };
  return {
    readFile: path => {
      const text = files[path];
      return text === undefined ? { ok: false, reason: 'ENOENT' } : { ok: true, value: text };
    },
    glob: (pattern, base) => {
      const path = pattern.startsWith('/') ? pattern : `${base}/${pattern}`;
      return path in files ? [path] : [];
    },
    status: path => known[path],
    realPath: path => (path in known ? (options.links?.[path] ?? path) : undefined),
    mayExecute: path => ((known[path]?.mode ?? 0) & 0o111) !== 0,
    user: name => {
      const found = Object.hasOwn(users, name) ? users[name as keyof typeof users] : undefined;
      return found && { name, groups: [], ...found };
    },
    groupId: name => groups[name],
    ownUid: 0,
    ownGid: 0,
    searchPath: ['/usr/bin', '/bin'],
    environment: () => undefined,
    hostName: 'one',
    ...(options.processors !== undefined && { processors: options.processors }),
    interfaceNames: options.interfaces ?? ['lo', 'eth0', 'eth1', 'eth2', 'ens33'],
    interfaceAddresses: name =>
      options.addresses?.[name]?.map(text => {
        const [address = '', length] = text.split('/');
        return { address: parseIpAddress(address)!, prefixLength: Number(length) };
      }),
  };
}

/** Loads a text; `told` is its diagnostics without places, `CODE line:column`. */
export function load(text: string, options: Machine = {}, advise = false) {
  const host = machine({ ...options, files: { ...options.files, '/etc/k.conf': text } });
  const loaded = loadConfiguration('/etc/k.conf', host, { configId: 'one', allIncludesStrict: false, advise });
  return {
    ...loaded,
    told: loaded.diagnostics.map(({ code, line, column }) => `${code} ${line}:${column}`),
    codes: loaded.diagnostics.map(({ code }) => code),
    text: loaded.diagnostics.map(formatDiagnostic).join('\n'),
  };
}

/** A vrrp_instance "V" on eth0 with VRID 5, 10.0.0.1 and the given lines. */
export function instanceText(lines = '', addresses = '10.0.0.1'): string {
  return `vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\n${lines}\nvirtual_ipaddress {\n${addresses}\n}\n}\n`;
}

/** The only instance that a text defines. */
export function instanceOf(text: string, options: Machine = {}): VirtualRouterConfiguration {
  const { configuration, text: told } = load(text, options);
  const instance = configuration?.vrrp.instances[0];
  if (!instance) throw new Error(`no instance:\n${told}`);
  return instance;
}
