import { readdirSync } from 'node:fs';
import type { Duration } from '../base/duration.ts';
import type { ProcessScheduler, SchedulingRefusal, SchedulingWish } from '../ports/scheduling.ts';
import { errno, errorWords, lastErrno, libcFunction } from './libc.ts';
import { lockMemory, unlockMemory } from './memory-lock.ts';
import { setNiceness } from './niceness.ts';
import { type ResourceLimit, resourceLimit, setResourceLimit } from './resource-limit.ts';
import {
  policy,
  resetOnFork,
  type SchedAttributes,
  schedAttributesOf,
  setSchedAttributes,
} from './sched-attributes.ts';
import { setNicenessOfPrograms } from './spawn.ts';

const setAffinity = libcFunction<(thread: number, size: number, mask: Uint8Array) => number>(
  'int sched_setaffinity(int thread, size_t size, const void *mask)',
);
const getAffinity = libcFunction<(thread: number, size: number, mask: Uint8Array) => number>(
  'int sched_getaffinity(int thread, size_t size, void *mask)',
);

/** Bytes of a set of processors: 65,536 of them. */
const maskBytes = 8_192;

interface Started {
  readonly attributes: SchedAttributes | undefined;
  readonly processors: Uint8Array;
  readonly realTimeLimit: ResourceLimit;
}

/**
 * All threads of this process: the main one waits for those that collect garbage, so they must not wait for others. What it has not
 * changed itself it leaves alone: who started the process may have given it a policy of its own.
 */
export class LinuxScheduler implements ProcessScheduler {
  readonly #started: Started;
  #isRealTime = false;
  #hasNiceness = false;
  #hasProcessors = false;
  #hasLocked = false;

  constructor() {
    const processors = new Uint8Array(maskBytes);
    const attributes = schedAttributesOf(0);
    getAffinity(0, maskBytes, processors);
    this.#started = { attributes, processors, realTimeLimit: resourceLimit('rttime') };
  }

  apply(wish: SchedulingWish): readonly SchedulingRefusal[] {
    const refusals: SchedulingRefusal[] = [];
    const note = (what: SchedulingRefusal['what'], error: string | undefined): void => {
      if (error !== undefined) refusals.push({ what, error });
    };
    if (wish.policy.type === 'real-time') this.#makeRealTime(wish.policy, note);
    else {
      if (this.#isRealTime) this.#makeOrdinary(note);
      this.#setNiceness(wish.policy.niceness, note);
    }
    this.#setProcessors(wish.processors, note);
    if (wish.memoryLocked) {
      // Once is for all that comes.
      const error = this.#hasLocked ? undefined : lockMemory();
      this.#hasLocked = error === undefined;
      note('memory', error);
    } else if (this.#hasLocked) {
      unlockMemory();
      this.#hasLocked = false;
    }
    return refusals;
  }

  #makeRealTime({ priority, limit }: { priority: number; limit: Duration }, note: Note): void {
    const error = ofAllThreads(thread => {
      const now = schedAttributesOf(thread);
      // Niceness is kept beside it, for the time after.
      const niceness = now?.niceness ?? 0;
      return setSchedAttributes(thread, {
        policy: policy.roundRobin,
        flags: resetOnFork,
        niceness,
        priority,
        runtime: 0n,
      });
    });
    note('real-time', error);
    if (error !== undefined) return;
    this.#isRealTime = true;
    // The first half passes with a signal.
    const hard = BigInt(limit);
    const isSet = setResourceLimit('rttime', { soft: hard / 2n, hard });
    note('real-time-limit', isSet ? undefined : errorWords(lastErrno()));
  }

  #makeOrdinary(note: Note): void {
    const { attributes, realTimeLimit } = this.#started;
    if (!attributes) return;
    const main = process.pid;
    // Only the main thread has asked for turns of its own.
    const error = ofAllThreads(thread =>
      setSchedAttributes(thread, thread === main ? attributes : { ...attributes, runtime: 0n }),
    );
    note('real-time', error);
    if (error !== undefined) return;
    this.#isRealTime = false;
    const isSet = setResourceLimit('rttime', realTimeLimit);
    note('real-time-limit', isSet ? undefined : errorWords(lastErrno()));
  }

  #setNiceness(wanted: number | undefined, note: Note): void {
    const original = this.#started.attributes?.niceness ?? 0;
    if (wanted === undefined && !this.#hasNiceness) return;
    const niceness = wanted ?? original;
    const error = ofAllThreads(thread => setNiceness(thread, niceness));
    note('niceness', error);
    if (error !== undefined) return;
    this.#hasNiceness = wanted !== undefined;
    setNicenessOfPrograms(this.#hasNiceness ? { own: niceness, theirs: original } : undefined);
  }

  #setProcessors(wanted: readonly number[] | undefined, note: Note): void {
    if (wanted === undefined && !this.#hasProcessors) return;
    const mask = wanted ? maskOf(wanted) : this.#started.processors;
    const error = ofAllThreads(thread => setAffinity(thread, mask.length, mask) === 0);
    note('processors', error);
    if (error === undefined) this.#hasProcessors = wanted !== undefined;
  }
}

type Note = (what: SchedulingRefusal['what'], error: string | undefined) => void;

function maskOf(processors: readonly number[]): Uint8Array {
  const mask = new Uint8Array(maskBytes);
  for (const number of processors) mask[number >> 3]! |= 1 << (number & 7);
  return mask;
}

/** The main thread first; where it is refused, the others are not asked. A thread that has just ended does not matter. */
function ofAllThreads(set: (thread: number) => boolean): string | undefined {
  const others = readdirSync('/proc/self/task').map(Number);
  for (const thread of [process.pid, ...others.filter(each => each !== process.pid)]) {
    if (set(thread)) continue;
    const error = lastErrno();
    if (error !== errno.ESRCH) return errorWords(error);
  }
  return undefined;
}
