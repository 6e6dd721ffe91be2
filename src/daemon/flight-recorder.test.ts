import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Instant, instantFromMicroseconds } from '../base/instant.ts';
import { type Recording, readRecording } from '../engine/recording-file.ts';
import { Replay } from '../engine/recording-replay.ts';
import type { RingLimits } from '../engine/recording-ring.ts';
import { VrrpProcess } from '../engine/vrrp-process.ts';
import { interfaceAddress, link } from '../ports/network.testkit.ts';
import { configuration, router } from '../vrrp/router.testkit.ts';
import { FlightRecorder } from './flight-recorder.ts';

const processOptions = { detail: false, receiveBufferBytes: undefined };

describe('the flight recorder', () => {
  let directory: string;
  let file: string;
  let now: Instant;
  let lines: string[];

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'recorder-'));
    file = path.join(directory, 'x.recording');
    now = instantFromMicroseconds(5_000_000);
    lines = [];
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function start(limits?: RingLimits): FlightRecorder {
    const vrrp = new VrrpProcess(configuration([router()]), processOptions);
    const log = { write: (_level: string, text: string) => void lines.push(text) };
    const recorder = new FlightRecorder({ vrrp, processOptions, log, now: () => now, ...(limits && { limits }) });
    recorder.enable(true);
    recorder.step(now, {
      type: 'resynchronised',
      links: [link(2, 'eth0')],
      addresses: [interfaceAddress(2, '192.0.2.1/24')],
      forwardingLinks: [],
    });
    return recorder;
  }

  function pass(recorder: FlightRecorder, steps: number): void {
    for (let step = 0; step < steps; step++) {
      now = instantFromMicroseconds(now + 1_000_000);
      recorder.step(now, { type: 'advance' });
    }
  }

  function read(): Recording {
    const recording = readRecording(readFileSync(file, 'utf8'));
    if (!recording.ok) throw new Error(recording.reason);
    return recording.value;
  }

  it('writes what replays, for its owner alone, and leaves nothing else', async () => {
    const recorder = start();
    pass(recorder, 20);
    await Promise.all([recorder.write(file, 'signal'), recorder.write(file, 'signal'), recorder.write(file, 'signal')]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['x.recording']);
    const recording = read();
    expect(recording).toMatchObject({ isComplete: true, origin: { reason: 'signal', process: process.pid } });
    expect([...new Replay(recording).run()].map(({ verdict }) => verdict)).toEqual(Array(21).fill('same'));
    expect(lines[0]).toBe(`Wrote the flight recording ${file}: holdfast replay ${file}`);
  });

  it('is written at once when the process breaks, with the step that broke it', () => {
    const recorder = start();
    pass(recorder, 5);
    expect(() => recorder.step(now, { type: 'link-changed', link: undefined as never })).toThrow(TypeError);
    recorder.writeNow(file, 'crash: TypeError');
    const steps = [...new Replay(read()).run()];
    expect(steps.at(-1)).toMatchObject({ verdict: 'failed', step: { type: 'link-changed' } });
  });

  it('goes on in a new segment at the latest when one is full, and sooner when nothing is due', async () => {
    const recorder = start({ segments: 2, stepsPerSegment: 16, bytesPerSegment: 100_000 });
    pass(recorder, 13);
    await new Promise(setImmediate);
    pass(recorder, 60);
    await recorder.write(file, 'signal');
    const { forgotten, steps } = read();
    expect(forgotten + steps.length).toBe(74);
    expect(forgotten % 16).not.toBe(0);
    expect(steps.length).toBeLessThanOrEqual(32);
    expect([...new Replay(read()).run()].every(({ verdict }) => verdict === 'same')).toBe(true);
  });

  it('says why it cannot write, and writes nothing when it is off', async () => {
    const recorder = start();
    await recorder.write(path.join(directory, 'missing', 'x'), 'signal');
    expect(lines).toEqual([`Cannot write ${path.join(directory, 'missing', 'x')}: ENOENT`]);
    recorder.enable(false);
    now = instantFromMicroseconds(now + 1_000);
    recorder.step(now, { type: 'advance' });
    await recorder.write(file, 'signal');
    recorder.writeNow(file, 'crash');
    expect(readdirSync(directory)).toEqual([]);
  });
});
