import { type Duration, milliseconds } from '../base/duration.ts';
import { after, earliest, elapsed, type Instant } from '../base/instant.ts';
import { now } from '../linux/clock.ts';
import type { Poller } from '../linux/poller.ts';
import { DeadlineTimer } from '../linux/timer.ts';

/** A timer that is later than this was kept waiting. */
const stall = milliseconds(5);

/** A wait that ends by itself. Either it is cancelled, or it expires once. */
export interface Timeout {
  /** Waits the whole span again, from now. */
  restart(): void;
  cancel(): void;
}

/**
 * Any number of timeouts over one timer of the kernel's. Those of the same span expire in the order in which they were
 * started, so that each span has a queue and starting, restarting and cancelling cost the same however many there are.
 */
export class Timeouts {
  readonly #timer: DeadlineTimer;
  readonly #queues = new Map<Duration, Queue>();
  #armed: Instant | undefined;
  #postponed = false;

  constructor(poller: Poller) {
    this.#timer = new DeadlineTimer(poller, () => this.#expire());
  }

  start(span: Duration, expired: () => void): Timeout {
    const entry = new Entry(this, span, expired);
    this.enqueue(entry);
    return entry;
  }

  /** Waits that have neither expired nor been cancelled. */
  get count(): number {
    let count = 0;
    for (const queue of this.#queues.values()) count += queue.length;
    return count;
  }

  /** No timeout expires any more. */
  close(): void {
    this.#queues.clear();
    this.#timer.close();
  }

  enqueue(entry: Entry): void {
    const queue = this.#queues.get(entry.span) ?? new Queue();
    if (queue.first === undefined) this.#queues.set(entry.span, queue);
    entry.deadline = after(now(), entry.span);
    queue.append(entry);
    // A timer that is set too early for what is left costs one wake-up; setting it for every cancellation costs more.
    if (this.#armed === undefined || entry.deadline < this.#armed) this.#arm(entry.deadline);
  }

  dequeue(entry: Entry): void {
    const queue = this.#queues.get(entry.span);
    queue?.remove(entry);
    if (queue?.first === undefined) this.#queues.delete(entry.span);
  }

  #expire(): void {
    const instant = now();
    const due = this.#armed;
    // This process was busy, and what peers have sent in time may wait in their sockets. The timer queues up behind them.
    if (due !== undefined && elapsed(due, instant) > stall && !this.#postponed) {
      this.#postponed = true;
      this.#arm(instant);
      return;
    }
    this.#postponed = false;
    this.#armed = undefined;
    for (const queue of [...this.#queues.values()]) {
      for (let entry = queue.first; entry && entry.deadline <= instant; entry = queue.first) {
        this.dequeue(entry);
        entry.waiting = false;
        entry.expired();
      }
    }
    let next: Instant | undefined;
    for (const queue of this.#queues.values()) next = earliest(next, queue.first?.deadline);
    if (next !== undefined && (this.#armed === undefined || next < this.#armed)) this.#arm(next);
  }

  #arm(deadline: Instant): void {
    this.#armed = deadline;
    this.#timer.arm(deadline);
  }
}

class Entry implements Timeout {
  readonly span: Duration;
  readonly expired: () => void;
  readonly #owner: Timeouts;
  deadline: Instant = 0 as Instant;
  waiting = true;
  previous: Entry | undefined;
  next: Entry | undefined;

  constructor(owner: Timeouts, span: Duration, expired: () => void) {
    this.#owner = owner;
    this.span = span;
    this.expired = expired;
  }

  restart(): void {
    if (this.waiting) this.#owner.dequeue(this);
    this.waiting = true;
    this.#owner.enqueue(this);
  }

  cancel(): void {
    if (!this.waiting) return;
    this.waiting = false;
    this.#owner.dequeue(this);
  }
}

/** Linked through its entries, earliest deadline first. */
class Queue {
  first: Entry | undefined;
  last: Entry | undefined;
  length = 0;

  append(entry: Entry): void {
    entry.previous = this.last;
    entry.next = undefined;
    if (this.last) this.last.next = entry;
    else this.first = entry;
    this.last = entry;
    this.length += 1;
  }

  remove(entry: Entry): void {
    if (entry.previous) entry.previous.next = entry.next;
    else this.first = entry.next;
    if (entry.next) entry.next.previous = entry.previous;
    else this.last = entry.previous;
    entry.previous = undefined;
    entry.next = undefined;
    this.length -= 1;
  }
}
