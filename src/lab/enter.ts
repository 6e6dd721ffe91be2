// How a program gets namespaces of its own. It runs itself again under unshare(1): as root in new mount, network, process
// and host-name namespaces, otherwise in a new user namespace as well, where it is root over what it creates and nothing
// else. Whatever it starts lives in that process namespace and ends with it, however the program ends:
//
//   program (outside) -> setpriv --pdeathsig KILL unshare ... -> sh (process 1, reaps orphans) -> program (inside)
//
// The death signal reaches unshare when the outside program dies, --kill-child passes it to process 1, and the kernel
// then ends every process of the namespace; its network namespaces, bridges and cables go with the last of them.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';

/** Names the network namespace a program was started from; inside, its own is another one. */
const originVariable = 'HOLDFAST_LAB_ORIGIN';

/** Namespaces cannot be had here. The message says why and which line helps. */
export class NamespacesForbidden extends Error {
  override name = 'NamespacesForbidden';
}

function networkNamespace(): string {
  return readlinkSync('/proc/self/ns/net');
}

/** Whether this process was started by `runInNamespaces`. */
export function isInNamespaces(): boolean {
  const origin = process.env[originVariable];
  return origin !== undefined && origin !== '' && origin !== networkNamespace();
}

/** Whether root here is root of the machine too: real-time priority, other users, packages that drop privileges. */
export function isPrivileged(): boolean {
  const [inside, outside, count] = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/).map(Number);
  return process.getuid?.() === 0 && inside === 0 && outside === 0 && count === 0xffff_ffff;
}

const common = ['--mount', '--net', '--pid', '--fork', '--mount-proc', '--kill-child'];
const asUser = ['--user', '--map-root-user', ...common];

// Everything a host of the lab needs later is tried at once, so that what is forbidden is found here and not half-way.
const trial = [
  'mount -t tmpfs tmpfs /run',
  'ip link add lab0 type veth peer name lab1',
  `unshare ${['--uts', ...common].join(' ')} true`,
].join(' && ');

function working(): { readonly flags: readonly string[] } | { readonly complaint: string } {
  let complaint = '';
  for (const flags of process.getuid?.() === 0 ? [common, asUser] : [asUser]) {
    const attempt = spawnSync('unshare', [...flags, 'sh', '-c', trial], { encoding: 'utf8' });
    if (attempt.status === 0) return { flags };
    complaint = attempt.error ? attempt.error.message : attempt.stderr.trim();
  }
  return { complaint };
}

function setting(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function help(): string {
  if (!existsSync('/usr/bin/unshare') && !existsSync('/bin/unshare')) {
    return 'Install util-linux, which has unshare and nsenter.';
  }
  if (spawnSync('ip', ['-V']).error) return 'Install iproute2, which has ip.';
  if (setting('/proc/sys/kernel/unprivileged_userns_clone') === '0') {
    return 'This helps: sudo sysctl kernel.unprivileged_userns_clone=1';
  }
  if (setting('/proc/sys/user/max_user_namespaces') === '0') {
    return 'This helps: sudo sysctl user.max_user_namespaces=10000';
  }
  if (setting('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1') {
    return 'This helps (AppArmor): sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0';
  }
  if (existsSync('/.dockerenv') || existsSync('/run/.containerenv') || process.env['container'] !== undefined) {
    return 'In a container this helps: start it with --privileged (docker run --privileged ..., podman run --privileged ...).';
  }
  return 'Running as root helps: sudo.';
}

/**
 * Runs a command in namespaces of its own with our standard streams, and resolves with its exit status (128 + the signal's
 * number if one ended it). Throws NamespacesForbidden where that is not possible.
 */
export async function runInNamespaces(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<number> {
  const found = working();
  if ('complaint' in found) {
    throw new NamespacesForbidden(
      `This machine does not let us make network namespaces (${found.complaint || 'unshare failed'}).\n${help()}`,
    );
  }
  // The shell is process 1: it waits, reaps what its descendants leave behind, and hands on the exit status.
  const first = 'ip link set lo up; "$@"; exit $?';
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...found.flags, 'sh', '-c', first, 'sh', ...argv], {
    stdio: 'inherit',
    env: { ...process.env, ...environment, [originVariable]: networkNamespace() },
  });
  // Ctrl-C reaches the program inside by itself, which cleans up and ends; we wait for it. A TERM that only we get ends all.
  const ignore = (): void => {};
  const terminate = (): void => {
    child.kill('SIGKILL');
  };
  process.on('SIGINT', ignore);
  process.on('SIGTERM', terminate);
  process.on('SIGHUP', terminate);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (status, signal) => resolve(status ?? 128 + (signal ? constants.signals[signal] : 1)));
    });
  } finally {
    process.off('SIGINT', ignore);
    process.off('SIGTERM', terminate);
    process.off('SIGHUP', terminate);
  }
}

/** Makes sure that this program runs in namespaces of its own: outside it runs itself again and ends with that status. */
export async function enterNamespaces(): Promise<void> {
  if (isInNamespaces()) return;
  process.exit(await runInNamespaces([process.execPath, ...process.execArgv, ...process.argv.slice(1)]));
}
