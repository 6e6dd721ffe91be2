import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { type Instant, instantFromMicroseconds } from '../base/instant.ts';
import { ip } from '../base/ip-address.testkit.ts';
import { checkAdvertisement } from '../vrrp/receive-checks.ts';
import { deed, follow, password, RandomRun, variantOf } from './recording.testkit.ts';
import { type RecordingOrigin, readRecording, recordingText } from './recording-file.ts';
import { Redaction } from './recording-redaction.ts';
import { Replay } from './recording-replay.ts';
import { RecordingRing, type RingLimits } from './recording-ring.ts';
import type { VrrpProcess } from './vrrp-process.ts';

const clock = (instant: Instant) => ({ instant, epochMicroseconds: 1_700_000_000_000_000 + instant });
const origin: RecordingOrigin = {
  product: '0.0.0',
  commit: undefined,
  host: 'one',
  process: 1,
  reason: 'signal',
  written: clock(instantFromMicroseconds(0)),
  options: { detail: true, receiveBufferBytes: undefined },
};

function record(engine: VrrpProcess, limits: RingLimits): RecordingRing {
  const ring = new RecordingRing(limits, clock(instantFromMicroseconds(0)), engine.checkpoint());
  follow(
    engine,
    (now, step) => {
      if (ring.wantsCheckpoint === 'now') ring.begin(clock(now), engine.checkpoint());
      ring.take(now, step);
    },
    effects => ring.answered(effects),
  );
  return ring;
}

const textOf = (ring: RecordingRing): string => [...recordingText(origin, ring.contents())].join('');

function read(text: string) {
  const recording = readRecording(text);
  if (!recording.ok) throw new Error(recording.reason);
  return recording.value;
}

const usual: RingLimits = { segments: 4, stepsPerSegment: 1_000, bytesPerSegment: 1_000_000 };
const tiny: RingLimits = { segments: 2, stepsPerSegment: 40, bytesPerSegment: 8_000 };
/** More on request: HOLDFAST_RUNS=1000. */
const runs = Number(process.env['HOLDFAST_RUNS'] ?? 20);

const passwordText = new TextDecoder().decode(password);
const hexadecimal = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('a recording', () => {
  it('replays to the same effects and the same state, its secrets replaced, whatever happened', () => {
    let forgotten = 0;
    fc.assert(
      fc.property(
        variantOf,
        fc.constantFrom(usual, tiny),
        fc.array(deed, { minLength: 5, maxLength: 25 }),
        (variant, limits, deeds) => {
          const run = new RandomRun(variant, 150);
          const ring = record(run.first.engine, limits);
          for (const each of deeds) run.perform(each);
          run.perform({ type: 'pass', milliseconds: 3_000 });
          const text = textOf(ring);
          expect(text).not.toContain(hexadecimal(password));
          expect(text).not.toContain(passwordText);
          const recording = read(text);
          expect(recording.isComplete).toBe(true);
          const replay = new Replay(recording);
          for (const { verdict, step, place } of replay.run()) {
            if (verdict !== 'same') expect.fail(`step ${place} (${step.type}) of the replay is ${verdict}`);
          }
          const redacted = new Redaction().checkpoint(run.first.engine.checkpoint());
          expect(JSON.parse(JSON.stringify(new Redaction().checkpoint(replay.vrrp.checkpoint())))).toEqual(
            JSON.parse(JSON.stringify(redacted)),
          );
          forgotten += recording.forgotten;
        },
      ),
      { numRuns: runs, endOnFailure: true },
    );
    expect(forgotten).toBeGreaterThan(0);
  }, 60_000);

  it('keeps a packet that repeats itself once', () => {
    const run = new RandomRun(0, 90);
    const ring = record(run.first.engine, usual);
    run.perform({ type: 'pass', milliseconds: 30_000 });
    const lines = textOf(ring).split('\n');
    expect(lines.filter(line => line.includes('"packet-received"')).length).toBeLessThan(10);
    expect(lines.filter(line => /^\[[\d.]+,\d+\]$/.test(line)).length).toBeGreaterThan(30);
  });

  it('tells where a replay goes another way', () => {
    const run = new RandomRun(0, 90);
    const ring = record(run.first.engine, usual);
    run.perform({ type: 'pass', milliseconds: 10_000 });
    const recording = read(textOf(ring));
    const place = recording.steps.findIndex(({ hash }, index) => index > 20 && hash !== 0);
    const steps = recording.steps.map((each, index) => (index === place ? { ...each, hash: 4711 } : each));
    const different = [...new Replay({ ...recording, steps }).run()].filter(({ verdict }) => verdict !== 'same');
    expect(different.map(each => each.place)).toEqual([place]);
  });

  it('has the step in which the process ended', () => {
    const run = new RandomRun(0, 90);
    const ring = record(run.first.engine, usual);
    run.perform({ type: 'pass', milliseconds: 5_000 });
    ring.take(run.segment.now, { type: 'link-removed', index: 2 });
    const steps = [...new Replay(read(textOf(ring))).run()];
    expect(steps.at(-1)).toMatchObject({ verdict: 'unanswered', step: { type: 'link-removed' } });
  });

  it('is read as far as it goes when its end is missing, and refused when it is damaged or too new', () => {
    const run = new RandomRun(0, 90);
    const ring = record(run.first.engine, usual);
    run.perform({ type: 'pass', milliseconds: 10_000 });
    const text = textOf(ring);
    const whole = read(text);
    const cut = read(text.slice(0, text.length - 60));
    expect(cut.isComplete).toBe(false);
    expect(cut.steps.length).toBeGreaterThan(whole.steps.length - 5);
    expect(readRecording(text.replace('"version":2', '"version":3'))).toMatchObject({
      reason: expect.stringContaining('Holdfast 0.0.0 wrote it in format 3, and this Holdfast reads format 2'),
    });
    expect(readRecording('{}\n')).toMatchObject({ reason: 'this is not a recording of Holdfast' });
    expect(readRecording('')).toMatchObject({ ok: false });
    expect(readRecording(text.split('\n')[0]!)).toMatchObject({ reason: expect.stringContaining('cut off') });
    const damaged = text.split('\n').with(10, '[1,');
    expect(readRecording(damaged.join('\n'))).toMatchObject({ reason: expect.stringContaining('line 11 is damaged') });
  });
});

