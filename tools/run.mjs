// Runs a program in the foreground and ends with its exit status when it fails.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Path of a development tool installed by `npm ci`. */
export const tool = name => `${root}node_modules/.bin/${name}`;

/** Exit status of the command; its output goes to ours. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) throw result.error;
  return result.status ?? 1;
}

/** As run, but a failure ends this process with the same status. */
export function must(command, args, options) {
  const status = run(command, args, options);
  if (status !== 0) process.exit(status);
}

/** With --help: prints the comment that a script begins with, and ends. */
export function helpFromHeader(moduleUrl) {
  if (!process.argv.some(word => word === '--help' || word === '-h')) return;
  const lines = readFileSync(fileURLToPath(moduleUrl), 'utf8').split('\n');
  const end = lines.findIndex(line => !line.startsWith('//'));
  console.log(
    lines
      .slice(0, end)
      .map(line => line.slice(3))
      .join('\n'),
  );
  process.exit(0);
}
