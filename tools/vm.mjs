// A full Linux kernel, Debian's own, in an emulated machine (qemu without KVM) on this machine's own files, read-only: it has
// nftables for IPv4 and IPv6 beside IPVS, which neither User-Mode-Linux nor, often, this machine's kernel has. It needs no
// privilege, and nothing it does is seen outside: it has no network but what is made inside.
//
//   node tools/vm.mjs COMMAND ARGUMENT...    runs a command in it as root, in this directory, and ends with its status
//
// Everything is ten to thirty times slower in there: Node starts in seconds. Kernel and emulator are Debian packages, unpacked
// into .cache/vm and never installed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { archiveOf } from './cpio.mjs';
import { fetchPackages, libraryFolder } from './debian.mjs';
import { runInGuest } from './guest.mjs';
import { knownPeers, preparePeers } from './peers.mjs';
import { root } from './run.mjs';

const folder = `${root}.cache/vm`;
/** Working copies may share one by a link. */
const cache = existsSync(folder) ? realpathSync(folder) : folder;
const unpacked = `${cache}/root`;
const emulator = `${unpacked}/usr/bin/qemu-system-x86_64`;
const initialFiles = `${cache}/initial-files`;
const memoryMegabytes = 768;

/** The emulator needs its data, and a library that some machines have forgotten although their package lists have it. */
const packages = [
  'qemu-system-x86',
  'qemu-system-common',
  'qemu-system-data',
  'seabios',
  'ipxe-qemu',
  'libfuse3-3',
  'busybox-static',
  // Names the kernel of the day.
  'linux-image-amd64',
];

/** What the kernel needs before it can see this machine's files. */
const firstModules = ['virtio_pci', '9pnet_virtio', '9p'];

/** Why no kernel can be booted here; undefined if one can. */
export function vmObstacle() {
  if (process.arch !== 'x64') return `it is built for x64 only, not for ${process.arch}`;
  const { programs, problem } = knownPeers();
  if (!programs.modprobe) return `modprobe is missing${problem ? ` (${problem})` : ''}`;
  return existsSync(initialFiles) ? undefined : 'its packages are not fetched';
}

/** Fetches what is missing. Returns why that cannot be; undefined if it is all there. */
export function prepareVm() {
  if (existsSync(initialFiles)) return vmObstacle();
  const { programs } = preparePeers();
  if (process.arch !== 'x64' || !programs.modprobe) return vmObstacle();
  try {
    mkdirSync(cache, { recursive: true });
    fetchPackages(cache, packages, 'vm');
    const answer = spawnSync(emulator, ['-version'], { encoding: 'utf8', env: emulatorEnvironment() });
    if (answer.status !== 0) return `the emulator does not start: ${answer.stderr?.trim().split('\n')[0]}`;
    indexModules();
    writeFileSync(initialFiles, archiveOf(filesOfStart(programs.modprobe.path)));
    return undefined;
  } catch (error) {
    return error.message.split('\n')[0];
  }
}

const kernelVersion = () => readdirSync(`${unpacked}/lib/modules`)[0];

/** The package leaves that to its installation. */
function indexModules() {
  const depmod = `${root}.cache/peers/root/sbin/depmod`;
  const libraries = libraryFolder(`${root}.cache/peers`);
  const environment = { LD_LIBRARY_PATH: `${libraries}:${libraries.replace('/usr/lib/', '/lib/')}` };
  const { status, stderr } = spawnSync(depmod, ['-b', unpacked, kernelVersion()], {
    encoding: 'utf8',
    env: environment,
  });
  if (status !== 0) throw new Error(`depmod: ${stderr}`);
}

/** The first file system: modules in the order in which they are loaded, and a script that goes on to this machine's files. */
function filesOfStart(modprobe) {
  const words = ['-d', unpacked, '-S', kernelVersion(), '--show-depends', '-a', ...firstModules];
  const { stdout, stderr } = spawnSync(modprobe, words, { encoding: 'utf8' });
  const modules = [...new Set([...stdout.matchAll(/^insmod (\S+)/gm)].map(match => match[1]))];
  if (modules.length === 0) throw new Error(`modprobe: ${stderr}`);
  const script = `#!/bin/busybox sh
${modules.map((_, place) => `/bin/busybox insmod /modules/${place}.ko`).join('\n')}
/bin/busybox mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose host /host
/bin/busybox mount -t devtmpfs dev /host/dev
# The console says the end of a line as files do.
/bin/busybox stty -onlcr
exec /bin/busybox switch_root /host /bin/sh "$HOLDFAST_INIT"
`;
  return [
    ...['bin', 'modules', 'host', 'dev'].map(name => ({ name, folder: true })),
    { name: 'init', content: Buffer.from(script) },
    { name: 'bin/busybox', content: readFileSync(`${unpacked}/bin/busybox`) },
    ...modules.map((file, place) => ({ name: `modules/${place}.ko`, content: readFileSync(file) })),
  ];
}

function emulatorEnvironment() {
  const libraries = libraryFolder(cache);
  return {
    QEMU_MODULE_DIR: `${libraries}/qemu`,
    LD_LIBRARY_PATH: `${libraries}:${libraries.replace('/usr/lib/', '/lib/')}`,
  };
}

const guest = {
  name: 'vm',
  modules: `${unpacked}/lib/modules`,
  mountShared: () => 'mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000 shared /run/shared',
  // It is told not to boot again. The message takes its time through the serial line.
  halt: 'sync; echo b >/proc/sysrq-trigger',
  kernel: own => ({
    command: [
      emulator,
      // An accelerator by the machine's own processor may be there and not work.
      ...['-accel', 'tcg', '-cpu', 'max', '-m', `${memoryMegabytes}`],
      ...['-no-reboot', '-nodefaults', '-display', 'none', '-serial', 'stdio'],
      ...['-L', `${unpacked}/usr/share/qemu`, '-L', `${unpacked}/usr/share/seabios`],
      ...['-kernel', `${unpacked}/boot/vmlinuz-${kernelVersion()}`, '-initrd', initialFiles],
      ...['-append', `console=ttyS0 panic=-1 quiet loglevel=1 HOLDFAST_INIT=${own}/init`],
      ...['-virtfs', 'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap'],
      ...['-virtfs', `local,path=${own}/shared,mount_tag=shared,security_model=none,multidevs=remap`],
    ],
    environment: emulatorEnvironment(),
  }),
};

/** Runs a command in it, as of runInGuest. */
export const runInVm = (argv, options) => runInGuest(guest, argv, options);

if (import.meta.url === pathToFileURL(path.resolve(process.argv[1] ?? '')).href) {
  const obstacle = prepareVm();
  if (obstacle) {
    console.error(`vm: ${obstacle}`);
    process.exit(1);
  }
  process.exit((await runInVm(process.argv.slice(2))) ?? 1);
}
