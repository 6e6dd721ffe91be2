// What the kernels that tests boot on this machine's own files have in common: tools/uml.mjs, an ordinary program with IPVS,
// and tools/vm.mjs, a full one in an emulated machine. Nothing that is done in them is seen outside.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { knownPeers } from './peers.mjs';
import { root } from './run.mjs';

export const quoted = text => `'${text.replaceAll("'", `'\\''`)}'`;

/** What process 1 does. The console is for people; the command's exit status is left in a file. */
function initScript(guest, folder, argv, environment) {
  const { programs } = knownPeers();
  const variables = {
    PATH: `${root}.cache/peers/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: '/run/home',
    TMPDIR: '/run/tmp',
    TERM: 'dumb',
    HOLDFAST_GUEST: '/run/shared',
    HOLDFAST_ROOT: root,
    // It is a network of its own; src/lab/enter.ts need not make another.
    HOLDFAST_LAB_ORIGIN: 'outside',
    ...environment,
  };
  const assignments = Object.entries(variables).map(([name, value]) => quoted(`${name}=${value}`));
  return `#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mkdir -p /run/shared /run/home /run/tmp /run/lock
${guest.mountShared(`${folder}/shared`)}
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
hostname ${guest.name}
# The kernel loads what it is asked for: IPVS, its schedulers, kinds of interfaces.
printf '#!/bin/sh\\nexec %s -d /run/modules "$@"\\n' ${quoted(quoted(programs.modprobe.path))} >/run/modprobe
chmod 755 /run/modprobe
mkdir -p /run/modules/lib/modules
ln -s ${quoted(guest.modules)}/* /run/modules/lib/modules/
echo /run/modprobe >/proc/sys/kernel/modprobe
# This one nothing asks for until somebody opens a socket.
/run/modprobe ipv6
ip link set lo up
cd ${quoted(process.cwd())}
env -i ${assignments.join(' ')} ${argv.map(quoted).join(' ')}
echo $? >/run/shared/status
${guest.halt}
`;
}

/**
 * Boots, runs the command as root, and halts. Resolves with its exit status, or undefined if it came to none: the time was
 * over, or the kernel broke. `output` gets what is written to the console.
 *
 * `prepare` may put files into a folder that the command finds as $HOLDFAST_GUEST, and may write to; `collect` reads what it
 * left there.
 *
 * `guest` says what the kernel is: its `name`; `mountShared`, the command that mounts that folder; where its `modules` are;
 * how to `halt` it; and `kernel`, which gets a folder of its own with the program for process 1 and gives a command line
 * and its environment.
 */
export async function runInGuest(guest, argv, options = {}) {
  const { environment = {}, timeoutMs = 600_000, output, prepare, collect } = options;
  const folder = mkdtempSync(`${tmpdir()}/holdfast-${guest.name}-`);
  try {
    mkdirSync(`${folder}/shared`);
    prepare?.(`${folder}/shared`);
    writeFileSync(`${folder}/init`, initScript(guest, folder, argv, environment));
    chmodSync(`${folder}/init`, 0o755);
    await boot(guest, folder, timeoutMs, output ?? (chunk => process.stdout.write(chunk)));
    collect?.(`${folder}/shared`);
    const status = `${folder}/shared/status`;
    return existsSync(status) ? Number(readFileSync(status, 'utf8')) : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The guests of this process; and whether it was told to stop, which ends it once they all have ended. */
const running = new Set();
let stopping = false;

function boot(guest, folder, timeoutMs, output) {
  const { command, environment } = guest.kernel(folder);
  return new Promise((resolve, reject) => {
    // User-Mode-Linux makes itself a group, and its helpers, processes of their own, outlive it unless that whole group is
    // ended; so a shell stands between, which gets our word, or the kernel's when we are gone.
    const keeper = '"$@" & kernel=$!; trap "kill -KILL -$kernel $kernel 2>/dev/null" TERM; wait';
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', 'sh', '-c', keeper, 'sh', ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { PATH: process.env.PATH, HOME: folder, ...environment },
    });
    running.add(child);
    const end = () => {
      try {
        process.kill(child.pid, 'SIGTERM');
      } catch {
        // Nobody is left.
      }
    };
    const timer = setTimeout(() => {
      output(Buffer.from(`\n${guest.name}: not done after ${timeoutMs / 1000} s, ended\n`));
      end();
    }, timeoutMs);
    const interrupted = () => {
      stopping = true;
      end();
    };
    process.on('SIGINT', interrupted);
    process.on('SIGTERM', interrupted);
    child.stdout.on('data', output);
    child.stderr.on('data', output);
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(timer);
      process.off('SIGINT', interrupted);
      process.off('SIGTERM', interrupted);
      running.delete(child);
      if (!stopping) return resolve();
      rmSync(folder, { recursive: true, force: true });
      if (running.size === 0) process.exit(130);
    });
  });
}
