import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { configuration, router, syncGroup } from '../vrrp/router.testkit.ts';
import { TestSegment } from './vrrp-process.testkit.ts';

const tracking = (weight: number, reverse = false) =>
  configuration([router({ trackBfd: [{ session: 'b', weight, reverse }] })]);

describe('a tracked BFD session', () => {
  it('of which nothing has been heard holds its instance in FAULT, until it comes up', () => {
    const segment = new TestSegment();
    const a = segment.node('a', tracking(0), '192.0.2.1');
    segment.pass(seconds(10));
    expect(a.state()).toBe('fault');
    a.receive({ type: 'bfd-state', session: 'b', up: true });
    segment.pass(seconds(10));
    expect(a.state()).toBe('master');
    expect(a.logs).toContain('VRRP_Instance(VI_1) Tracked BFD instance b is UP');
    a.receive({ type: 'bfd-state', session: 'b', up: false });
    expect(a.state()).toBe('fault');
    expect(a.logs).toContain('VRRP_Instance(VI_1) Tracked BFD instance b is DOWN');
    expect(a.addresses).toEqual([]);
  });

  it('with a weight moves the priority', () => {
    const segment = new TestSegment();
    const a = segment.node('a', tracking(-20), '192.0.2.1');
    const b = segment.node('b', configuration([router({ priority: 90 })]), '192.0.2.2');
    segment.pass(seconds(10));
    expect([a.state(), b.state()]).toEqual(['backup', 'master']);
    a.receive({ type: 'bfd-state', session: 'b', up: true });
    segment.pass(seconds(10));
    expect([a.state(), b.state()]).toEqual(['master', 'backup']);
  });

  it('reversed holds its instance in FAULT while it is up', () => {
    const segment = new TestSegment();
    const a = segment.node('a', tracking(0, true), '192.0.2.1');
    segment.pass(seconds(10));
    expect(a.state()).toBe('master');
    a.receive({ type: 'bfd-state', session: 'b', up: true });
    expect(a.state()).toBe('fault');
  });

  it('of a sync group is everybody’s, and others’ sessions are not', () => {
    const segment = new TestSegment();
    const group = { ...syncGroup('G', ['VI_1']), trackBfd: [{ session: 'b', weight: 0, reverse: false }] };
    const a = segment.node('a', configuration([router()], { syncGroups: [group] }), '192.0.2.1');
    a.receive({ type: 'bfd-state', session: 'other', up: true });
    segment.pass(seconds(10));
    expect(a.state()).toBe('fault');
    a.receive({ type: 'bfd-state', session: 'b', up: true });
    segment.pass(seconds(10));
    expect(a.state()).toBe('master');
  });
});
