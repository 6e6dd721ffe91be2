import { expect, it } from 'vitest';
import { seconds, zero } from '../base/duration.ts';
import { after, instantFromMicroseconds } from '../base/instant.ts';
import { Announcements } from './announcements.ts';
import type { GarpConfiguration } from './configuration.ts';

const defaults: GarpConfiguration = {
  masterRepeat: 5,
  masterDelay: seconds(5),
  masterRefresh: zero,
  masterRefreshRepeat: 1,
  lowerPriorityRepeat: 3,
  lowerPriorityDelay: seconds(5),
};
const start = instantFromMicroseconds(0);
const at = (count: number) => after(start, seconds(count));

it('sends a second burst once, after the delay', () => {
  const announcements = new Announcements(defaults);
  announcements.becameMaster(start);
  expect(announcements.nextDeadline()).toBe(at(5));
  expect(announcements.advance(at(4.999))).toEqual([]);
  expect(announcements.advance(at(5))).toEqual([{ repeat: 5 }]);
  expect(announcements.nextDeadline()).toBeUndefined();
});

it('refreshes for as long as it is master', () => {
  const announcements = new Announcements({ ...defaults, masterDelay: zero, masterRefresh: seconds(60) });
  announcements.becameMaster(start);
  expect(announcements.advance(at(60))).toEqual([{ repeat: 1 }]);
  expect(announcements.nextDeadline()).toBe(at(120));
  announcements.leftMaster();
  expect(announcements.nextDeadline()).toBeUndefined();
});

it('announces again when a losing master was heard, now and after the delay', () => {
  const announcements = new Announcements(defaults);
  announcements.becameMaster(start);
  announcements.advance(at(5));
  expect(announcements.reassert(at(10))).toEqual({ repeat: 3 });
  expect(announcements.advance(at(15))).toEqual([{ repeat: 3 }]);
});

it('stays silent about losing masters when told to', () => {
  const announcements = new Announcements({ ...defaults, lowerPriorityRepeat: 0 });
  expect(announcements.reassert(start)).toBeUndefined();
  expect(announcements.nextDeadline()).toBeUndefined();
});
