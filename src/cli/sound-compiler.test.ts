import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const script = `
import { readdirSync, readFileSync } from 'node:fs';
import '${root}src/cli/sound-compiler.ts';
import { extentOf } from '${root}src/config/comment.ts';
const folder = new URL('test/fixtures/configurations/', '${root}');
const lines = readdirSync(folder).sort().flatMap(name => readFileSync(new URL(name, folder), 'utf8').split('\\n'));
const first = lines.map(line => JSON.stringify(extentOf(line)));
for (let round = 0; round < 5; round++) {
  lines.forEach((line, place) => {
    const found = JSON.stringify(extentOf(line));
    if (found !== first[place]) console.log(line, first[place], found);
  });
}`;

// Older versions of Node, which read no TypeScript, do not have the fault either. Compiling at once makes it show in every run.
it.runIf('typescript' in process.features)('code does the same before and after it is compiled', () => {
  const words = ['--no-concurrent-recompilation', '--input-type=module', '--eval', script];
  expect(execFileSync(process.execPath, words, { encoding: 'utf8', stdio: 'pipe' })).toBe('');
});
