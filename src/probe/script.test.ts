import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../base/duration.ts';
import type { ProbeSpec } from '../ports/probe.ts';
import { startProbeStage } from './prober.testkit.ts';

const stage = startProbeStage();
const folder = mkdtempSync(path.join(tmpdir(), 'probe-script-'));
afterAll(() => {
  stage.close();
  rmSync(folder, { recursive: true });
});

function script(text: string, more: Partial<Extract<ProbeSpec, { type: 'script' }>> = {}): ProbeSpec {
  const command = { type: 'shell', text, extraArguments: [] } as const;
  return {
    type: 'script',
    script: { command, identity: undefined, text },
    timeout: seconds(20),
    dynamic: false,
    ...more,
  };
}

function isRunning(pidFile: string): boolean {
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

describe('the exit status', () => {
  it.each([
    [0, false, undefined],
    [1, false, { type: 'exit-status', status: 1 }],
    [2, false, { type: 'exit-status', status: 2 }],
    [0, true, undefined],
    [1, true, { type: 'exit-status', status: 1 }],
    [2, true, undefined],
    [255, true, undefined],
  ])('%i with dynamic %s', async (status, dynamic, failure) => {
    expect(await stage.probe(script(`exit ${status}`, { dynamic }))).toMatchObject({ status, failure });
  });
});

it('a signal is a failure', async () => {
  expect(await stage.probe(script('kill -9 $$'))).toMatchObject({
    failure: { type: 'signal', signal: 9 },
    status: undefined,
  });
});

it('what cannot be started is told', async () => {
  const command = { type: 'program', argv: ['/nowhere/check'] } as const;
  const spec = script('', { script: { command, identity: undefined, text: '/nowhere/check' } });
  expect(await stage.probe(spec)).toMatchObject({ failure: { type: 'not-started', error: 'ENOENT' } });
});

describe('a script that takes too long', () => {
  it('is ended with all it has started', async () => {
    const pidFile = path.join(folder, 'child');
    const result = await stage.probe(script(`sleep 1000 & echo $! > ${pidFile}; wait`, { timeout: milliseconds(500) }));
    expect(result.failure).toEqual({ type: 'timeout', during: 'script' });
    await expect.poll(() => isRunning(pidFile), { timeout: 10_000 }).toBe(false);
  });

  it('is killed if it does not listen', async () => {
    const pidFile = path.join(folder, 'stubborn');
    const text = `echo $$ > ${pidFile}; trap '' TERM; while :; do sleep 0.05; done`;
    const result = await stage.probe(script(text, { timeout: milliseconds(500) }));
    expect(result.failure).toEqual({ type: 'timeout', during: 'script' });
    await expect.poll(() => isRunning(pidFile), { timeout: 10_000 }).toBe(false);
  });

  it('has failed even if it says at last that all is well', async () => {
    const result = await stage.probe(
      script(`trap 'exit 0' TERM; while :; do sleep 0.05; done`, { timeout: milliseconds(500) }),
    );
    expect(result.failure).toEqual({ type: 'timeout', during: 'script' });
  });
});

it('a cancelled script is ended and not reported', async () => {
  const pidFile = path.join(folder, 'cancelled');
  let reported = false;
  stage.prober.start(-1, script(`echo $$ > ${pidFile}; sleep 1000`), () => {
    reported = true;
  });
  await expect.poll(() => existsSync(pidFile) && isRunning(pidFile), { timeout: 10_000 }).toBe(true);
  stage.prober.cancel(-1);
  await expect.poll(() => isRunning(pidFile), { timeout: 10_000 }).toBe(false);
  expect(reported).toBe(false);
  expect(stage.prober.count).toBe(0);
});
