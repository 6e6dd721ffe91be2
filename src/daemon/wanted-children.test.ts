import { describe, expect, it } from 'vitest';
import { configurations } from '../engine/checker-process.testkit.ts';
import type { Configuration } from '../engine/configuration.ts';
import { realServer, virtualServer } from '../lvs/lvs.testkit.ts';
import { wantedChildren } from './wanted-children.ts';

const balancing = configurations([virtualServer([realServer(1)])], []);
const nothing = configurations([], []);
const withSyncDaemon = configurations([], [], {
  syncDaemon: { interface: 'eth0', instance: 'V', syncId: 1, maximumLength: 0, port: 0, ttl: 0, group: undefined },
});
const configuration = (instances: number, { lvs, health }: typeof balancing, sessions = 0): Configuration =>
  ({
    bfd: { instances: Array.from({ length: sessions }) },
    vrrp: { instances: Array.from({ length: instances }) },
    lvs,
    health,
  }) as unknown as Configuration;
const all = { only: undefined, noBfd: false, startAll: false };

describe('wantedChildren', () => {
  it('are those that have something to do, the checker first', () => {
    expect(wantedChildren(configuration(1, balancing), all)).toEqual(['checker', 'vrrp']);
    expect(wantedChildren(configuration(1, nothing), all)).toEqual(['vrrp']);
    expect(wantedChildren(configuration(0, balancing), all)).toEqual(['checker']);
    expect(wantedChildren(configuration(0, withSyncDaemon), all)).toEqual(['checker']);
    expect(wantedChildren(configuration(0, nothing), all)).toEqual([]);
  });

  it('are all with --all, and no others than -P and -C name, and no BFD with -B', () => {
    const asked = (options: Partial<typeof all>, sessions = 0): readonly string[] =>
      wantedChildren(configuration(1, balancing, sessions), { ...all, ...options });
    const nothingConfigured = wantedChildren(configuration(0, nothing), { ...all, startAll: true });
    expect(nothingConfigured).toEqual(['checker', 'vrrp', 'bfd']);
    expect(wantedChildren(configuration(1, balancing), { ...all, only: ['vrrp'] })).toEqual(['vrrp']);
    expect(wantedChildren(configuration(0, nothing), { ...all, only: ['checker'], startAll: true })).toEqual([
      'checker',
      'bfd',
    ]);
    expect(asked({}, 1)).toEqual(['checker', 'vrrp', 'bfd']);
    expect(asked({ noBfd: true }, 1)).toEqual(['checker', 'vrrp']);
  });
});
