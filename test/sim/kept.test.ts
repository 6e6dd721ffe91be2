// What the swarm once found, shrunk to the faults that show it: must never come back.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { play } from './scenario.testkit.ts';

const folder = fileURLToPath(new URL('kept/', import.meta.url));
const names = existsSync(folder) ? readdirSync(folder) : [];

it('every failure is kept with what shows it', () => {
  for (const name of names) expect(readdirSync(folder + name)).toContain('scenario.txt');
});

it.each(names)('%s', name => {
  const texts = (pattern: RegExp): Record<string, string> =>
    Object.fromEntries(
      readdirSync(folder + name)
        .filter(file => pattern.test(file))
        .sort()
        .map(file => [file.slice(0, -'.conf'.length), readFileSync(`${folder}${name}/${file}`, 'utf8')]),
    );
  const files = texts(/^\w+\.\w+\.conf$/);
  const result = play(texts(/^\w+\.conf$/), readFileSync(`${folder}${name}/scenario.txt`, 'utf8'), { files });
  expect(result.violations).toEqual([]);
});
