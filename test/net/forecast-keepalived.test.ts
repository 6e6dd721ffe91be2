// What `holdfast check` foretells about weights, beside what two keepaliveds do.
import { describe, expect, it } from 'vitest';
import { load } from '../../src/engine/configuration.testkit.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { checkCluster } from '../../src/vrrp/cluster/check-cluster.ts';
import { clusterNode } from '../../src/vrrp/cluster/cluster-router.ts';
import { havePeers, openTestLab, startDaemon } from './daemon.testkit.ts';

const address = '192.0.2.100';

interface Pair {
  readonly priorities: readonly [number, number];
  readonly weight: number;
  readonly more?: string;
}

const text = ({ priorities, weight, more = '' }: Pair, place: 0 | 1): string => `
vrrp_instance V {
  interface eth0
  version 3
  virtual_router_id 5
  priority ${priorities[place]}
  advert_int 0.2
  ${more}
  virtual_ipaddress {
    ${address}/24
  }
  track_interface {
    probe0 weight ${weight}
  }
}
`;

/** Who has the address once probe0 of a has gone down, and a's priority then. */
function foretold(pair: Pair) {
  const node = (name: string, place: 0 | 1) =>
    clusterNode(name, load(text(pair, place), { interfaces: ['eth0', 'probe0'] }, true).written!);
  const { forecasts } = checkCluster([node('a', 0), node('b', 1)]);
  const prediction = forecasts[0]!.predictions.find(
    ({ fault }) => fault.type === 'interface' && fault.name === 'probe0',
  )!;
  const { before, after, standings } = prediction;
  if (before.type !== 'member' || after.type !== 'member') throw new Error('these pairs leave nothing open');
  return { before: before.member.node.name, after: after.member.node.name, priority: standings[0]!.priority };
}

describe.skipIf(!havePeers('keepalived'))('two keepaliveds do what was foretold', { concurrent: true }, () => {
  it.each<readonly [string, Pair, string]>([
    ['a weight that is too small', { priorities: [101, 95], weight: -5 }, 'a'],
    ['a weight that makes them equal', { priorities: [101, 95], weight: -6 }, 'a'],
    ['a weight that is enough', { priorities: [101, 95], weight: -7 }, 'b'],
    ['any weight under nopreempt', { priorities: [100, 90], weight: -50, more: 'nopreempt' }, 'a'],
    ['a bonus that is larger than the difference', { priorities: [100, 99], weight: 2 }, 'b'],
    ['a bonus that is smaller', { priorities: [110, 99], weight: 2 }, 'a'],
  ])('%s', async (_name, pair, expected) => {
    const { before, after, priority } = foretold(pair);
    expect([before, after]).toEqual(['a', expected]);
    const lab = await openTestLab();
    try {
      const a = await lab.addHost('a', { addresses: ['192.0.2.1/24'] });
      const b = await lab.addHost('b', { addresses: ['192.0.2.2/24'] });
      for (const host of [a, b]) {
        await host.must(['ip', 'link', 'add', 'probe0', 'type', 'veth', 'peer', 'name', 'far0']);
        for (const name of ['probe0', 'far0']) await host.must(['ip', 'link', 'set', name, 'up']);
      }
      const logs = [startDaemon(a, 'keepalived', text(pair, 0))];
      const evidence = (): string => logs.map(log => `--- ${log.label}\n${log.output}`).join('\n');
      await waitFor(() => a.holds(address), { what: 'a to be master', timeoutMs: 20_000, everyMs: 20, evidence });
      logs.push(startDaemon(b, 'keepalived', text(pair, 1)));
      await waitFor(() => logs[1]!.output.includes('Entering BACKUP STATE'), {
        what: 'b to be backup',
        timeoutMs: 20_000,
        everyMs: 20,
        evidence,
      });
      await a.must(['ip', 'link', 'set', 'far0', 'down']);
      const changed = ` to ${priority}`;
      await waitFor(() => logs[0]!.output.includes(changed), {
        what: `a to have priority ${priority}`,
        timeoutMs: 20_000,
        everyMs: 20,
        evidence,
      });
      const [heir, other] = expected === 'a' ? [a, b] : [b, a];
      // Twice the down interval without a change is for good.
      const looks = 80;
      let times = 0;
      const right = (): boolean => {
        times = heir.holds(address) && !other.holds(address) ? times + 1 : 0;
        return times >= looks;
      };
      await waitFor(right, { what: `${expected} to keep the address`, timeoutMs: 30_000, everyMs: 20, evidence });
    } finally {
      await lab.close();
    }
  });
});
