// The programs our tests run beside us: keepalived and FRR as peers, tcpdump and tshark as independent decoders, msmtpd as a mail server.
// They are downloaded as Debian packages and unpacked into .cache/peers; nothing is installed, no service starts, and no
// privilege is needed. A copy the machine has installed is not used, so that every run tests against the same build.
// `node tools/peers.mjs` fetches what is missing and prints what there is.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { fetchPackages, libraryFolder } from './debian.mjs';
import { root } from './run.mjs';

const folder = `${root}.cache/peers`;
/** Working copies may share one by a link: what is written there must not name a copy that goes away. */
const cache = existsSync(folder) ? realpathSync(folder) : folder;
const manifest = `${cache}/peers.json`;

/** Each program: the package it comes from, where it lies in there, and variables it needs besides its libraries. */
const programs = {
  keepalived: { from: 'keepalived', file: 'usr/sbin/keepalived', versionFlag: '--version' },
  tcpdump: { from: 'tcpdump', file: 'usr/bin/tcpdump', versionFlag: '--version' },
  tshark: { from: 'tshark', file: 'usr/bin/tshark', versionFlag: '--version', variables: wireshark },
  dumpcap: { from: 'wireshark-common', file: 'usr/bin/dumpcap', versionFlag: '--version', variables: wireshark },
  nft: { from: 'nftables', file: 'usr/sbin/nft', versionFlag: '--version' },
  killall: { from: 'psmisc', file: 'usr/bin/killall', versionFlag: '--version' },
  zebra: { from: 'frr', file: 'usr/lib/frr/zebra', versionFlag: '--version' },
  vrrpd: { from: 'frr', file: 'usr/lib/frr/vrrpd', versionFlag: '--version' },
  bfdd: { from: 'frr', file: 'usr/lib/frr/bfdd', versionFlag: '--version' },
  // A real HTTP/2 server, and a real gRPC server with the standard health service.
  nghttpd: { from: 'nghttp2-server', file: 'usr/sbin/nghttpd', versionFlag: '--version' },
  etcd: { from: 'etcd-server', file: 'usr/bin/etcd', versionFlag: '--version' },
  vtysh: { from: 'frr', file: 'usr/bin/vtysh', versionFlag: '--help' },
  // Debian builds it for PCs only.
  ...(process.arch === 'x64' && {
    'linux.uml': { from: 'user-mode-linux', file: 'usr/bin/linux.uml', versionFlag: '--version' },
  }),
  msmtpd: { from: 'msmtp-mta', file: 'usr/bin/msmtpd', versionFlag: '--version' },
  modprobe: { from: 'kmod', file: 'sbin/modprobe', versionFlag: '--version' },
  // Without IPVS in the running kernel it says no more than that; tools/uml.mjs boots one that has it.
  ipvsadm: { from: 'ipvsadm', file: 'sbin/ipvsadm', versionFlag: '--version', endsWith: /initialize ipvs/ },
};

function wireshark(unpacked, libraries) {
  return {
    WIRESHARK_DATA_DIR: `${unpacked}/usr/share/wireshark`,
    WIRESHARK_PLUGIN_DIR: `${libraries}/wireshark/plugins`,
  };
}

function fetchPeers() {
  fetchPackages(cache, [...new Set(Object.values(programs).map(program => program.from))], 'peers');
}

function libraryFolders() {
  const libraries = libraryFolder(cache);
  return [libraries, `${libraries}/frr`, `${cache}/root/lib/${path.basename(libraries)}`];
}

/** A script that starts the program with its own libraries; the process keeps the program's name. */
function writeWrapper(name, program) {
  const [libraries] = libraryFolders();
  const variables = {
    LD_LIBRARY_PATH: libraryFolders().join(':'),
    ...program.variables?.(`${cache}/root`, libraries),
  };
  const exports = Object.entries(variables).map(([key, value]) => `export ${key}='${value}'`);
  const file = `${cache}/bin/${name}`;
  writeFileSync(file, `#!/bin/sh\n${exports.join('\n')}\nexec '${cache}/root/${program.file}' "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

function inspect() {
  mkdirSync(`${cache}/bin`, { recursive: true });
  const found = {};
  for (const [name, program] of Object.entries(programs)) {
    if (!existsSync(`${cache}/root/${program.file}`)) return { missing: name, found };
    const file = writeWrapper(name, program);
    const result = spawnSync(file, [program.versionFlag], { encoding: 'utf8' });
    const text = `${result.stdout}${result.stderr}`;
    if (result.status !== 0 && !program.endsWith?.test(text))
      return { missing: `${name} (${text.trim().split('\n')[0]})`, found };
    found[name] = { path: file, version: /\d+(\.\d+)+/.exec(text)?.[0] ?? 'unknown' };
  }
  return { found };
}

/**
 * Fetches what is missing. Returns `{ programs: { NAME: { path, version } }, problem }`; `problem` says why programs are
 * lacking (no apt, no network), and the tests that need them are skipped by name. The same is left in peers.json.
 */
export function preparePeers() {
  mkdirSync(cache, { recursive: true });
  let state = inspect();
  let problem;
  if (state.missing) {
    try {
      fetchPeers();
      state = inspect();
      if (state.missing) problem = `${state.missing} does not start`;
    } catch (error) {
      problem = error.message;
    }
  }
  const result = { programs: state.found, problem };
  writeFileSync(manifest, `${JSON.stringify(result, undefined, 2)}\n`);
  return result;
}

/** What the last preparePeers() found. */
export function knownPeers() {
  return existsSync(manifest)
    ? JSON.parse(readFileSync(manifest, 'utf8'))
    : { programs: {}, problem: 'not fetched yet' };
}

if (import.meta.url === pathToFileURL(path.resolve(process.argv[1] ?? '')).href) {
  const { programs: found, problem } = preparePeers();
  for (const [name, program] of Object.entries(found)) console.log(`${name} ${program.version} ${program.path}`);
  if (problem) {
    console.error(`peers: ${problem}`);
    process.exit(1);
  }
}
