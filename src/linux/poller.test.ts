import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { instantFromMicroseconds } from '../base/instant.ts';
import { now } from './clock.ts';
import { closeDescriptor, libcFunction } from './libc.ts';
import { type Order, order, Poller, type Watch } from './poller.ts';
import { DeadlineTimer } from './timer.ts';

const eventfd = libcFunction<(value: number, flags: number) => number>('int eventfd(unsigned int value, int flags)');
const readDescriptor = libcFunction<(fd: number, buffer: Uint8Array, count: number) => number>(
  'intptr_t read(int fd, void *buffer, size_t count)',
);
const writeDescriptor = libcFunction<(fd: number, buffer: Uint8Array, count: number) => number>(
  'intptr_t write(int fd, const void *buffer, size_t count)',
);
const nonBlocking = 0o4000;
const one = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0);

describe('Poller', () => {
  const poller = new Poller();
  const open: { descriptor: number; watch: Watch }[] = [];
  const calls: string[] = [];
  const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
  const event = (name: string, place: Order, handler: (descriptor: number) => void = () => {}): number => {
    const descriptor = eventfd(0, nonBlocking);
    const watch = poller.watch(descriptor, 'readable', place, () => {
      calls.push(name);
      readDescriptor(descriptor, new Uint8Array(8), 8);
      handler(descriptor);
    });
    open.push({ descriptor, watch });
    return descriptor;
  };
  const raise = (descriptor: number): void => void writeDescriptor(descriptor, one, 8);

  afterEach(() => {
    for (const { descriptor, watch } of open.splice(0)) {
      watch.stop();
      closeDescriptor(descriptor);
    }
    calls.length = 0;
  });
  afterAll(() => poller.close());

  it('calls the handler of a descriptor that is ready, and only then', async () => {
    const first = event('first', order.events);
    event('second', order.events);
    await turn();
    raise(first);
    expect(calls).toEqual([]);
    await turn();
    await turn();
    expect(calls).toEqual(['first']);
  });

  it('takes waiting packets before the deadline, and the deadline before other events', async () => {
    const descriptors = [
      event('event', order.events),
      event('deadline', order.deadline),
      event('packet one', order.packets),
      event('packet two', order.packets),
    ];
    descriptors.forEach(raise);
    await turn();
    await turn();
    expect(calls).toEqual(['packet one', 'packet two', 'deadline', 'event']);
  });

  it('calls again while something is left', async () => {
    const descriptor = eventfd(3, nonBlocking);
    let count = 0;
    const watch = poller.watch(descriptor, 'readable', order.events, () => {
      count += 1;
    });
    open.push({ descriptor, watch });
    for (let round = 0; round < 10 && count < 3; round++) await turn();
    expect(count).toBeGreaterThanOrEqual(3);
  });

  it('calls no handler that another one has stopped in the same turn', async () => {
    const first = event('first', order.packets, () => open[1]!.watch.stop());
    const second = event('second', order.events);
    raise(first);
    raise(second);
    await turn();
    await turn();
    expect(calls).toEqual(['first']);
  });

  it('watches a descriptor for writing', async () => {
    const descriptor = eventfd(0, nonBlocking);
    const watch = poller.watch(descriptor, 'writable', order.events, () => {
      calls.push('writable');
      watch.stop();
    });
    open.push({ descriptor, watch });
    await turn();
    await turn();
    expect(calls).toEqual(['writable']);
  });

  it('refuses a descriptor that is not open', () => {
    expect(() => poller.watch(9_999, 'readable', order.events, () => {})).toThrow(
      expect.objectContaining({ name: 'KernelError', code: 'EBADF', operation: 'watch' }),
    );
  });

  it('watches more descriptors than fit into one turn', async () => {
    const descriptors = Array.from({ length: 600 }, (_, index) => event(`${index}`, order.events));
    descriptors.forEach(raise);
    for (let round = 0; round < 20; round++) await turn();
    expect(new Set(calls).size).toBe(600);
    expect(calls).toHaveLength(600);
  });

  it('lets promises and next ticks run before the loop waits again', async () => {
    const seen: string[] = [];
    await new Promise<void>(resolve => {
      const timer = new DeadlineTimer(poller, () => {
        seen.push('turn');
        if (seen.length > 1) {
          timer.close();
          resolve();
          return;
        }
        process.nextTick(() => seen.push('tick'));
        void Promise.resolve().then(() => seen.push('promise'));
        timer.arm(instantFromMicroseconds(now() + 5_000));
      });
      timer.arm(instantFromMicroseconds(now() + 5_000));
    });
    expect(seen).toEqual(['turn', 'tick', 'promise', 'turn']);
  });

  it('takes a timer that is set anew in the very turn in which it expires for one that has not expired', async () => {
    let expired = 0;
    const timer = new DeadlineTimer(poller, () => {
      expired += 1;
    });
    const raw = event('packet', order.packets, () => timer.arm(instantFromMicroseconds(now() + 50_000)));
    raise(raw);
    timer.arm(instantFromMicroseconds(1));
    const before = now();
    while (expired === 0) await turn();
    expect(now() - before).toBeGreaterThanOrEqual(50_000);
    expect(expired).toBe(1);
    timer.close();
  });

  it('keeps a timer that was disarmed from expiring', async () => {
    let expired = 0;
    const timer = new DeadlineTimer(poller, () => {
      expired += 1;
    });
    timer.arm(instantFromMicroseconds(1));
    timer.arm(undefined);
    for (let round = 0; round < 10; round++) await turn();
    expect(expired).toBe(0);
    timer.arm(now());
    for (let round = 0; round < 100_000 && expired === 0; round++) await turn();
    expect(expired).toBe(1);
    const deadline = instantFromMicroseconds(now() + 2_000.25);
    timer.arm(deadline);
    for (let round = 0; round < 1_000_000 && expired === 1; round++) await turn();
    expect(expired).toBe(2);
    // Never early, or an engine would find nothing due.
    expect(now()).toBeGreaterThanOrEqual(deadline);
    timer.arm(instantFromMicroseconds(0));
    for (let round = 0; round < 100_000 && expired === 2; round++) await turn();
    expect(expired).toBe(3);
    timer.close();
  });
});
