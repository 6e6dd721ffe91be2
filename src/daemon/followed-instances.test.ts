import { describe, expect, it } from 'vitest';
import { FollowedInstances } from './followed-instances.ts';

type Vrrp = Parameters<FollowedInstances['changed']>[0];
const vrrp = (states: Record<string, string>): Vrrp =>
  ({
    instances: Object.entries(states).map(([name, type]) => ({ name, machine: { state: { type } } })),
  }) as unknown as Vrrp;

describe('FollowedInstances', () => {
  it('tells each change of those it follows once', () => {
    const followed = new FollowedInstances();
    followed.follow(['A']);
    expect(followed.changed(vrrp({ A: 'initialize', B: 'master' }))).toEqual([]);
    expect(followed.changed(vrrp({ A: 'backup', B: 'master' }))).toEqual([{ instance: 'A', state: 'backup' }]);
    // FAULT is no mastership either.
    expect(followed.changed(vrrp({ A: 'fault', B: 'master' }))).toEqual([]);
    expect(followed.changed(vrrp({ A: 'master', B: 'backup' }))).toEqual([{ instance: 'A', state: 'master' }]);
  });

  it('tells the state of one that it comes to follow', () => {
    const followed = new FollowedInstances();
    expect(followed.any).toBe(false);
    followed.follow(['A', 'B']);
    expect(followed.changed(vrrp({ A: 'master', B: 'master' }))).toHaveLength(2);
    followed.follow(['A']);
    followed.follow(['A', 'B']);
    expect(followed.changed(vrrp({ A: 'master', B: 'master' }))).toEqual([{ instance: 'B', state: 'master' }]);
  });
});
