import { hostname } from 'node:os';
import { type Duration, milliseconds } from '../base/duration.ts';
import { elapsed, type Instant } from '../base/instant.ts';
import { recordingText } from '../engine/recording-file.ts';
import { type ClockReading, RecordingRing, type RingLimits, usualLimits } from '../engine/recording-ring.ts';
import { takeStep, type VrrpStep } from '../engine/recording-step.ts';
import type { VrrpProcess, VrrpProcessOptions } from '../engine/vrrp-process.ts';
import type { Log } from '../ports/log.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import { commit, version } from './version.ts';
import { replaceFile, replaceFileNow } from './write-file.ts';

/** A checkpoint of some thousand addresses takes about a millisecond; it is taken where nothing is due for longer. */
const idle: Duration = milliseconds(20);
/** Nobody but root: a recording tells addresses, names and scripts. */
const fileMode = 0o600;

export interface FlightRecorderOptions {
  readonly vrrp: VrrpProcess;
  /** What `vrrp` was made with. */
  readonly processOptions: VrrpProcessOptions;
  readonly log: Log;
  readonly now: () => Instant;
  readonly limits?: RingLimits;
}

/** Lets steps happen to the engine and remembers the last of them, to be written when somebody asks or all is lost. */
export class FlightRecorder {
  readonly #options: FlightRecorderOptions;
  #ring: RecordingRing | undefined;
  #isLooking = false;
  #writing: Promise<boolean> = Promise.resolve(false);
  #waiting = 0;

  constructor(options: FlightRecorderOptions) {
    this.#options = options;
  }

  /** Begins, or forgets everything. */
  enable(enabled: boolean): void {
    if (enabled) this.#ring ??= this.#newRing();
    else this.#ring = undefined;
  }

  /** The engine's answer to what happens now. */
  step(now: Instant, step: VrrpStep): readonly VrrpEffect[] {
    const { vrrp } = this.#options;
    const ring = this.#ring;
    if (!ring) return takeStep(vrrp, now, step);
    const wanted = ring.wantsCheckpoint;
    if (wanted === 'now') ring.begin(this.#clock(), vrrp.checkpoint());
    else if (wanted === 'soon') this.#lookForIdleness();
    ring.take(now, step);
    const effects = takeStep(vrrp, now, step);
    ring.answered(effects);
    return effects;
  }

  /** Whether it could: writes what is remembered, off the event loop but for turning it into text, a portion at a time. */
  write(file: string, reason: string): Promise<boolean> {
    if (!this.#ring) return Promise.resolve(false);
    // One under way and one behind it will do, whatever bombards us.
    if (this.#waiting >= 2) return this.#writing;
    this.#waiting++;
    this.#writing = this.#writing.then(async () => {
      let isWritten = false;
      try {
        await replaceFile(file, this.portions(reason), fileMode);
        this.#options.log.write('info', `Wrote the flight recording ${file}: holdfast replay ${file}`);
        isWritten = true;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        this.#options.log.write('error', `Cannot write ${file}: ${code ?? message}`);
      }
      this.#waiting--;
      return isWritten;
    });
    return this.#writing;
  }

  /** Writes it at once: this process is about to end. */
  writeNow(file: string, reason: string): void {
    if (this.#ring) replaceFileNow(file, this.portions(reason), fileMode);
  }

  /** The text, a portion at a time, of what is remembered now. */
  portions(reason: string): Iterable<string> {
    const ring = this.#ring;
    if (!ring) return [];
    const { processOptions: options } = this.#options;
    const origin = { product: version, commit, host: hostname(), process: process.pid, reason };
    return recordingText({ ...origin, written: this.#clock(), options }, ring.contents());
  }

  #newRing(): RecordingRing {
    const { limits = usualLimits, vrrp } = this.#options;
    return new RecordingRing(limits, this.#clock(), vrrp.checkpoint());
  }

  #clock(): ClockReading {
    return { instant: this.#options.now(), epochMicroseconds: Date.now() * 1_000 };
  }

  #lookForIdleness(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    setImmediate(() => {
      this.#isLooking = false;
      const { vrrp, now } = this.#options;
      const deadline = vrrp.nextDeadline();
      if (deadline !== undefined && elapsed(now(), deadline) < idle) return;
      if (this.#ring?.wantsCheckpoint === 'soon') this.#ring.begin(this.#clock(), vrrp.checkpoint());
    });
  }
}
