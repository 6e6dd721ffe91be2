import { describe, expect, it } from 'vitest';
import { configuration, virtualAddress } from '../vrrp/router.testkit.ts';
import { processAfter, router } from './status.testkit.ts';
import { snapshotOf } from './vrrp-snapshot.ts';
import { vrrpStatusOf } from './vrrp-status.ts';
import { renderVrrpStatus } from './vrrp-status-text.ts';

const epoch = 1_795_151_901_000;
const statusAfter = (count: number, ...changes: Parameters<typeof router>) => {
  const { process, now } = processAfter(configuration([router(...changes)]), count);
  return vrrpStatusOf(snapshotOf(process, now, epoch * 1_000));
};

describe('the state of VRRP', () => {
  it('is plain data', () => {
    expect(statusAfter(4).instances[0]).toMatchObject({
      name: 'V1',
      state: 'MASTER',
      interface: 'eth0',
      vrid: 51,
      priority: 150,
      effectivePriority: 150,
      master: undefined,
      advertisementInterval: 1,
      addresses: { configured: 1, held: 1, first: ['10.9.0.100/24'] },
      faults: [],
    });
  });

  it('lists only the first of many addresses', () => {
    const addresses = Array.from({ length: 30 }, (_, index) => virtualAddress(`10.9.0.${100 + index}/24`));
    const { addresses: shown } = statusAfter(0, { addresses }).instances[0]!;
    expect([shown.configured, shown.held, shown.first.length]).toEqual([30, 0, 20]);
  });

  it('has no password', () => {
    const bytes = new TextEncoder().encode('geheimni');
    const status = statusAfter(4, { authentication: { type: 'password', bytes } });
    expect(JSON.stringify(status)).not.toMatch(/geheimni|bytes|"0":/);
  });

  it('is a line for each instance', () => {
    expect(renderVrrpStatus(statusAfter(4), epoch)).toMatch(
      /^V1 {2}MASTER {2}since [\d.]+ m?s {2}eth0 vrid 51 {2}priority 150 {2}holds 1 of 1: 10\.9\.0\.100\/24 {2}next advert in .*s\n$/,
    );
    expect(renderVrrpStatus({ instances: [], groups: [], scripts: [], files: [], processes: [] }, epoch)).toBe(
      'no virtual routers\n',
    );
  });
});
