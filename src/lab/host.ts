// A host of the lab: network, mount, process and host-name namespaces of its own, held by its process 1. Its file system
// is the machine's, with a fresh /run, /tmp, /var/tmp, /var/log, /dev and /etc (the machine's files are visible in /etc until replaced) and a
// root directory in which new folders can be made, so that two daemons with the same pid file and the same
// /etc/keepalived live side by side, and `killall` on one host does not reach the other.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type CommandResult, command, LabError, must } from './command.ts';
import { childrenOf, HostProcess, send } from './host-process.ts';
import { Shell } from './shell.ts';
import { waitFor } from './wait.ts';

/** An address as `ip -j address` shows it. */
export interface HostAddress {
  readonly interface: string;
  readonly address: string;
  readonly prefixLength: number;
  readonly label: string | undefined;
  readonly scope: string;
  readonly broadcast: string | undefined;
  /** Of an address with a far end. */
  readonly peer: string | undefined;
  /** IFA_F_NODAD, deprecated (preferred lifetime 0), tentative and so on, by the names `ip` gives them. */
  readonly flags: readonly string[];
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

// $1 is the host's name; the rest are folders that stay visible although they lie under one that is replaced.
const furnish = `
set -e
mount --make-rprivate /
mount -t tmpfs -o mode=755 lab /run
new=/run
for entry in /*; do
  name=\${entry#/}
  case $name in
    run|tmp|etc|dev|proc|sys|lost+found) continue ;;
  esac
  if [ -L "$entry" ]; then cp -P "$entry" "$new/$name"
  elif [ -d "$entry" ]; then mkdir "$new/$name"; mount --rbind "$entry" "$new/$name"
  fi
done
mkdir "$new/run" "$new/run/lock" "$new/etc" "$new/dev" "$new/proc" "$new/sys" "$new/.machine-etc" "$new/.old"
mkdir -m 1777 "$new/tmp" "$new/dev/shm"
mount -t proc proc "$new/proc"
mount -t sysfs sysfs "$new/sys" 2>/dev/null || mount --rbind /sys "$new/sys"
for name in null zero full random urandom tty; do
  : > "$new/dev/$name"
  mount --bind "/dev/$name" "$new/dev/$name"
done
ln -s /proc/self/fd "$new/dev/fd"
ln -s /proc/self/fd/0 "$new/dev/stdin"
ln -s /proc/self/fd/1 "$new/dev/stdout"
ln -s /proc/self/fd/2 "$new/dev/stderr"
mount --rbind /etc "$new/.machine-etc"
for name in tmp log; do
  [ ! -d "$new/var/$name" ] || mount -t tmpfs -o mode=1777 lab "$new/var/$name"
done
host=$1
shift
for folder in "$@"; do
  case $folder in
    /tmp/*|/dev/*) mkdir -p "$new$folder"; mount --rbind "$folder" "$new$folder" ;;
  esac
done
cd "$new"
pivot_root . .old
cd /
umount -l /.old
rmdir /.old
cd /etc
ln -s /.machine-etc/* .
rm -f keepalived holdfast frr hostname
echo "$host" > hostname
hostname "$host" 2>/dev/null || true
cd /
ip link set lo up
echo ready
set +e
while :; do sleep 86400; done
`;

export class Host {
  readonly name: string;
  readonly #unshare: ChildProcess;
  readonly #path: string;
  #first = 0;
  readonly #processes = new Set<HostProcess>();

  private constructor(name: string, unshare: ChildProcess, searchPath: string) {
    this.name = name;
    this.#unshare = unshare;
    this.#path = searchPath;
  }

