import koffi from 'koffi';
import { allocate, check, closeDescriptor, libcFunction } from './libc.ts';

const epollCreate = libcFunction<(flags: number) => number>('int epoll_create1(int flags)');
const epollControl = libcFunction<(epoll: number, operation: number, fd: number, event: Uint8Array | null) => number>(
  'int epoll_ctl(int epfd, int op, int fd, void *event)',
);
const epollWait = libcFunction<(epoll: number, events: Uint8Array, maximum: number, timeout: number) => number>(
  'int epoll_wait(int epfd, void *events, int maxevents, int timeout)',
);

const closeOnExec = 0o2000000;
const control = { add: 1, delete: 2, modify: 3 } as const;
const readableBit = 0x1;
const writableBit = 0x4;
/** EPOLLERR and EPOLLHUP. */
const failedBits = 0x18;
// Only x86-64 packs struct epoll_event.
const eventSize = process.arch === 'x64' ? 12 : 16;
const dataOffset = eventSize - 8;
const eventsPerTurn = 256;

/**
 * Which of the descriptors that are ready together goes first: an advertisement that waits in its socket is read before
 * the deadline that its absence would mean is judged.
 */
export const order = { packets: 0, deadline: 1, events: 2 } as const;
export type Order = (typeof order)[keyof typeof order];
const orders: readonly Order[] = [order.packets, order.deadline, order.events];

/**
 * Node 26 leaves promises and next ticks alone after a call from native code; an immediate brings them into the same turn,
 * at the price of two system calls. Node 20 needs none.
 */
const leavesPromisesAlone = !process.versions.node.startsWith('20.');
const nothing = (): void => {};

/** `failed`: the descriptor has an error waiting, or its peer is gone. */
export type Ready = (failed: boolean) => void;

export interface Watch {
  readonly descriptor: number;
  /** The same descriptor for something else, from now on: one system call instead of two. */
  become(what: 'readable' | 'writable', handler: Ready): void;
  /** No call of the handler after this one. The descriptor may be closed afterwards, not before. */
  stop(): void;
}

interface Watched {
  readonly order: Order;
  handler: Ready;
}

/**
 * Readiness of any descriptor, told on the main thread by Node's own event loop. All descriptors sit in one epoll set of
 * ours, and libuv watches that set as a single handle: a descriptor more costs one system call, no native memory, and
 * order among those that are ready is ours to choose. Level-triggered: a handler may read as little as it likes and is
 * called again on the next turn.
 */
export class Poller {
  readonly #epoll: number;
  readonly #handle: ReturnType<typeof koffi.node.poll>;
  readonly #events = allocate(eventSize * eventsPerTurn);
  readonly #event = allocate(eventSize);
  readonly #watched = new Map<number, Watched>();
  #broken = false;
  #turnNumber = 0;

  constructor() {
    this.#epoll = check(epollCreate(closeOnExec), 'create', 'epoll set');
    this.#handle = koffi.node.poll(this.#epoll, { readable: true }, () => this.#turn());
    // The loop lives as long as something is watched, not because there could be.
    this.#handle.unref();
  }

  /** Counts the times that handlers were called; between two of them nobody knows what is ready. */
  get turn(): number {
    return this.#turnNumber;
  }

  /** Calls the handler whenever the descriptor is ready, or has failed. */
  watch(descriptor: number, what: 'readable' | 'writable', place: Order, handler: Ready): Watch {
    this.#control(control.add, descriptor, what);
    const watched: Watched = { order: place, handler };
    this.#watched.set(descriptor, watched);
    if (this.#watched.size === 1) this.#handle.ref();
    let stopped = false;
    return {
      descriptor,
      become: (next, nextHandler) => {
        if (stopped) return;
        this.#control(control.modify, descriptor, next);
        watched.handler = nextHandler;
      },
      stop: () => {
        if (stopped) return;
        stopped = true;
        epollControl(this.#epoll, control.delete, descriptor, null);
        this.#watched.delete(descriptor);
        if (this.#watched.size === 0) this.#handle.unref();
      },
    };
  }

  #control(operation: number, descriptor: number, what: 'readable' | 'writable'): void {
    const { bytes, view } = this.#event;
    view.setUint32(0, what === 'readable' ? readableBit : writableBit, true);
    view.setInt32(dataOffset, descriptor, true);
    check(epollControl(this.#epoll, operation, descriptor, bytes), 'watch', `descriptor ${descriptor}`);
  }

  close(): void {
    this.#watched.clear();
    this.#handle.close();
    closeDescriptor(this.#epoll);
  }

  /**
   * An exception thrown into native code is lost. It is caught here and thrown again where Node takes it for what it is,
   * the end of the process; until then nothing more is handled, because state that broke must not act.
   */
  #turn(): void {
    if (this.#broken) return;
    if (leavesPromisesAlone) setImmediate(nothing);
    try {
      this.#dispatch();
    } catch (error) {
      this.#broken = true;
      setImmediate(() => {
        throw error;
      });
    }
  }

  #dispatch(): void {
    this.#turnNumber += 1;
    const count = epollWait(this.#epoll, this.#events.bytes, eventsPerTurn, 0);
    if (count === 1) {
      this.#watched.get(this.#descriptorAt(0))?.handler(this.#hasFailedAt(0));
      return;
    }
    for (const place of orders) {
      for (let index = 0; index < count; index++) {
        const watched = this.#watched.get(this.#descriptorAt(index));
        // Gone if an earlier handler of this turn stopped it.
        if (watched?.order === place) watched.handler(this.#hasFailedAt(index));
      }
    }
  }

  #descriptorAt(index: number): number {
    return this.#events.view.getInt32(index * eventSize + dataOffset, true);
  }

  #hasFailedAt(index: number): boolean {
    return (this.#events.view.getUint32(index * eventSize, true) & failedBits) !== 0;
  }
}
