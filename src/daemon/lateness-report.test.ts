import { describe, expect, it } from 'vitest';
import { milliseconds } from '../base/duration.ts';
import { after, instantFromMicroseconds } from '../base/instant.ts';
import type { VirtualRouterConfiguration } from '../vrrp/configuration.ts';
import { LatenessReport, noteworthyLateness } from './lateness-report.ts';

const at = (ms: number) => after(instantFromMicroseconds(0), milliseconds(ms));
const limit = milliseconds(100);

describe('LatenessReport', () => {
  it('keeps quiet about what happens all the time', () => {
    const report = new LatenessReport(worst => `The VRRP process woke ${worst}: its adverts were late, too`);
    expect(report.woke(at(1_099), at(1_000), limit)).toBeUndefined();
    expect(report.woke(at(1_099), undefined, limit)).toBeUndefined();
  });

  it('says how late it was', () => {
    expect(
      new LatenessReport(worst => `The VRRP process woke ${worst}: its adverts were late, too`).woke(
        at(1_250),
        at(1_000),
        limit,
      ),
    ).toContain('woke 250 ms late:');
  });

  it('sums up within ten seconds', () => {
    const report = new LatenessReport(worst => `The VRRP process woke ${worst}: its adverts were late, too`);
    report.woke(at(1_250), at(1_000), limit);
    expect(report.woke(at(2_900), at(2_000), limit)).toBeUndefined();
    expect(report.woke(at(11_400), at(11_000), limit)).toContain('woke 900 ms late, at worst of 2 times:');
  });
});

describe('noteworthyLateness', () => {
  const routers = (...intervals: number[]) =>
    intervals.map(ms => ({ advertisementInterval: milliseconds(ms) }) as VirtualRouterConfiguration);

  it.each([
    [[500, 100], 100],
    [[10], 20],
    [[5_000], 1_000],
    [[], 1_000],
  ])('of intervals %j ms is %i ms', (intervals, expected) => {
    expect(noteworthyLateness(routers(...intervals))).toBe(milliseconds(expected));
  });
});
