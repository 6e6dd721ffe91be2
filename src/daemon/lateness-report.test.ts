import { describe, expect, it } from 'vitest';
import { milliseconds } from '../base/duration.ts';
import { after, instantFromMicroseconds } from '../base/instant.ts';
import { LatenessReport } from './lateness-report.ts';

const at = (ms: number) => after(instantFromMicroseconds(0), milliseconds(ms));

describe('LatenessReport', () => {
  it('keeps quiet about what happens all the time', () => {
    const report = new LatenessReport();
    expect(report.woke(at(1_099), at(1_000))).toBeUndefined();
    expect(report.woke(at(1_099), undefined)).toBeUndefined();
  });

  it('says how late it was', () => {
    expect(new LatenessReport().woke(at(1_250), at(1_000))).toContain('woke 250 ms late:');
  });

  it('sums up within ten seconds', () => {
    const report = new LatenessReport();
    report.woke(at(1_250), at(1_000));
    expect(report.woke(at(2_900), at(2_000))).toBeUndefined();
    expect(report.woke(at(11_400), at(11_000))).toContain('woke 900 ms late, at worst of 2 times:');
  });
});