  /** `searchPath` goes in front of PATH there; `visible` are folders that must stay visible (see above). */
  static async start(name: string, searchPath: readonly string[], visible: readonly string[]): Promise<Host> {
    const namespaces = ['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--kill-child'];
    const unshare = spawn('unshare', [...namespaces, 'sh', '-c', furnish, 'sh', name, ...visible], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let said = '';
    for (const stream of [unshare.stdout, unshare.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
    const host = new Host(name, unshare, [...searchPath, '/usr/sbin:/usr/bin:/sbin:/bin'].join(':'));
    await waitFor(
      () => {
        if (unshare.exitCode !== null) throw new LabError(`cannot make host ${name}: ${said.trim()}`);
        return said.includes('ready');
      },
      { what: `host ${name} to be ready`, everyMs: 2, evidence: () => said },
    );
    host.#first = childrenOf(unshare.pid ?? 0)[0] ?? 0;
    if (host.#first === 0) throw new LabError(`host ${name} has no process 1`);
    return host;
  }

  /** Id of the host's process 1, through which its namespaces can be entered: `nsenter --target PID ...`. */
  get pid(): number {
    return this.#first;
  }

  /** Command line that runs another one on this host. */
  enter(argv: readonly string[]): string[] {
    const namespaces = ['--mount', '--net', '--uts', '--ipc', '--pid'];
    return ['nsenter', '--target', String(this.#first), ...namespaces, '--', ...argv];
  }

  #environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    return { ...process.env, PATH: `${this.#path}:${process.env['PATH'] ?? ''}`, ...extra };
  }

  /** Runs a command to its end. */
  run(argv: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    const env = this.#environment(options.env);
    return command(this.enter(argv), { env, ...(options.input === undefined ? {} : { input: options.input }) });
  }

  /** Runs a command that has to succeed, and resolves with its standard output. */
  must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    const env = this.#environment(options.env);
    return must(this.enter(argv), { env, ...(options.input === undefined ? {} : { input: options.input }) });
  }

  /** Starts a program and leaves it running; it ends with the host at the latest. */
  spawn(argv: readonly string[], options: { readonly env?: Readonly<Record<string, string>> } = {}): HostProcess {
    const [program, ...rest] = this.enter(argv);
    const child = spawn(program ?? '', rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // a Ctrl-C at the terminal is the lab's, not the daemons'
      env: this.#environment(options.env),
    });
    const started = new HostProcess(child, `${this.name}: ${path.basename(argv[0] ?? '')}`);
    this.#processes.add(started);
    void started.ended.then(() => this.#processes.delete(started));
    return started;
  }

  /** A shell that stays open, for commands whose moment matters; it ends with the host. */
  openShell(): Shell {
    const [program = '', ...rest] = this.enter(['sh']);
    const env = this.#environment();
    return new Shell(spawn(program, rest, { stdio: 'pipe', detached: true, env }), this.name);
  }

  /** Runs a command that has to succeed in the host's network only: it sees the lab's files and process ids. */
  onNetwork(argv: readonly string[]): Promise<string> {
    return must(['nsenter', `--net=/proc/${this.#first}/ns/net`, '--', ...argv], { env: this.#environment() });
  }

  #inside(file: string): string {
    return `/proc/${this.#first}/root${file}`;
  }

  /** Writes a file of the host, folders included. `mode` default 0o644. */
  write(file: string, text: string, mode = 0o644): void {
    mkdirSync(path.dirname(this.#inside(file)), { recursive: true });
    writeFileSync(this.#inside(file), text);
    chmodSync(this.#inside(file), mode);
  }

  /** The file's text, or undefined if there is none. */
  read(file: string): string | undefined {
    try {
      return readFileSync(this.#inside(file), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  remove(file: string): void {
    rmSync(this.#inside(file), { force: true, recursive: true });
  }

  async addresses(interfaceName?: string): Promise<HostAddress[]> {
    const text = await this.must(['ip', '-j', 'address', 'show', ...(interfaceName ? ['dev', interfaceName] : [])]);
    const links = JSON.parse(text) as readonly IpLink[];
    return links.flatMap(link => (link.addr_info ?? []).map(entry => hostAddress(link.ifname, entry)));
  }

  /** Whether an address is there, read straight from the kernel's tables: cheap enough to ask every millisecond. */
  holds(address: string): boolean {
    const table = address.includes(':') ? 'if_inet6' : 'fib_trie';
    let text: string;
    try {
      text = readFileSync(`/proc/${this.#first}/net/${table}`, 'utf8');
    } catch {
      return false; // a namespace without IPv6, or a host that has ended
    }
    if (address.includes(':')) return text.includes(`${expand(address)} `);
    const lines = text.split('\n');
    return lines.some((line, at) => line.endsWith(`|-- ${address}`) && /32 host LOCAL/.test(lines[at + 1] ?? ''));
  }

  /** Processes of the host, its own first ones left out. */
  async processes(): Promise<{ readonly pid: number; readonly name: string; readonly arguments: string }[]> {
    const text = await this.must([
      'sh',
      '-c',
      'cd /proc && for p in [0-9]*; do echo "$p $(cat $p/comm) $(tr "\\0" " " <$p/cmdline)"; done 2>/dev/null || true',
    ]);
    return text
      .split('\n')
      .map(line => /^(\d+) (\S+) (.*)$/.exec(line))
      .filter(match => match !== null && match[1] !== '1' && !match[3]?.startsWith('sleep 86400'))
      .map(match => ({ pid: Number(match?.[1]), name: match?.[2] ?? '', arguments: (match?.[3] ?? '').trim() }))
      .filter(process => !process.arguments.startsWith('sh -c cd /proc'));
  }

  /** Ends every process of the host and the host itself. */
  async end(): Promise<void> {
    if (this.#unshare.exitCode !== null || this.#unshare.signalCode !== null) return;
    const gone = new Promise(resolve => this.#unshare.once('exit', resolve));
    send(this.#first, 'SIGKILL');
    await gone;
    await Promise.all([...this.#processes].map(process => process.ended));
  }
}

interface IpLink {
  readonly ifname: string;
  readonly addr_info?: readonly Record<string, unknown>[];
}

function hostAddress(interfaceName: string, entry: Record<string, unknown>): HostAddress {
  const text = (key: string): string | undefined => (typeof entry[key] === 'string' ? entry[key] : undefined);
  return {
    interface: interfaceName,
    // With a far end, `ip` calls that "address" and ours "local".
    address: text('local') ?? '',
    prefixLength: Number(entry['prefixlen']),
    label: text('label'),
    scope: text('scope') ?? '',
    broadcast: text('broadcast'),
    peer: text('address'),
    flags: Object.keys(entry).filter(key => entry[key] === true),
  };
}

/** An IPv6 address as 32 hexadecimal digits. */
function expand(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const middle = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...middle, ...after].map(group => group.padStart(4, '0')).join('');
}
