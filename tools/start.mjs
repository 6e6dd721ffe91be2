// `npm start`: two hosts, a client and a few failovers, in network namespaces made for the purpose. Needs Node and iproute2;
// installs the npm packages itself. Uses nothing that is not in Node until they are there.
import { existsSync, statSync } from 'node:fs';
import { must, root, run } from './run.mjs';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(`Holdfast needs Node.js 20 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
const words = process.argv.slice(2);
if (words.includes('--help') || words.includes('-h')) {
  console.log('npm start                     two hosts, one address, eight events; half a minute');
  console.log('npm start -- --interactive    leaves the hosts up to play with');
  process.exit(0);
}
const unknown = words.find(word => word !== '--interactive');
if (unknown !== undefined) {
  console.error(`npm start does not know "${unknown}"; npm start -- --help says what it knows.`);
  process.exit(1);
}

const folder = name => `${root}${name}`;
const installed = folder('node_modules/.package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(folder('package-lock.json')).mtimeMs) {
  console.log('Installing the npm packages and building (once) ...');
  // Only its errors are worth reading here.
  must('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
} else if (!existsSync(folder('dist/cli/demo/main.js'))) {
  must(process.execPath, ['tools/build.mjs']);
}

for (const [program, hint] of [
  ['ip', 'apt-get install iproute2'],
  ['unshare', 'apt-get install util-linux'],
]) {
  if (run('sh', ['-c', `command -v ${program} >/dev/null`]) !== 0) {
    console.error(`The demonstration needs "${program}": ${hint}`);
    process.exit(1);
  }
}

const { NamespacesForbidden, runInNamespaces } = await import(new URL('../dist/lab/enter.js', import.meta.url).href);
try {
  process.exitCode = await runInNamespaces([process.execPath, folder('dist/cli/demo/main.js'), ...words]);
} catch (error) {
  if (!(error instanceof NamespacesForbidden)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
