// Runs the tests and ends with the line `N passed, N failed, N skipped`.
//
//   npm test                        everything: check, unit, sim, net, uml, vm, fuzz (a twentieth); with CI set, newest too
//   node tools/test.mjs PART...     some parts; `newest` repeats the unit tests and one mixed pair on the newest Node
//   node tools/test.mjs net NAME... only the files of test/net/ (or of test/uml/, test/vm/, or of the unit tests) whose path has NAME
//
// A fresh clone needs nothing before: npm packages and peers are fetched first. The net tests send packets, so they run
// one at a time inside namespaces of their own (see src/lab/enter.ts), as root or as an ordinary user.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { helpFromHeader, root, run, tool } from './run.mjs';
import { failedFiles, settled, startTally, vitestOutcomes } from './tally.mjs';

helpFromHeader(import.meta.url);

const parts = ['check', 'unit', 'sim', 'net', 'uml', 'vm', 'fuzz', 'newest'];
const words = process.argv.slice(2);
const names = words.filter(word => !parts.includes(word));
const asked = words.filter(word => parts.includes(word));
const usual = process.env.CI ? parts : parts.filter(part => part !== 'newest');
const wanted = part => (asked.length > 0 ? asked : names.length > 0 ? ['unit', 'sim', 'net'] : usual).includes(part);

const tally = startTally();
const cache = `${root}.cache`;
mkdirSync(cache, { recursive: true });

function step(title) {
  console.log(`\n== ${title}`);
}

/** A step that passes or fails as a whole. */
function count(title, status) {
  tally.add([{ name: title, outcome: status === 0 ? 'passed' : 'failed', why: `status ${status}` }]);
  console.log(`${title}: ${status === 0 ? 'passed' : `failed (status ${status})`}`);
  return status === 0;
}

/** Runs vitest by the given starter, which gets a command line and resolves with its exit status; the outcomes. */
async function vitest(label, project, files, start, node = process.execPath) {
  const report = `${cache}/${label}-report.json`;
  rmSync(report, { force: true });
  const status = await start([
    node,
    `${root}node_modules/vitest/vitest.mjs`,
    'run',
    '--project',
    project,
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...files,
  ]);
  if (!existsSync(report)) return [{ name: label, outcome: 'failed', why: `it ended with status ${status}` }];
  return vitestOutcomes(label, JSON.parse(readFileSync(report, 'utf8')), status);
}

/**
 * What `play` came to with all files, and, of those that failed, once more: real daemons under real clocks may lose to a
 * machine that does something else. That is said, and is a defect to be found, but holds nobody up.
 */
async function twice(label, play) {
  const outcomes = await play();
  const files = failedFiles(outcomes);
  if (files.length === 0) return outcomes;
  step(`${label}: once more: ${files.join(', ')}`);
  return settled(outcomes, files, await play(files));
}

const here = argv => run(argv[0], argv.slice(1));

async function insideNamespaces(label, files, environment, node) {
  const { NamespacesForbidden, runInNamespaces } = await import(`${root}dist/lab/enter.js`);
  const begun = async argv => runInNamespaces(argv, environment);
  try {
    return await twice(label, (again = files) => vitest(label, 'net', again, begun, node));
  } catch (error) {
    if (!(error instanceof NamespacesForbidden)) throw error;
    console.log(error.message);
    const list = `${cache}/net-list.json`;
    run(tool('vitest'), ['list', '--project', 'net', `--json=${list}`, ...files]);
    const tests = JSON.parse(readFileSync(list, 'utf8'));
    return tests.map(test => ({ name: `${label}: ${test.name}`, outcome: 'skipped', why: 'no namespaces' }));
  }
}

let prepared = false;
async function prepare() {
  if (prepared) return true;
  step('build');
  if (!count('build', run(process.execPath, ['tools/build.mjs']))) return false;
  const { preparePeers } = await import('./peers.mjs');
  const { programs, problem } = preparePeers();
  const versions = Object.entries(programs).map(([name, program]) => `${name} ${program.version}`);
  console.log(
    `peers: ${versions.join(', ') || 'none'}${problem ? `; ${problem}: tests that need more are skipped` : ''}`,
  );
  prepared = true;
  return true;
}

