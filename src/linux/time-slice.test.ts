import { getPriority, release } from 'node:os';
import { expect, it } from 'vitest';
import { microseconds } from '../base/duration.ts';
import { askForShortTurns, turnLength } from './time-slice.ts';

const [major, minor] = release().split('.').map(Number) as [number, number];
const heeds = major > 6 || (major === 6 && minor >= 12);

it('asks for short turns, and leaves the niceness', () => {
  const niceness = getPriority();
  askForShortTurns();
  expect(turnLength()).toBe(heeds ? microseconds(100) : 0);
  expect(getPriority()).toBe(niceness);
});
