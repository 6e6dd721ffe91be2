// A Linux kernel with IPVS as an ordinary program: Debian's User-Mode-Linux on this machine's own files, read-only. It needs
// no privilege, and nothing it does is seen outside: it has no network but what is made inside.
//
//   node tools/uml.mjs COMMAND ARGUMENT...    runs a command in it as root, in this directory, and ends with its status
//
// The kernel has one processor, and a system call costs 35-50 us: compare its figures with each other only.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { knownPeers, preparePeers } from './peers.mjs';
import { root } from './run.mjs';

const modules = `${root}.cache/peers/root/usr/lib/uml/modules`;
const memoryMegabytes = 1024;

/** Why no kernel can be booted here; undefined if one can. */
export function umlObstacle() {
  const { programs, problem } = knownPeers();
  for (const name of ['linux.uml', 'modprobe', 'ipvsadm']) {
    if (!programs[name]) return `${name} is missing${problem ? ` (${problem})` : ''}`;
  }
  return undefined;
}

const quoted = text => `'${text.replaceAll("'", `'\\''`)}'`;

/** What process 1 does. The console is for people; the command's exit status is left in a file. */
function initScript(folder, argv, environment) {
  const { programs } = knownPeers();
  const variables = {
    PATH: `${root}.cache/peers/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: '/run/home',
    TMPDIR: '/run/tmp',
    TERM: 'dumb',
    HOLDFAST_UML: '/run/shared',
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
mount -t hostfs none /run/shared -o ${quoted(folder)}
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
hostname uml
# The kernel loads what it is asked for: IPVS, its schedulers, kinds of interfaces.
printf '#!/bin/sh\\nexec %s -d /run/modules "$@"\\n' ${quoted(quoted(programs.modprobe.path))} >/run/modprobe
chmod 755 /run/modprobe
mkdir -p /run/modules/lib/modules
ln -s ${quoted(modules)}/* /run/modules/lib/modules/
echo /run/modprobe >/proc/sys/kernel/modprobe
# This one nothing asks for until somebody opens a socket.
/run/modprobe ipv6
ip link set lo up
cd ${quoted(process.cwd())}
env -i ${assignments.join(' ')} ${argv.map(quoted).join(' ')}
echo $? >/run/shared/status
halt -d -f
`;
}

/** The guest's memory is a file that should not be on a disk; a container's /dev/shm may be too small for it. */
function memoryFolder() {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize > memoryMegabytes * 1024 * 1024) return '/dev/shm';
  } catch {
    // No such folder.
  }
  return tmpdir();
}

/**
 * Boots, runs the command as root, and halts. Resolves with its exit status, or undefined if it came to none: the time was
 * over, or the kernel broke. `output` gets what is written to the console.
 *
 * `prepare` may put files into a folder that the command finds as $HOLDFAST_UML, and may write to; `collect` reads what it
 * left there.
 */
export async function runInUml(argv, options = {}) {
  const { environment = {}, timeoutMs = 600_000, output, prepare, collect } = options;
  const folder = mkdtempSync(`${tmpdir()}/holdfast-uml-`);
  try {
    mkdirSync(`${folder}/shared`);
    mkdirSync(`${folder}/uml`);
    prepare?.(`${folder}/shared`);
    writeFileSync(`${folder}/init`, initScript(`${folder}/shared`, argv, environment));
    chmodSync(`${folder}/init`, 0o755);
    // A name without blanks, for a kernel's command line has no way to quote them.
    symlinkSync(`${root}.cache/peers/root/usr/bin/linux.uml`, `${folder}/linux`);
    await boot(folder, timeoutMs, output ?? (chunk => process.stdout.write(chunk)));
    collect?.(`${folder}/shared`);
    const status = `${folder}/shared/status`;
    return existsSync(status) ? Number(readFileSync(status, 'utf8')) : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function boot(folder, timeoutMs, output) {
  const kernel = [
    `${folder}/linux`,
    `mem=${memoryMegabytes}M`,
    'root=/dev/root',
    'rootfstype=hostfs',
    'rootflags=/',
    'ro',
    `init=${folder}/init`,
    `uml_dir=${folder}/uml`,
    'con=null',
    'con0=null,fd:1',
    'ssl=null',
    'quiet',
    'loglevel=1',
    'panic=-1',
  ];
  return new Promise((resolve, reject) => {
    // It makes itself a group, and its helpers, processes of their own, outlive it unless that whole group is ended; so a
    // shell stands between, which gets our word, or the kernel's when we are gone.
    const keeper = '"$@" & kernel=$!; trap "kill -KILL -$kernel $kernel 2>/dev/null" TERM; wait';
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', 'sh', '-c', keeper, 'sh', ...kernel], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { PATH: process.env.PATH, HOME: folder, TMPDIR: memoryFolder() },
    });
    const end = () => {
      try {
        process.kill(child.pid, 'SIGTERM');
      } catch {
        // Nobody is left.
      }
    };
    const timer = setTimeout(() => {
      output(Buffer.from(`\numl: not done after ${timeoutMs / 1000} s, ended\n`));
      end();
    }, timeoutMs);
    const interrupted = () => {
      end();
      rmSync(folder, { recursive: true, force: true });
      process.exit(130);
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
      resolve();
    });
  });
}

if (import.meta.url === pathToFileURL(path.resolve(process.argv[1] ?? '')).href) {
  if (umlObstacle()) preparePeers();
  const obstacle = umlObstacle();
  if (obstacle) {
    console.error(`uml: ${obstacle}`);
    process.exit(1);
  }
  process.exit((await runInUml(process.argv.slice(2))) ?? 1);
}