/** Path of the newest Node, one binary from npm; undefined if it cannot be had. */
function newestNode() {
  const folder = `${cache}/newest-node`;
  const name = `node-linux-${process.arch}`;
  const binary = `${folder}/node_modules/${name}/bin/node`;
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    run('npm', [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      `${name}@26`,
    ]);
  }
  return existsSync(binary) ? binary : undefined;
}

if (!existsSync(tool('vitest'))) {
  step('npm ci');
  const status = run('npm', ['ci', '--no-audit', '--no-fund']);
  if (status !== 0) process.exit(status);
}
if (wanted('check')) {
  step('check: types, lint, house rules');
  count('check', run(process.execPath, ['tools/check.mjs']));
}
if (wanted('unit')) {
  step('unit');
  tally.add(await vitest('unit', 'unit', names, here));
}
if (wanted('sim')) {
  step('sim: scenarios, planted faults');
  tally.add(await vitest('sim', 'sim', names, here));
}
if (wanted('sim') && names.length === 0 && (await prepare())) {
  // The same episodes every time, however fast the machine; `npm run sim` goes on to others.
  const span = process.env.CI ? ['--years', '1', '--seconds', '240'] : ['--years', '0.05'];
  step(`sim: a swarm of ${span[1]} simulated years`);
  count('swarm', run(process.execPath, ['tools/sim.mjs', '--seed', '1', '--again', '--no-keep', ...span]));
}
if (wanted('net') && (await prepare())) {
  step('net: in namespaces, one file at a time');
  if (names.length === 0 || names.some(name => name.includes('page'))) {
    const { prepareBrowser } = await import('./browser.mjs');
    const problem = prepareBrowser();
    console.log(`browser: ${problem ? `${problem}: tests that need one are skipped` : 'Chromium without a window'}`);
  }
  tally.add(await insideNamespaces('net', names, {}));
}
if (wanted('uml') && (await prepare())) {
  step('uml: in a User-Mode-Linux kernel with IPVS');
  const { runUmlTests } = await import('./uml-tests.mjs');
  tally.add(await twice('uml', (again = names) => runUmlTests(again)));
}
if (wanted('vm') && (await prepare())) {
  step('vm: in an emulated machine with IPVS and nftables');
  const { runVmTests } = await import('./vm-tests.mjs');
  tally.add(await twice('vm', (again = names) => runVmTests(again)));
}
if (wanted('fuzz') && (await prepare())) {
  step('fuzz: 50,000 packets, 5,000 configurations, 500 of them as texts in an editor, 100 that grow');
  // The same inputs every time: a gate must not depend on luck. `npm run fuzz` draws new ones.
  const fuzz = ['tools/fuzz.mjs', '--share', '0.05', '--seed', '1'];
  const kinds = ['packets', 'configurations', 'texts', 'growth'];
  for (const kind of kinds) {
    const others = kinds.filter(other => other !== kind).flatMap(other => [`--${other}`, '0']);
    count(`fuzzed ${kind}`, run(process.execPath, [...fuzz, ...others]));
  }
}
if (wanted('newest') && (await prepare())) {
  step('newest Node: unit tests and one mixed pair');
  const node = newestNode();
  if (node === undefined) {
    tally.add([{ name: 'newest Node', outcome: 'skipped', why: 'its npm package could not be fetched' }]);
  } else {
    run(node, ['--version']);
    tally.add(await vitest('newest-unit', 'unit', names, here, node));
    tally.add(await insideNamespaces('newest-net', ['mixed-pair-v3-ipv4'], { HOLDFAST_TEST_NODE: node }, node));
  }
}

console.log(`\n${tally.text()}`);
process.exit(tally.failures() === 0 ? 0 : 1);
