// Compiles src/ to dist/. `npm ci` runs this through the prepare script, so that bin/holdfast works in a checkout.
//
// A daemon that runs from this checkout starts its children from dist/: what is there stays until all that is new has been
// compiled, and for good if that fails.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { root, run, tool } from './run.mjs';

const built = `${root}dist`;
// Beside it, so that the source maps point to the same src/; builds that run at once do not meet.
const fresh = `${built}.new-${process.pid}`;
const old = `${built}.old-${process.pid}`;
const clear = () => {
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
};

// A Ctrl-C ends the compiler, which this process waits for, and comes here as its status.
process.on('SIGINT', () => {});
const status = run(tool('tsc'), ['-p', 'tsconfig.json', '--outDir', fresh]);
if (status === 0) {
  if (existsSync(built)) renameSync(built, old);
  renameSync(fresh, built);
}
clear();
process.exit(status);
