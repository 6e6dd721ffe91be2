// A browser that looks at the pages we write: Chromium without a window, and fonts, as Debian packages unpacked into
// .cache/browser. `node tools/browser.mjs` fetches what is missing and prints where it is.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { fetchPackages, libraryFolder } from './debian.mjs';
import { root } from './run.mjs';

const cache = `${root}.cache/browser`;
/** The tests look for it here. */
const program = `${cache}/chromium`;
const binary = `${cache}/root/usr/lib/chromium/chromium-headless-shell`;

/** Fetches the browser if it is missing; the result is what keeps it from starting, or undefined. */
export function prepareBrowser() {
  mkdirSync(cache, { recursive: true });
  if (starts()) return undefined;
  try {
    fetchPackages(
      cache,
      ['chromium-headless-shell', 'chromium-common', 'fonts-dejavu-core', 'fontconfig-config'],
      'browser',
    );
  } catch (error) {
    return error.message.trim();
  }
  return starts() ? undefined : 'it does not start';
}

function starts() {
  if (!existsSync(binary)) return false;
  writeWrapper();
  return spawnSync(program, ['--version']).status === 0;
}

function writeWrapper() {
  const libraries = libraryFolder(cache);
  const folders = [
    libraries,
    `${libraries}/nss`,
    `${libraries}/pulseaudio`,
    `${cache}/root/lib/${path.basename(libraries)}`,
  ];
  const fonts = `${cache}/fonts.conf`;
  writeFileSync(
    fonts,
    `<?xml version="1.0"?>
<fontconfig><dir>${cache}/root/usr/share/fonts</dir><cachedir>${cache}/font-cache</cachedir></fontconfig>
`,
  );
  writeFileSync(
    program,
    `#!/bin/sh
export LD_LIBRARY_PATH='${folders.join(':')}' FONTCONFIG_FILE='${fonts}'
exec '${binary}' "$@"
`,
  );
  chmodSync(program, 0o755);
}

if (import.meta.url === pathToFileURL(path.resolve(process.argv[1] ?? '')).href) {
  const problem = prepareBrowser();
  console.log(problem === undefined ? program : `browser: ${problem}`);
  process.exit(problem === undefined ? 0 : 1);
}
