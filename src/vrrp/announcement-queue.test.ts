import { expect, it } from 'vitest';
import { type Duration, milliseconds, zero } from '../base/duration.ts';
import { after, instantFromMicroseconds } from '../base/instant.ts';
import { type IpAddress, parseIpAddress } from '../base/ip-address.ts';
import { type Announcement, AnnouncementQueue, type Pacing } from './announcement-queue.ts';

const start = instantFromMicroseconds(0);
const frame = (text: string, owner = 'VI_1', linkIndex = 2): Announcement => ({
  linkIndex,
  address: parseIpAddress(text) as IpAddress,
  owner,
});
const a = frame('192.0.2.1');
const b = frame('192.0.2.2');
const other = frame('192.0.2.3', 'VI_2', 3);
const paced = (gap: Duration): Pacing => ({ laneOf: (linkIndex, family) => ({ name: `${linkIndex} ${family}`, gap }) });
const unpaced = paced(zero);

it('sends every address once before any a second time', () => {
  const queue = new AnnouncementQueue(unpaced);
  queue.enqueue(start, [a, b], 2);
  expect(queue.take(start, 10)).toEqual([a, b, a, b]);
  expect(queue.nextDeadline()).toBeUndefined();
});

it('announces what is new before it repeats what is announced', () => {
  const queue = new AnnouncementQueue(paced(milliseconds(10)));
  const second = frame('192.0.2.9', 'VI_2');
  queue.enqueue(start, [a, b], 3);
  expect(queue.take(start, 10)).toEqual([a]);
  queue.enqueue(start, [second], 2);
  const order: Announcement[] = [];
  for (let at = start; queue.nextDeadline() !== undefined; at = queue.nextDeadline() ?? at) {
    order.push(...queue.take(at, 10));
    // Not one more than pacing allows, whatever comes first.
    expect(queue.take(at, 10)).toEqual([]);
  }
  expect(order).toEqual([b, second, a, b, second, a, b]);
});

it('goes on in the same order after a checkpoint', () => {
  const queue = new AnnouncementQueue(unpaced);
  queue.enqueue(start, [a, b], 2);
  queue.take(start, 1);
  const other = new AnnouncementQueue(unpaced);
  other.restore(
    queue.save(() => 7),
    number => ({ 7: 'VI_1' })[number],
  );
  expect(other.take(start, 10)).toEqual([b, a, b]);
});

it('knows what waits of an owner', () => {
  const queue = new AnnouncementQueue(unpaced);
  queue.enqueue(start, [a, b], 3);
  expect([queue.isFirstWaiting('VI_1'), queue.timesWaiting('VI_1')]).toEqual([true, 3]);
  queue.take(start, 3);
  expect([queue.isFirstWaiting('VI_1'), queue.timesWaiting('VI_1')]).toEqual([false, 2]);
  expect([queue.isFirstWaiting('VI_2'), queue.timesWaiting('VI_2')]).toEqual([false, 0]);
});

it('hands out no more than asked for and is due again at once', () => {
  const queue = new AnnouncementQueue(unpaced);
  queue.enqueue(start, [a, b], 1);
  expect(queue.take(start, 1)).toEqual([a]);
  expect(queue.nextDeadline()).toBe(start);
  expect(queue.take(start, 1)).toEqual([b]);
});

it('keeps the gap between frames on one interface, not between interfaces', () => {
  const queue = new AnnouncementQueue(paced(milliseconds(10)));
  queue.enqueue(start, [a, other], 2);
  expect(queue.take(start, 10)).toEqual([a, other]);
  expect(queue.nextDeadline()).toBe(after(start, milliseconds(10)));
  expect(queue.take(after(start, milliseconds(9)), 10)).toEqual([]);
  expect(queue.take(after(start, milliseconds(10)), 10)).toEqual([a, other]);
});

it('keeps the gap between interfaces that share it', () => {
  const queue = new AnnouncementQueue({ laneOf: () => ({ name: 'shared', gap: milliseconds(10) }) });
  queue.enqueue(start, [a], 1);
  queue.enqueue(start, [other], 1);
  expect(queue.take(start, 10)).toEqual([a]);
  expect(queue.take(after(start, milliseconds(9)), 10)).toEqual([]);
  expect(queue.take(after(start, milliseconds(10)), 10)).toEqual([other]);
});

it('keeps the gap to a burst that comes right after the last frame', () => {
  const queue = new AnnouncementQueue(paced(milliseconds(10)));
  queue.enqueue(start, [a], 1);
  queue.take(start, 10);
  queue.enqueue(start, [b], 1);
  expect(queue.take(start, 10)).toEqual([]);
  expect(queue.take(after(start, milliseconds(10)), 10)).toEqual([b]);
});

it('keeps the gap to frames that were withdrawn', () => {
  const queue = new AnnouncementQueue(paced(milliseconds(10)));
  queue.enqueue(start, [a, b], 1);
  queue.take(start, 10);
  queue.withdraw('VI_1');
  queue.enqueue(start, [a], 1);
  expect(queue.take(start, 10)).toEqual([]);
  expect(queue.take(after(start, milliseconds(10)), 10)).toEqual([a]);
  expect(queue.take(after(start, milliseconds(20)), 10)).toEqual([]);
  expect(queue.nextDeadline()).toBeUndefined();
});

it('withdraws what its owner gave up', () => {
  const queue = new AnnouncementQueue(unpaced);
  queue.enqueue(start, [a, other, b], 1);
  expect(queue.isFirstWaiting('VI_1')).toBe(true);
  queue.withdraw('VI_1');
  expect(queue.isFirstWaiting('VI_1')).toBe(false);
  expect(queue.take(start, 10)).toEqual([other]);
});

it('withdraws only what was given up', () => {
  const queue = new AnnouncementQueue(unpaced);
  queue.enqueue(start, [a, other, b], 2);
  queue.withdraw('VI_1', ({ address }) => address === a.address);
  expect(queue.take(start, 10)).toEqual([b, b, other, other]);
});
