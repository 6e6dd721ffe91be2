import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { RecordedSegment } from '../status/explain.testkit.ts';
import { configuration, router } from '../vrrp/router.testkit.ts';
import type { Output } from './config/output.ts';
import { runExplain } from './explain.ts';
import { runReplay } from './replay.ts';

let directory: string;
const file = (name: string): string => path.join(directory, name);

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'recordings-'));
  const segment = new RecordedSegment();
  const a = segment.recorded('a', configuration([router({ priority: 150 })]), '192.0.2.1');
  const b = segment.recorded('b', configuration([router()]), '192.0.2.2');
  segment.pass(seconds(20));
  segment.passes = () => false;
  segment.pass(seconds(20));
  writeFileSync(file('a'), segment.text(a));
  writeFileSync(file('b'), segment.text(b));
  writeFileSync(file('changed'), segment.text(b).replace(/^\[(3[0-9.]+),0,\d+\]$/m, '[$1,0,12345]'));
  writeFileSync(file('other'), segment.text(b).replace('"batches":', '"bunches":'));
  writeFileSync(file('nothing'), 'nothing\n');
});

afterAll(() => rmSync(directory, { recursive: true }));

async function run(
  command: (words: readonly string[], output: Output) => Promise<number>,
  ...words: readonly string[]
): Promise<{ readonly status: number; readonly said: string; readonly told: string }> {
  let said = '';
  let told = '';
  const output: Output = {
    say: text => {
      said += text;
    },
    tell: line => {
      told += `${line}\n`;
    },
  };
  const status = await command(words, output);
  return { status, said, told };
}

describe('holdfast replay', () => {
  it('tells each decision with its cause, and that the engine decides the same', async () => {
    const { status, said } = await run(runReplay, file('b'));
    expect(status).toBe(0);
    expect(said).toContain('Recorded by Holdfast 0.0.0 on b, process 1');
    expect(said).toContain('    (VI_1) Entering MASTER STATE\n');
    expect(said).toContain('    => VI_1: BACKUP -> MASTER\n       The master-down timer ran out: 3 x 1 s + skew');
    expect(said).toMatch(/The same in all \d+ steps\.\n$/);
    expect(said.match(/an advert came from/g)?.length).toBe(1);
  });

  it('shows every step on demand, between two times', async () => {
    const { said } = await run(runReplay, file('b'), '--all', '--from', '+5s', '--to', '+7.5');
    expect(said.match(/an advert came from 192\.0\.2\.1 on eth0 over IPv4/g)?.length).toBe(3);
  });

  it('is JSON on demand', async () => {
    const { said } = await run(runReplay, file('b'), '--json');
    const lines = said
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({ result: 'same', different: 0, origin: { host: 'b' } });
    expect(lines.some(({ transitions }) => transitions?.[0]?.to === 'master')).toBe(true);
  });

  it('says where the engine decides otherwise', async () => {
    const { status, said } = await run(runReplay, file('changed'), '--quiet');
    expect(status).toBe(1);
    expect(said).toMatch(/Something else in 1 of \d+ steps\. Holdfast 0\.0\.0 recorded it and this is/);
  });

  it('refuses what it cannot read', async () => {
    expect(await run(runReplay, file('nothing'))).toMatchObject({
      status: 2,
      told: expect.stringContaining('this is not a recording of Holdfast'),
    });
    expect(await run(runReplay, file('missing'))).toMatchObject({ status: 2, told: expect.stringContaining('ENOENT') });
    expect(await run(runReplay, file('a'), '--from', 'noon')).toMatchObject({
      status: 2,
      told: expect.stringContaining('"noon" is no time: write 06:12:03.5'),
    });
    expect((await run(runReplay)).status).toBe(2);
    for (const command of [runReplay, runExplain]) {
      expect(await run(command, file('other'))).toMatchObject({
        status: 2,
        told: expect.stringContaining('replay it with Holdfast 0.0.0, which wrote it'),
      });
    }
  });

  it('teaches', async () => {
    const { status, said } = await run(runReplay, '--help');
    expect(status).toBe(0);
    expect(said).toContain('kill -USR1');
  });
});

describe('holdfast explain', () => {
  it('says why an instance is what it is', async () => {
    const { status, said } = await run(runExplain, file('b'), '--instance', 'VI_1', '--at', '+4s');
    expect(status).toBe(0);
    expect(said).toMatch(/^VI_1 on b was BACKUP at /);
    expect((await run(runExplain, file('b'))).said).toMatch(/^VI_1 on b was MASTER at /);
  });

  it('says why two were master', async () => {
    const { status, said } = await run(runExplain, file('a'), file('b'));
    expect(status).toBe(1);
    expect(said).toContain('Two-way partition: neither heard the other.');
    const [moment] = JSON.parse((await run(runExplain, file('a'), file('b'), '--json')).said);
    expect(moment).toMatchObject({ kind: 'two-way', first: { host: 'a' }, second: { host: 'b' } });
    expect((await run(runExplain, file('a'), file('b'), '--at', '+5s')).status).toBe(0);
  });

  it('says what is wrong with the question', async () => {
    expect(await run(runExplain, file('b'), '--instance', 'VI_9')).toMatchObject({
      status: 2,
      told: expect.stringContaining('has no instance VI_9 at that time; it has VI_1'),
    });
    expect((await run(runExplain, file('a'), file('b'), file('a'))).told).toContain('one recording, or two');
    expect((await run(runExplain, file('b'), '--at', '2001-01-01')).told).toContain('begins later');
    expect((await run(runExplain, '--help')).said).toContain('lb1.recording lb2.recording');
  });
});
