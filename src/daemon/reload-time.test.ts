import { describe, expect, it } from 'vitest';
import { localText, ReloadPlan, reloadTimeOf } from './reload-time.ts';

// Local time, whatever that is where the test runs.
const now = new Date(2026, 10, 20, 16, 8, 0);
const meant = (line: string): string => {
  const found = reloadTimeOf(line, now);
  return 'problem' in found ? found.problem : localText(found.at);
};

describe('the time in a reload_time_file', () => {
  it.each([
    ['16:08:01', '2026-11-20 16:08:01'],
    ['23:59:59', '2026-11-20 23:59:59'],
    // Past, or now: tomorrow.
    ['16:08:00', '2026-11-21 16:08:00'],
    ['00:00:00', '2026-11-21 00:00:00'],
    ['2026-12-31 00:00:00', '2026-12-31 00:00:00'],
    ['26-12-31 00:00:00', '2026-12-31 00:00:00'],
    ['2028-02-29 12:00:00', '2028-02-29 12:00:00'],
    ['2026-11-20 16:07:59', 'past'],
    ['2026-11-20 16:08:00', 'past'],
  ])('%s means %s', (line, at) => {
    expect(meant(line)).toBe(at);
  });

  it.each([
    '24:00:00',
    '12:60:00',
    '12:00:60',
    '2026-13-01 00:00:00',
    '2026-02-29 00:00:00',
    '2026-00-10 00:00:00',
    '2026-06-31 00:00:00Z',
  ])('%s is no time', line => {
    expect(meant(line)).toBe('invalid');
  });

  it.each([
    '',
    ' 12:00:00',
    '12:00:00 ',
    '12:00',
    '1:00:00',
    '2026-11-21  12:00:00',
    '2026-11-21T12:00:00',
    '12:00:00z',
    '12:00:00\r',
  ])('"%s" has another form', line => {
    expect(meant(line)).toBe('format');
  });

  it('is UTC with a Z', () => {
    const noon = new Date(Date.UTC(2026, 10, 20, 12, 0, 0));
    expect(reloadTimeOf('12:00:01Z', noon)).toEqual({ at: new Date(Date.UTC(2026, 10, 20, 12, 0, 1)) });
    expect(reloadTimeOf('12:00:00Z', noon)).toEqual({ at: new Date(Date.UTC(2026, 10, 21, 12, 0, 0)) });
    expect(reloadTimeOf('26-11-20 23:00:00Z', noon)).toEqual({ at: new Date(Date.UTC(2026, 10, 20, 23, 0, 0)) });
  });
});

describe('a plan', () => {
  it('follows the file, in keepalived’s words', () => {
    const plan = new ReloadPlan();
    expect(plan.read(undefined, now)).toEqual([]);
    expect(plan.read('17:00:00', now)).toEqual(['Scheduling reload for 2026-11-20 17:00:00']);
    expect(plan.read('17:00:00', now)).toEqual([]);
    expect(plan.read('18:00:00', now)).toEqual(['Reload time updated from 2026-11-20 17:00:00 to 2026-11-20 18:00:00']);
    expect(plan.at).toEqual(new Date(2026, 10, 20, 18, 0, 0));
    expect(plan.read(undefined, now)).toEqual(['Cancelling reload scheduled for 2026-11-20 18:00:00']);
    expect(plan.at).toBeUndefined();
  });

  it('is none where the file makes no sense', () => {
    const plan = new ReloadPlan();
    plan.read('17:00:00', now);
    expect(plan.read('25:00:00', now)).toEqual([
      "Invalid reload time '25:00:00' specified - ignoring",
      'Cancelling reload scheduled for 2026-11-20 17:00:00',
    ]);
    expect(plan.read('2025-01-01 00:00:00', now)).toEqual([
      'Reload time 2025-01-01 00:00:00 is in the past - ignoring',
    ]);
    expect(plan.at).toBeUndefined();
  });

  it('is made anew with the configuration', () => {
    const plan = new ReloadPlan();
    plan.read('17:00:00', now);
    plan.restart();
    expect(plan.at).toBeUndefined();
    expect(plan.read('17:00:00', now)).toEqual(['Scheduling reload for 2026-11-20 17:00:00']);
  });
});
