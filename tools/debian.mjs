// Programs of Debian's, downloaded and unpacked into a folder of the cache: nothing is installed, no service starts, and no
// privilege is needed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import path from 'node:path';

function output(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  const text = `${result.stdout ?? ''}${result.stderr ?? ''}`;
  if (result.error) throw new Error(`${command}: ${result.error.message}`);
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${result.status}:\n${text.slice(-2000)}`);
  return result.stdout;
}

// As root apt would fetch as another user, who may not write here, and whom a user namespace does not know.
const asOurselves = ['-o', 'APT::Sandbox::User=root'];

/** Options that let apt work on lists of its own, for a machine whose lists are missing or may not be written. */
function privateLists(cache) {
  const state = `${cache}/apt`;
  mkdirSync(`${state}/lists/partial`, { recursive: true });
  mkdirSync(`${state}/cache/archives/partial`, { recursive: true });
  const options = [
    ['Dir::State', state],
    ['Dir::State::status', '/var/lib/dpkg/status'],
    ['Dir::Cache', `${state}/cache`],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  output('apt-get', [...asOurselves, ...options, '-qq', 'update']);
  return options;
}

function known(aptOptions, name) {
  const result = spawnSync('apt-cache', [...aptOptions, 'show', '--no-all-versions', name], { encoding: 'utf8' });
  return result.status === 0 && result.stdout !== '';
}

function installed(name) {
  const result = spawnSync('dpkg-query', ['-W', '-f', `\${db:Status-Abbrev}`, name], { encoding: 'utf8' });
  return result.status === 0 && result.stdout.startsWith('ii');
}

/** The wanted packages and what they need and this machine lacks: libraries, and the kernel that is the newest one now. */
function packagesToFetch(aptOptions, wanted) {
  const found = new Set(wanted);
  let frontier = [...wanted];
  while (frontier.length > 0) {
    const flags = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(kind => `--no-${kind}`);
    const text = output('apt-cache', [...aptOptions, 'depends', ...flags, ...frontier]);
    frontier = [...text.matchAll(/^ +\|?(?:Pre)?Depends: ((?:lib|linux-image-\d)[^\s<>]+)$/gm)]
      .map(match => match[1])
      .filter(name => !found.has(name) && !installed(name));
    for (const name of frontier) found.add(name);
    frontier = [...new Set(frontier)];
  }
  return [...found];
}

/**
 * Fetches packages, and the libraries that they need and this machine lacks, and unpacks them all into CACHE/root; `label`
 * is what the cache is called.
 */
export function fetchPackages(cache, wanted, label) {
  const aptOptions = [...asOurselves, ...(wanted.every(name => known([], name)) ? [] : privateLists(cache))];
  const names = packagesToFetch(aptOptions, wanted);
  console.log(`${label}: fetching ${names.length} Debian packages into .cache/${label} (nothing is installed)`);
  const staging = `${cache}/staging`;
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(`${staging}/root`, { recursive: true });
  output('apt-get', [...aptOptions, '-qq', 'download', ...names], { cwd: staging });
  for (const file of readdirSync(staging).filter(name => name.endsWith('.deb'))) {
    output('dpkg', ['-x', file, 'root'], { cwd: staging });
  }
  // Debian's modprobe is a link to /bin/kmod, which here means the one that came with it.
  for (const folder of ['sbin', 'usr/sbin', 'usr/bin']) keepLinksInside(`${staging}/root`, folder);
  rmSync(`${cache}/root`, { recursive: true, force: true });
  renameSync(`${staging}/root`, `${cache}/root`);
  rmSync(staging, { recursive: true, force: true });
}

/** Turns links to absolute paths into links within the unpacked tree. */
function keepLinksInside(unpacked, folder) {
  if (!existsSync(`${unpacked}/${folder}`)) return;
  for (const entry of readdirSync(`${unpacked}/${folder}`, { withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const link = `${unpacked}/${folder}/${entry.name}`;
    const target = readlinkSync(link);
    if (!target.startsWith('/') || !existsSync(unpacked + target)) continue;
    unlinkSync(link);
    symlinkSync(path.relative(path.dirname(link), unpacked + target), link);
  }
}

/** Where the shared libraries of an unpacked tree lie. */
export function libraryFolder(cache) {
  const base = `${cache}/root/usr/lib`;
  return `${base}/${readdirSync(base).find(name => /-linux-gnu/.test(name)) ?? ''}`;
}
