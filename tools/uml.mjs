// A Linux kernel with IPVS as an ordinary program: Debian's User-Mode-Linux on this machine's own files, read-only. It needs
// no privilege, and nothing it does is seen outside: it has no network but what is made inside.
//
//   node tools/uml.mjs COMMAND ARGUMENT...    runs a command in it as root, in this directory, and ends with its status
//
// The kernel has one processor, and a system call costs 35-50 us: compare its figures with each other only.
import { mkdirSync, statfsSync, symlinkSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { quoted, runInGuest } from './guest.mjs';
import { knownPeers, preparePeers } from './peers.mjs';
import { root } from './run.mjs';

const memoryMegabytes = 1024;

/** How many of them one machine has use for: each has one processor, and tests wait for more than half of their time. */
export const kernelsAtOnce = 2 * availableParallelism();

/** Why no kernel can be booted here; undefined if one can. */
export function umlObstacle() {
  const { programs, problem } = knownPeers();
  for (const name of ['linux.uml', 'modprobe', 'ipvsadm']) {
    if (!programs[name]) return `${name} is missing${problem ? ` (${problem})` : ''}`;
  }
  return undefined;
}

/** The guests' memory is files that should not be on a disk; a container's /dev/shm may be too small for them. */
function memoryFolder() {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize > kernelsAtOnce * memoryMegabytes * 1024 * 1024) return '/dev/shm';
  } catch {
    // No such folder.
  }
  return tmpdir();
}

const guest = {
  name: 'uml',
  modules: `${root}.cache/peers/root/usr/lib/uml/modules`,
  mountShared: folder => `mount -t hostfs none /run/shared -o ${quoted(folder)}`,
  halt: 'halt -d -f',
  kernel: folder => {
    mkdirSync(`${folder}/uml`);
    // A name without blanks, for a kernel's command line has no way to quote them.
    symlinkSync(`${root}.cache/peers/root/usr/bin/linux.uml`, `${folder}/linux`);
    return { command: kernelCommand(folder), environment: { TMPDIR: memoryFolder() } };
  },
};

const kernelCommand = folder => [
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

/** Runs a command in it, as of runInGuest. */
export const runInUml = (argv, options) => runInGuest(guest, argv, options);

if (import.meta.url === pathToFileURL(path.resolve(process.argv[1] ?? '')).href) {
  if (umlObstacle()) preparePeers();
  const obstacle = umlObstacle();
  if (obstacle) {
    console.error(`uml: ${obstacle}`);
    process.exit(1);
  }
  process.exit((await runInUml(process.argv.slice(2))) ?? 1);
}
