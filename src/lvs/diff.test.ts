import { describe, expect, it } from 'vitest';
import type { LvsConfiguration, VirtualServerConfiguration } from './configuration.ts';
import { diffLvs } from './diff.ts';
import { realServer, virtualServer } from './lvs.testkit.ts';

const global = {
  flushAtStart: false,
  stop: 'destinations',
  timeouts: undefined,
  syncDaemon: undefined,
  notifyAtStart: false,
} as const;

const of = (...virtualServers: readonly VirtualServerConfiguration[]): LvsConfiguration => ({ global, virtualServers });
const alike = (before: readonly number[], after: readonly number[]): boolean => before.length === after.length;
const named = (name: string, rest: Partial<VirtualServerConfiguration> = {}): VirtualServerConfiguration =>
  virtualServer([realServer(1), realServer(2)], { name, ...rest });

describe('the difference of two configurations', () => {
  it('is none where only the order and the places of checkers differ', () => {
    const servers = [realServer(1, { checkers: [0] }), realServer(2, { checkers: [1] })];
    const moved = [realServer(2, { checkers: [7] }), realServer(1, { checkers: [8] })];
    const before = of(virtualServer(servers, { name: 'a' }), named('b'));
    expect(diffLvs(before, of(named('b'), virtualServer(moved, { name: 'a' })), alike)).toEqual({
      globalsChanged: false,
      added: [],
      removed: [],
      changed: [],
    });
  });

  it('names services that come and go', () => {
    const { added, removed, changed } = diffLvs(of(named('a'), named('b')), of(named('b'), named('c')), alike);
    expect(added.map(({ name }) => name)).toEqual(['c']);
    expect(removed.map(({ name }) => name)).toEqual(['a']);
    expect(changed).toEqual([]);
  });

  it('tells services of one group and different protocols apart', () => {
    const before = of(named('[g]:0'), named('[g]:0', { protocol: 'udp' }));
    const after = of(named('[g]:0'), named('[g]:0', { protocol: 'udp', quorum: 2 }));
    expect(diffLvs(before, after, alike).changed).toMatchObject([{ after: { protocol: 'udp' }, settings: ['quorum'] }]);
  });

  it('names what changed in a service and in its servers', () => {
    const before = of(virtualServer([realServer(1), realServer(2), realServer(3, { checkers: [0] })]));
    const after = of(
      virtualServer([realServer(2, { weight: 4 }), realServer(3, { checkers: [0, 1] }), realServer(4)], {
        omega: true,
      }),
    );
    expect(diffLvs(before, after, alike).changed).toMatchObject([
      {
        settings: ['omega'],
        addedServers: [{ address: '10.0.0.4' }],
        removedServers: [{ address: '10.0.0.1' }],
        changedServers: [
          { after: { address: '10.0.0.2' }, settings: ['weight'] },
          { after: { address: '10.0.0.3' }, settings: ['checkers'] },
        ],
      },
    ]);
  });

  it('sees the settings of the process', () => {
    const after = { ...of(named('a')), global: { ...global, notifyAtStart: true } };
    expect(diffLvs(of(named('a')), after, alike).globalsChanged).toBe(true);
  });
});
