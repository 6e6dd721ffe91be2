import { milliseconds } from '../base/duration.ts';
import { elapsed, type Instant } from '../base/instant.ts';
import { type ClockReading, RecordingRing, type RingContents, usualLimits } from '../engine/recording-ring.ts';
import { takeStep, type VrrpStep } from '../engine/recording-step.ts';
import type { VrrpProcess, VrrpProcessOptions } from '../engine/vrrp-process.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';

/** What one VRRP process of a simulated machine went through, for a recording like the daemon's. */
export interface RecordedLife {
  /** From 1: a machine may see several. */
  readonly number: number;
  readonly contents: RingContents;
  readonly written: ClockReading;
  readonly options: VrrpProcessOptions;
}

interface Life {
  readonly number: number;
  readonly ring: RecordingRing;
  readonly options: VrrpProcessOptions;
  lastReading: ClockReading;
  /** Undefined while it lasts. */
  end: ClockReading | undefined;
}

/** Some hours of adverts; a machine that does not record costs nothing. */
const limits = { ...usualLimits, segments: 64 };
const advance: VrrpStep = { type: 'advance' };
/** A clock that was set, or stood still, is read anew. */
const noticeableStep = milliseconds(1);

/** Lets steps happen to the engines of one machine, and remembers them if it is told to. */
export class NodeRecorder {
  readonly #read: () => ClockReading;
  readonly #lives: Life[] = [];
  #isOn = false;
  #current: Life | undefined;

  constructor(read: () => ClockReading) {
    this.#read = read;
  }

  /** To be called before the machine's first process starts. */
  record(): void {
    this.#isOn = true;
  }

  /** A process begins. */
  begin(vrrp: VrrpProcess, options: VrrpProcessOptions): VrrpProcess {
    if (!this.#isOn) return vrrp;
    const lastReading = this.#read();
    const ring = new RecordingRing(limits, lastReading, vrrp.checkpoint());
    this.#current = { number: this.#lives.length + 1, ring, options, lastReading, end: undefined };
    this.#lives.push(this.#current);
    return vrrp;
  }

  /** It ended, one way or another. */
  end(): void {
    if (this.#current) this.#current.end = this.#read();
    this.#current = undefined;
  }

  /** A deadline is served, unless something else happens. */
  step(vrrp: VrrpProcess, now: Instant, step: VrrpStep = advance): readonly VrrpEffect[] {
    const life = this.#current;
    if (!life) return takeStep(vrrp, now, step);
    const { ring } = life;
    if (ring.wantsCheckpoint !== 'no' || this.#hasMoved(life.lastReading)) {
      life.lastReading = this.#read();
      ring.begin(life.lastReading, vrrp.checkpoint());
    }
    ring.take(now, step);
    const effects = takeStep(vrrp, now, step);
    ring.answered(effects);
    return effects;
  }

  /** Of every process so far. */
  get lives(): readonly RecordedLife[] {
    return this.#lives.map(({ number, ring, options, end }) => ({
      number,
      contents: ring.contents(),
      written: end ?? this.#read(),
      options,
    }));
  }

  #hasMoved(last: ClockReading): boolean {
    const reading = this.#read();
    const moved = reading.epochMicroseconds - last.epochMicroseconds - elapsed(last.instant, reading.instant);
    return Math.abs(moved) > noticeableStep;
  }
}
