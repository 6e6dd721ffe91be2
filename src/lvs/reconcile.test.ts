import { describe, expect, it } from 'vitest';
import type { IpvsEntry } from '../ports/ipvs.ts';
import { desiredDestinations, desiredEntry } from './desired-table.ts';
import { realServer, virtualServer } from './lvs.testkit.ts';
import { Pool } from './pool.ts';
import { reconcileEntry } from './reconcile.ts';

const entry = (...weights: readonly [number, number][]): IpvsEntry => {
  const service = virtualServer(weights.map(([last, weight]) => realServer(last, { weight })));
  const pool = new Pool(service, () => ({ healthy: true, dynamicWeight: 0 }));
  return desiredEntry(service, service.keys[0]!, desiredDestinations(pool));
};
const types = (actual: IpvsEntry | undefined, desired: IpvsEntry | undefined): string[] =>
  reconcileEntry(actual, desired).map(({ type }) => type);

describe('reconciling', () => {
  it('leaves alone what is right', () => {
    expect(reconcileEntry(entry([1, 1], [2, 1]), entry([1, 1], [2, 1]))).toEqual([]);
  });

  it('touches only what differs, additions before removals', () => {
    expect(types(entry([1, 1], [2, 1], [3, 1]), entry([2, 5], [3, 1], [4, 1]))).toEqual([
      'edit-destination',
      'add-destination',
      'remove-destination',
    ]);
  });

  it('makes a new service and takes an old one away as a whole', () => {
    expect(types(undefined, entry([1, 1], [2, 1]))).toEqual(['add-service', 'add-destination', 'add-destination']);
    expect(types(entry([1, 1], [2, 1]), undefined)).toEqual(['remove-service']);
    expect(types(undefined, undefined)).toEqual([]);
  });

  it('edits a service in place', () => {
    const desired = entry([1, 1]);
    const actual = { ...desired, service: { ...desired.service, scheduler: 'rr' } };
    expect(types(actual, desired)).toEqual(['edit-service']);
  });

  it('takes no offence at a persistence mask without persistence, nor at a local destination', () => {
    const desired = entry([1, 1]);
    const actual: IpvsEntry = {
      service: { ...desired.service, persistencePrefix: 24 },
      destinations: desired.destinations.map(each => ({ ...each, forwarding: { type: 'local' } })),
    };
    expect(types(actual, desired)).toEqual([]);
  });
});
