import type { Instant } from '../base/instant.ts';
import type { ClockReading } from './recording-ring.ts';

/** Turns instants of a recording into readings of that machine's wall clock and back. */
export class RecordedClock {
  readonly #readings: readonly ClockReading[];

  /** At least one, in order. */
  constructor(readings: readonly ClockReading[]) {
    this.#readings = readings;
  }

  /** Microseconds since 1970. */
  epochOf(instant: number): number {
    const { epochMicroseconds, instant: read } = this.#lastBefore(reading => reading.instant <= instant);
    return epochMicroseconds + (instant - read);
  }

  instantOf(epochMicroseconds: number): Instant {
    const reading = this.#lastBefore(each => each.epochMicroseconds <= epochMicroseconds);
    return (reading.instant + (epochMicroseconds - reading.epochMicroseconds)) as Instant;
  }

  #lastBefore(isBefore: (reading: ClockReading) => boolean): ClockReading {
    return this.#readings.findLast(isBefore) ?? this.#readings[0]!;
  }
}