describe('the ring', () => {
  it('holds no more than it may, and always begins with a checkpoint', () => {
    const run = new RandomRun(0, 150);
    const ring = record(run.first.engine, tiny);
    run.perform({ type: 'pass', milliseconds: 120_000 });
    const { segments, forgotten } = ring.contents();
    expect(segments.length).toBe(2);
    for (const { steps } of segments) expect(steps.length).toBeLessThanOrEqual(40);
    expect(forgotten).toBeGreaterThan(100);
  });

  it('does not grow by a flood of packets of which none is like another', () => {
    const run = new RandomRun(0, 150);
    const ring = record(run.first.engine, { segments: 3, stepsPerSegment: 10_000, bytesPerSegment: 20_000 });
    for (let packet = 0; packet < 2_000; packet++) {
      const payload = new Uint8Array(40).fill(packet & 255).fill(packet >> 8, 20);
      const envelope = { channel: '4:eth0', linkIndex: 2, destination: ip('224.0.0.18'), ttl: 255 };
      run.first.receive({ type: 'packet-received', ...envelope, source: ip('192.0.2.9'), payload });
    }
    const kept = ring.contents().segments.reduce((sum, { steps }) => sum + steps.length, 0);
    expect(kept).toBeLessThanOrEqual(3 * 60);
    expect(kept).toBeGreaterThan(60);
    expect([...new Replay(read(textOf(ring))).run()].every(({ verdict }) => verdict === 'same')).toBe(true);
  });
});

describe('what is secret', () => {
  const packet = (payload: Uint8Array, source = '192.0.2.9') =>
    ({
      type: 'packet-received',
      channel: '4:eth0',
      linkIndex: 2,
      source: ip(source),
      destination: ip('224.0.0.18'),
      ttl: 255,
      payload,
    }) as const;
  const expectation = (bytes: Uint8Array) =>
    ({
      version: 2,
      vrid: 51,
      priority: 100,
      interval: seconds(1),
      authentication: { type: 'password', bytes },
      addresses: [ip('192.0.2.100')],
      destination: { type: 'multicast', group: ip('224.0.0.18') },
      checksumWithoutPseudoHeader: false,
      skipAddressCheck: false,
      ownerIgnoreAdverts: false,
      ownSource: undefined,
    }) as const;
  /** Version 2, VRID 51, one address, the password, a right checksum. */
  function advert(secret: Uint8Array): Uint8Array {
    const bytes = Uint8Array.of(0x21, 51, 150, 1, 1, 1, 0, 0, 192, 0, 2, 100, ...secret);
    let sum = 0;
    for (let place = 0; place < bytes.length; place += 2) sum += (bytes[place]! << 8) | bytes[place + 1]!;
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    bytes.set([(~sum >> 8) & 0xff, ~sum & 0xff], 6);
    return bytes;
  }

  it('keeps every verdict on every packet, damaged ones too, and never survives in it', () => {
    const wrong = new TextEncoder().encode('falsch!!');
    const { configuration } = new RandomRun(0, 100).first.engine;
    const damage = fc.array(fc.tuple(fc.nat(30), fc.nat(255)), { maxLength: 3 });
    fc.assert(
      fc.property(fc.boolean(), damage, fc.integer({ min: -8, max: 6 }), (knows, changes, longer) => {
        const good = advert(knows ? password : wrong);
        const bytes = new Uint8Array(good.length + longer);
        bytes.set(good.subarray(0, bytes.length));
        for (const [place, value] of changes) if (place < bytes.length) bytes[place] = value;
        const redaction = new Redaction();
        const replaced = redaction.step(packet(bytes));
        const configured = redaction.configuration(configuration);
        const authentication = configured.instances[0]!.authentication;
        if (replaced.type !== 'packet-received' || authentication.type !== 'password') throw new Error('lost');
        const verdict = (payload: Uint8Array, secret: Uint8Array) => {
          const result = checkAdvertisement({ ...packet(payload), family: 4 }, expectation(secret));
          return result.ok ? 'ok' : result.reason;
        };
        expect(verdict(replaced.payload, authentication.bytes)).toBe(verdict(bytes, password));
        for (const secret of [password, wrong]) {
          for (let start = 0; start + 3 <= secret.length; start++) {
            expect(hexadecimal(replaced.payload)).not.toContain(hexadecimal(secret.subarray(start, start + 3)));
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
