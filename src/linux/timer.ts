import type { Instant } from '../base/instant.ts';
import { allocate, check, closeDescriptor, libcFunction } from './libc.ts';
import { order, type Poller, type Watch } from './poller.ts';

const timerfdCreate = libcFunction<(clock: number, flags: number) => number>(
  'int timerfd_create(int clock, int flags)',
);
const timerfdSetTime = libcFunction<(fd: number, flags: number, value: Uint8Array, old: null) => number>(
  'int timerfd_settime(int fd, int flags, void *value, void *old)',
);
const read = libcFunction<(fd: number, buffer: Uint8Array, count: number) => number>(
  'intptr_t read(int fd, void *buffer, size_t count)',
);

const monotonic = 1;
const absolute = 1;
const nonBlockingCloseOnExec = 0o2004000;

/** One deadline on a timerfd: exact to some ten microseconds, where Node's own timers have a grain of one millisecond. */
export class DeadlineTimer {
  readonly #descriptor: number;
  readonly #watch: Watch;
  /** struct itimerspec: interval and value, each seconds and nanoseconds. */
  readonly #value = allocate(32);
  readonly #expirations = allocate(8);
  #armed: Instant | undefined;
  #closed = false;
  /** The poller's turn. */
  #armedIn = -1;
  readonly #poller: Poller;

  constructor(poller: Poller, expired: () => void) {
    this.#poller = poller;
    this.#descriptor = check(timerfdCreate(monotonic, nonBlockingCloseOnExec), 'create', 'timer');
    this.#watch = poller.watch(this.#descriptor, 'readable', order.deadline, () => {
      // Set again since epoll looked: what it saw is past.
      if (this.#armedIn === poller.turn) return;
      this.#armed = undefined;
      expired();
      // Setting it anew has made it unreadable; else this does.
      if (this.#armed === undefined && !this.#closed) read(this.#descriptor, this.#expirations.bytes, 8);
    });
  }

  /** Replaces the deadline; one that has passed expires at once, undefined never. */
  arm(deadline: Instant | undefined): void {
    if (deadline === this.#armed) return;
    this.#armed = deadline;
    this.#armedIn = this.#poller.turn;
    let seconds = 0;
    let nanoseconds = 0;
    if (deadline !== undefined) {
      // Up, never down: a timer that fires early finds nothing due. Zero would disarm it.
      const microseconds = Math.max(1, Math.ceil(deadline));
      seconds = Math.floor(microseconds / 1_000_000);
      nanoseconds = (microseconds - seconds * 1_000_000) * 1_000;
    }
    this.#value.view.setUint32(16, seconds, true);
    this.#value.view.setUint32(24, nanoseconds, true);
    check(timerfdSetTime(this.#descriptor, absolute, this.#value.bytes, null), 'set', 'timer');
  }

  close(): void {
    this.#closed = true;
    this.#watch.stop();
    closeDescriptor(this.#descriptor);
  }
}
