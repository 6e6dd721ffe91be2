import { microseconds, milliseconds, zero } from '../base/duration.ts';
import { after, elapsed, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import type { Engine, Lateness } from '../ports/vrrp-world.ts';
import type { Poller } from './poller.ts';
import { DeadlineTimer } from './timer.ts';

export type Precedence = 'first' | 'later' | 'last';

export interface DriverOptions<Input, Effect> {
  readonly engine: Engine<Input, Effect>;
  readonly execute: (effect: Effect) => void;
  readonly now: () => Instant;
  /**
   * When an effect is executed: `first`, which is the default, at once; `later` on the loop's next turn, behind what answers
   * the effects before it; `last` behind all that wait. Effects of the same precedence stay in their order. Log lines can
   * wait for an advert and for what announces an address; the end of the process waits for the log lines.
   */
  readonly precedence?: (effect: Effect) => Precedence;
  /** Sees every input with the instant at which it is handled, before the engine does; for recording. */
  readonly observe?: (now: Instant, input: Input) => void;
  /**
   * For a process that rests for long and must then be exact: it wakes a little before such a deadline, calls this and keeps
   * the processor until the deadline is there. A processor that slept, and code that its caches have forgotten, otherwise
   * cost half a millisecond just when it counts.
   */
  readonly warmUp?: () => void;
}

/** How long before a deadline the process wakes; see warmUp. */
const lead = microseconds(600);
/** Deadlines nearer than this are met while everything is warm. It also bounds the time lost: 0.6 ms of 200, at most. */
const longRest = milliseconds(200);

/**
 * Runs an engine on the event loop: one input at a time, each with its effects executed before the next, one timer for
 * the engine's one deadline. Inputs that arise while effects are executed wait their turn.
 */
export class Driver<Input, Effect> {
  readonly #options: DriverOptions<Input, Effect>;
  readonly #timer: DeadlineTimer;
  readonly #queue: { readonly input: Input; readonly at: Instant | undefined }[] = [];
  /** The latest instant that the engine was told. */
  #latest = instantFromMicroseconds(0);
  /** Effects that can wait; see precedence. */
  readonly #waiting: Effect[] = [];
  /** The deadline before which the timer is set, if it is. */
  #warmUpBefore: Instant | undefined;
  #working = false;
  #closed = false;
  #last = zero;
  #worst = zero;

  constructor(poller: Poller, options: DriverOptions<Input, Effect>) {
    this.#options = options;
    this.#timer = new DeadlineTimer(poller, () => this.#expired());
  }

  /** How late the deadlines were served. */
  get lateness(): Lateness {
    return { last: this.#last, worst: this.#worst };
  }

  /**
   * `at` is when it happened, if that is known. The engine is told so: how late this process was does not move the
   * deadlines that an advertisement starts. Time never goes back for it.
   */
  deliver(input: Input, at?: Instant): void {
    this.#queue.push({ input, at });
    this.#work(false);
  }

  /** Nothing is handled or executed any more but what waited. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#executeWaiting();
    this.#queue.length = 0;
    this.#timer.close();
  }

  #expired(): void {
    const deadline = this.#warmUpBefore;
    if (deadline === undefined) {
      this.#work(true);
      return;
    }
    const { now, warmUp } = this.#options;
    this.#warmUpBefore = undefined;
    warmUp?.();
    while (now() < deadline);
    // The timer expires once more, behind the packets that came meanwhile.
    this.#timer.arm(deadline);
  }

  #work(deadlineReached: boolean): void {
    if (this.#working || this.#closed) return;
    this.#working = true;
    try {
      this.#drain(deadlineReached);
    } catch (error) {
      this.#queue.length = 0;
      // What was to be logged before it broke may be what tells why.
      this.#executeWaiting();
      throw error;
    } finally {
      this.#working = false;
    }
    if (this.#closed) return;
    this.#arm(this.#options.engine.nextDeadline());
    // Only now, so that what the effects asked of the world is answered before.
    if (this.#waiting.length > 0) setImmediate(() => this.#executeWaiting());
  }

  #arm(deadline: Instant | undefined): void {
    if (deadline !== undefined && deadline === this.#warmUpBefore) return;
    const { now, warmUp } = this.#options;
    const early = warmUp && deadline !== undefined && elapsed(now(), deadline) > longRest;
    this.#warmUpBefore = early ? deadline : undefined;
    this.#timer.arm(early ? after(deadline, microseconds(-lead)) : deadline);
  }

  #drain(deadlineReached: boolean): void {
    const { engine, now, observe } = this.#options;
    // Only the timer serves a deadline: when it fires, the packets that were waiting have been read, so that an advert
    // that came in time is never overlooked because this process was late.
    if (deadlineReached) this.#advance(this.#tell(now()));
    for (let index = 0; index < this.#queue.length; index++) {
      const { input, at } = this.#queue[index]!;
      const instant = this.#tell(at ?? now());
      observe?.(instant, input);
      this.#execute(engine.handle(instant, input));
      if (this.#closed) return;
    }
    this.#queue.length = 0;
  }

  #tell(instant: Instant): Instant {
    if (instant > this.#latest) this.#latest = instant;
    return this.#latest;
  }

  #advance(instant: Instant): void {
    const deadline = this.#options.engine.nextDeadline();
    // Moved by an input that was handled after the timer had expired.
    if (deadline === undefined || deadline > instant) return;
    this.#last = elapsed(deadline, instant);
    if (this.#last > this.#worst) this.#worst = this.#last;
    this.#execute(this.#options.engine.advance(instant));
  }

  #execute(effects: readonly Effect[]): void {
    const { execute, precedence } = this.#options;
    for (const effect of effects) {
      const when = precedence?.(effect) ?? 'first';
      if (when === 'later') this.#waiting.push(effect);
      else {
        if (when === 'last') this.#executeWaiting();
        execute(effect);
      }
      if (this.#closed) return;
    }
  }

  #executeWaiting(): void {
    for (const effect of this.#waiting.splice(0)) this.#options.execute(effect);
  }
}
