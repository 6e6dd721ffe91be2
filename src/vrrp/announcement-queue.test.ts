import { expect, it } from 'vitest';
import { milliseconds, zero } from '../base/duration.ts';
import { after, instantFromMicroseconds } from '../base/instant.ts';
import { type IpAddress, parseIpAddress } from '../base/ip-address.ts';
import { type Announcement, AnnouncementQueue } from './announcement-queue.ts';

const start = instantFromMicroseconds(0);
const frame = (text: string, owner = 'VI_1', linkIndex = 2): Announcement => ({
  linkIndex,
  address: parseIpAddress(text) as IpAddress,
  owner,
});
const a = frame('192.0.2.1');
const b = frame('192.0.2.2');
const other = frame('192.0.2.3', 'VI_2', 3);
const unpaced = { garpInterval: zero, gnaInterval: zero };

it('sends every address once before any a second time', () => {
  const queue = new AnnouncementQueue(unpaced);
  queue.enqueue(start, [a, b], 2);
  expect(queue.take(start, 10)).toEqual([a, b, a, b]);
  expect(queue.nextDeadline()).toBeUndefined();
});

it('hands out no more than asked for and is due again at once', () => {
  const queue = new AnnouncementQueue(unpaced);
  queue.enqueue(start, [a, b], 1);
  expect(queue.take(start, 1)).toEqual([a]);
  expect(queue.nextDeadline()).toBe(start);
  expect(queue.take(start, 1)).toEqual([b]);
});

it('keeps the gap between frames on one interface, not between interfaces', () => {
  const queue = new AnnouncementQueue({ garpInterval: milliseconds(10), gnaInterval: zero });
  queue.enqueue(start, [a, other], 2);
  expect(queue.take(start, 10)).toEqual([a, other]);
  expect(queue.nextDeadline()).toBe(after(start, milliseconds(10)));
  expect(queue.take(after(start, milliseconds(9)), 10)).toEqual([]);
  expect(queue.take(after(start, milliseconds(10)), 10)).toEqual([a, other]);
});

it('keeps the gap to a burst that comes right after the last frame', () => {
  const queue = new AnnouncementQueue({ garpInterval: milliseconds(10), gnaInterval: zero });
  queue.enqueue(start, [a], 1);
  queue.take(start, 10);
  queue.enqueue(start, [b], 1);
  expect(queue.take(start, 10)).toEqual([]);
  expect(queue.take(after(start, milliseconds(10)), 10)).toEqual([b]);
});

it('withdraws what its owner gave up', () => {
  const queue = new AnnouncementQueue(unpaced);
  queue.enqueue(start, [a, other, b], 1);
  expect(queue.isWaiting('VI_1')).toBe(true);
  queue.withdraw('VI_1');
  expect(queue.isWaiting('VI_1')).toBe(false);
  expect(queue.take(start, 10)).toEqual([other]);
});

it('withdraws only what was given up', () => {
  const queue = new AnnouncementQueue(unpaced);
  queue.enqueue(start, [a, other, b], 2);
  queue.withdraw('VI_1', ({ address }) => address === a.address);
  expect(queue.take(start, 10)).toEqual([other, other, b, b].sort((x, y) => x.linkIndex - y.linkIndex));
});
