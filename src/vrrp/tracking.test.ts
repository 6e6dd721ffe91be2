import { describe, expect, it } from 'vitest';
import {
  effectivePriority,
  holdsInFault,
  priorityContribution,
  statusOfNumber,
  type TrackedObject,
} from './tracking.ts';

const object = (status: TrackedObject['status'], weight: number, reverse = false): TrackedObject => ({
  status,
  weight,
  reverse,
});

describe('a weighted object', () => {
  it('adds a positive weight while up and subtracts a negative one while down', () => {
    expect(priorityContribution(object('up', 2))).toBe(2);
    expect(priorityContribution(object('down', 2))).toBe(0);
    expect(priorityContribution(object('up', -15))).toBe(0);
    expect(priorityContribution(object('down', -15))).toBe(-15);
  });

  it('does the opposite in reverse', () => {
    expect(priorityContribution(object('up', 2, true))).toBe(0);
    expect(priorityContribution(object('down', 2, true))).toBe(2);
    expect(priorityContribution(object('up', -15, true))).toBe(-15);
  });

  it('counts for nothing before its first report and never causes FAULT', () => {
    expect(priorityContribution(object('waiting', 2))).toBe(0);
    expect(priorityContribution(object('waiting', -2))).toBe(0);
    expect(holdsInFault(object('down', 1))).toBe(false);
  });
});

it('an unweighted object causes FAULT while down or waiting, in reverse while up', () => {
  expect(holdsInFault(object('up', 0))).toBe(false);
  expect(holdsInFault(object('down', 0))).toBe(true);
  expect(holdsInFault(object('waiting', 0))).toBe(true);
  expect(holdsInFault(object('up', 0, true))).toBe(true);
  expect(holdsInFault(object('down', 0, true))).toBe(false);
});

describe('the number of a file', () => {
  it.each([
    [5, 2, false, 10],
    [5, 2, true, -10],
    [0, 2, true, 0],
    [300, 1, false, 253],
    [-253, 1, false, -253],
    [-254, 1, false, -254],
    [254, 1, true, -254],
    [1, 0, false, -254],
    [0, 0, false, 0],
    [0, 0, true, -254],
    [1, 0, true, 0],
    [undefined, 0, true, 0],
  ])('%s with weight %s, reverse %s: %s', (number, weight, reverse, status) => {
    expect(statusOfNumber({ number, weight, reverse })).toBe(status);
    expect(holdsInFault({ number, weight, reverse })).toBe(status === -254);
    // FAULT is no priority.
    expect(priorityContribution({ number, weight, reverse })).toBe(status === -254 ? 0 : status);
  });
});

describe('the effective priority', () => {
  it('is the base plus all contributions', () => {
    expect(effectivePriority(100, [object('down', -15), object('up', 7)])).toBe(92);
  });

  it('stays within 1 and 254', () => {
    expect(effectivePriority(10, [object('down', -200)])).toBe(1);
    expect(effectivePriority(200, [object('up', 200)])).toBe(254);
  });

  it('of the address owner is 255 whatever fails', () => {
    expect(effectivePriority(255, [object('down', -200)])).toBe(255);
  });
});
