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
const configuration = (instances: number, { lvs, health }: typeof balancing): Configuration =>
  ({ vrrp: { instances: Array.from({ length: instances }) }, lvs, health }) as unknown as Configuration;
const all = { only: undefined, startAll: false };

describe('wantedChildren', () => {
  it('are those that have something to do, the checker first', () => {
    expect(wantedChildren(configuration(1, balancing), all)).toEqual(['checker', 'vrrp']);
    expect(wantedChildren(configuration(1, nothing), all)).toEqual(['vrrp']);
    expect(wantedChildren(configuration(0, balancing), all)).toEqual(['checker']);
    expect(wantedChildren(configuration(0, withSyncDaemon), all)).toEqual(['checker']);
    expect(wantedChildren(configuration(0, nothing), all)).toEqual([]);
  });

  it('are all with --all, and no others than -P and -C name', () => {
    expect(wantedChildren(configuration(0, nothing), { only: undefined, startAll: true })).toEqual(['checker', 'vrrp']);
    expect(wantedChildren(configuration(1, balancing), { only: ['vrrp'], startAll: false })).toEqual(['vrrp']);
    expect(wantedChildren(configuration(0, nothing), { only: ['checker'], startAll: true })).toEqual(['checker']);
  });
});
