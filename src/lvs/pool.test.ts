import { describe, expect, it } from 'vitest';
import { desiredDestinations } from './desired-table.ts';
import { realServer, sorryServer, virtualServer } from './lvs.testkit.ts';
import { type CheckerVerdict, Pool, type PoolEvent } from './pool.ts';

const healthy = (): CheckerVerdict => ({ healthy: true, dynamicWeight: 0 });
const kinds = (events: readonly PoolEvent[]): string[] => events.map(({ type }) => type);
const table = (pool: Pool): string[] =>
  desiredDestinations(pool).map(({ address, weight }) => `${address.split('.')[3]}:${weight}`);

describe('a pool', () => {
  it('takes a failed server out and a recovered one back in', () => {
    const pool = new Pool(virtualServer([realServer(1), realServer(2)]), healthy);
    const first = pool.members[0]!;
    expect(kinds(pool.change(first, { healthy: false }))).toEqual(['member-changed']);
    expect(table(pool)).toEqual(['2:1']);
    expect(kinds(pool.change(first, { healthy: true }))).toEqual(['member-changed']);
    expect(table(pool)).toEqual(['1:1', '2:1']);
    expect(pool.change(first, { healthy: true })).toEqual([]);
  });

  it('keeps a failed server at weight 0 with inhibit_on_failure', () => {
    const pool = new Pool(virtualServer([realServer(1, { inhibitOnFailure: true }), realServer(2)]), healthy);
    pool.change(pool.members[0]!, { healthy: false });
    expect(table(pool)).toEqual(['1:0', '2:1']);
  });

  it('never lets a dynamic weight go below 0', () => {
    const pool = new Pool(virtualServer([realServer(1, { weight: 5 })]), healthy);
    expect(pool.change(pool.members[0]!, { dynamicWeight: -3 })).toMatchObject([{ from: 5, to: 2 }]);
    expect(pool.change(pool.members[0]!, { dynamicWeight: -9 })).toMatchObject([
      { type: 'weight-changed', from: 2, to: 0 },
      { type: 'quorum-lost' },
    ]);
  });
});

describe('the weight of a server', () => {
  const words = (events: readonly PoolEvent[]) =>
    events.map(event => (event.type === 'weight-changed' ? `${event.alive} ${event.from}-${event.to}` : event.type));

  it('is told before the server comes, and not when it goes', () => {
    const pool = new Pool(virtualServer([realServer(1, { weight: 5 }), realServer(2)]), healthy);
    const first = pool.members[0]!;
    expect(words(pool.change(first, { dynamicWeight: 1 }))).toEqual(['true 5-6']);
    expect(words(pool.change(first, { healthy: false, dynamicWeight: 0 }))).toEqual(['member-changed']);
    expect(words(pool.change(first, { healthy: true, dynamicWeight: 2 }))).toEqual(['false 5-7', 'member-changed']);
    expect(words(pool.change(first, { dynamicWeight: 3 }, false))).toEqual([]);
    expect(table(pool)).toEqual(['1:8', '2:1']);
  });

  it('and the verdict on it change with a reload', () => {
    const pool = new Pool(virtualServer([realServer(1), realServer(2)]), healthy);
    const verdicts = [
      { healthy: true, dynamicWeight: 4 },
      { healthy: false, dynamicWeight: 0 },
    ];
    const events = pool.reconfigure(virtualServer([realServer(1), realServer(2)]), () => verdicts.shift()!);
    expect(words(events)).toEqual(['true 1-5', 'member-changed']);
  });
});

describe('a quorum', () => {
  const servers = [1, 2, 3, 4].map(last => realServer(last));

  it('is lost below quorum - hysteresis and gained at quorum + hysteresis', () => {
    const pool = new Pool(virtualServer(servers, { quorum: 2, hysteresis: 1 }), healthy);
    const seen: string[] = [];
    for (const [place, up] of [
      [0, false],
      [1, false],
      [2, false],
      [3, false],
      [0, true],
      [1, true],
      [2, true],
    ] as const) {
      const events = pool.change(pool.members[place]!, { healthy: up });
      seen.push(kinds(events).slice(1).join());
    }
    expect(seen).toEqual(['', '', '', 'quorum-lost', '', '', 'quorum-gained']);
  });

  it('is lost when nobody is alive, whatever the numbers', () => {
    const pool = new Pool(virtualServer([realServer(1)], { quorum: 1, hysteresis: 1 }), healthy);
    expect(pool.quorumUp).toBe(false);
    const one = new Pool(virtualServer([realServer(1)]), healthy);
    expect(kinds(one.change(one.members[0]!, { healthy: false }))).toEqual(['member-changed', 'quorum-lost']);
  });

  it('brings the sorry server in alone when it is lost, and the living back when it is gained', () => {
    const pool = new Pool(virtualServer(servers, { quorum: 3, sorryServer }), healthy);
    pool.change(pool.members[0]!, { healthy: false });
    pool.change(pool.members[1]!, { healthy: false });
    expect(table(pool)).toEqual(['200:1']);
    pool.change(pool.members[0]!, { healthy: true });
    expect(table(pool)).toEqual(['1:1', '3:1', '4:1']);
  });

  it('leaves the living alone when it is lost and there is no sorry server', () => {
    const pool = new Pool(virtualServer(servers, { quorum: 3 }), healthy);
    pool.change(pool.members[0]!, { healthy: false });
    pool.change(pool.members[1]!, { healthy: false });
    expect(pool.quorumUp).toBe(false);
    expect(table(pool)).toEqual(['3:1', '4:1']);
  });

  it('keeps an inhibited sorry server at weight 0 while it is not needed', () => {
    const pool = new Pool(virtualServer([realServer(1)], { sorryServer: { ...sorryServer, inhibit: true } }), healthy);
    expect(table(pool)).toEqual(['1:1', '200:0']);
    pool.change(pool.members[0]!, { healthy: false });
    expect(table(pool)).toEqual(['200:1']);
  });
});

describe("an operator's word", () => {
  it('drains, takes down and brings up whatever the checkers say', () => {
    const pool = new Pool(virtualServer([realServer(1), realServer(2)]), healthy);
    const first = pool.members[0]!;
    pool.change(first, { override: 'drain' });
    expect(table(pool)).toEqual(['1:0', '2:1']);
    pool.change(first, { override: 'down' });
    expect(table(pool)).toEqual(['2:1']);
    pool.change(first, { override: 'up', healthy: false });
    expect(table(pool)).toEqual(['1:1', '2:1']);
    pool.change(first, { override: undefined });
    expect(table(pool)).toEqual(['2:1']);
  });

  it('and the health of a server survive a reload', () => {
    const pool = new Pool(virtualServer([realServer(1, { checkers: [0] }), realServer(2)]), healthy);
    pool.change(pool.members[0]!, { override: 'drain' });
    pool.reconfigure(virtualServer([realServer(2), realServer(1, { checkers: [0], weight: 7 })]), healthy);
    expect(table(pool)).toEqual(['2:1', '1:0']);
  });
});
