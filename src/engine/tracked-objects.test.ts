import { describe, expect, it } from 'vitest';
import { seconds, zero } from '../base/duration.ts';
import type { TrackProcessConfiguration, VrrpConfiguration } from '../vrrp/configuration.ts';
import { configuration, router } from '../vrrp/router.testkit.ts';
import { type TestNode, TestSegment } from './vrrp-process.testkit.ts';

/** A node whose world tells it only what the test says. */
function blind(segment: TestSegment, tracking: VrrpConfiguration): TestNode {
  const node = segment.node('a', tracking, '192.0.2.1');
  node.looks = false;
  return node;
}

describe('a tracked file', () => {
  const tracking = (weight: number, reverse = false) =>
    configuration([router({ trackFiles: [{ file: 'f', weight, reverse }] })], { files: [{ name: 'f', path: '/f' }] });
  const says = (value: number) => ({ type: 'file-value', file: '/f', value }) as const;

  it('holds its instance back until it has been looked at', () => {
    const segment = new TestSegment();
    const a = blind(segment, tracking(1));
    segment.pass(seconds(10));
    expect(a.state()).toBe('initialize');
    a.receive(says(0));
    expect(a.state()).toBe('backup');
  });

  it('moves the priority by its number times the weight', () => {
    const segment = new TestSegment();
    const a = blind(segment, tracking(2));
    const b = segment.node('b', configuration([router({ priority: 90 })]), '192.0.2.2');
    a.receive(says(-6));
    segment.pass(seconds(10));
    expect([a.state(), b.state()]).toEqual(['backup', 'master']);
    a.receive(says(-4));
    segment.pass(seconds(10));
    expect([a.state(), b.state()]).toEqual(['master', 'backup']);
    expect(a.logs).toContain('(VI_1) Changing effective priority from 88 to 92');
  });

  it('means FAULT from -254 down, and with weight 0 by any number', () => {
    for (const [weight, number] of [
      [-127, 2],
      [0, 1],
    ] as const) {
      const segment = new TestSegment();
      const a = blind(segment, tracking(weight));
      a.receive(says(0));
      segment.pass(seconds(10));
      expect(a.state()).toBe('master');
      a.receive(says(number));
      expect(a.state()).toBe('fault');
      expect(a.logs).toContain('(VI_1): tracked file f now FAULT state');
      expect(a.addresses).toEqual([]);
      a.receive(says(0));
      expect(a.logs).toContain('(VI_1): tracked file f leaving FAULT state');
      segment.pass(seconds(10));
      expect(a.state()).toBe('master');
    }
  });

  it('says at start what it holds its instance in FAULT with', () => {
    const a = blind(new TestSegment(), tracking(0));
    a.receive(says(7));
    expect(a.state()).toBe('fault');
    expect(a.logs).toContain('(VI_1): entering FAULT state (tracked file f has status -254)');
  });

  it('that a reload brings disturbs nobody before it has been looked at', () => {
    const segment = new TestSegment();
    const a = blind(segment, configuration([router()]));
    segment.pass(seconds(10));
    a.reload(tracking(0));
    expect(a.state()).toBe('master');
    a.receive(says(1));
    expect(a.state()).toBe('fault');
  });
});

describe('a tracked process', () => {
  const tracking = (rest: Partial<TrackProcessConfiguration> = {}, weight = 0) => {
    const pattern = { command: 'nginx', wholeCommand: false, parameters: { match: 'any' } } as const;
    const process = { name: 'p', pattern, quorum: 1, maximum: undefined, forkDelay: zero, terminateDelay: zero };
    return configuration([router({ trackProcesses: [{ process: 'p', weight, reverse: false }] })], {
      processes: [{ ...process, ...rest }],
    });
  };
  const counted = (count: number) => ({ type: 'process-count', process: 'p', count }) as const;

  it('holds its instance in FAULT while it does not run', () => {
    const segment = new TestSegment();
    const a = blind(segment, tracking());
    expect(a.state()).toBe('initialize');
    a.receive(counted(0));
    expect(a.state()).toBe('fault');
    expect(a.logs).toContain('(VI_1) entering FAULT state (tracked process p quorum not achieved)');
    a.receive(counted(1));
    segment.pass(seconds(10));
    expect(a.state()).toBe('master');
    expect(a.logs).toContain('Quorum gained for tracked process p');
    a.receive(counted(0));
    expect(a.state()).toBe('fault');
    expect(a.logs).toContain('Quorum lost for tracked process p');
  });

  it('may run too often', () => {
    const a = blind(new TestSegment(), tracking({ quorum: 2, maximum: 3 }));
    const states = [1, 2, 3, 4, 3].map(count => {
      a.receive(counted(count));
      return a.state();
    });
    expect(states).toEqual(['fault', 'backup', 'backup', 'fault', 'backup']);
  });

  it('with a weight moves the priority', () => {
    const a = blind(new TestSegment(), tracking({}, -20));
    a.receive(counted(0));
    expect(a.engine.instances[0]?.machine.priority).toBe(80);
    a.receive(counted(1));
    expect(a.engine.instances[0]?.machine.priority).toBe(100);
  });

  it('is believed only after its delays', () => {
    const segment = new TestSegment();
    const a = blind(segment, tracking({ forkDelay: seconds(3), terminateDelay: seconds(2) }));
    a.receive(counted(1));
    segment.pass(seconds(10));
    expect(a.state()).toBe('master');
    // Back in time: nothing happened.
    a.receive(counted(0));
    segment.pass(seconds(1.9));
    a.receive(counted(1));
    segment.pass(seconds(5));
    expect(a.state()).toBe('master');
    a.receive(counted(0));
    segment.pass(seconds(1.9));
    expect(a.state()).toBe('master');
    segment.pass(seconds(0.2));
    expect(a.state()).toBe('fault');
    a.receive(counted(1));
    segment.pass(seconds(2.9));
    expect(a.state()).toBe('fault');
    segment.pass(seconds(0.2));
    expect(a.state()).toBe('backup');
  });

  it('keeps its count over a reload, with the new quorum', () => {
    const segment = new TestSegment();
    const a = blind(segment, tracking());
    a.receive(counted(1));
    segment.pass(seconds(10));
    a.reload(tracking({ terminateDelay: seconds(1) }));
    expect(a.state()).toBe('master');
    a.reload(tracking({ quorum: 2 }));
    expect(a.state()).toBe('fault');
  });
});
