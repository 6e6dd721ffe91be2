// What a neighbour sees when Holdfast's processes are killed.
import { describe, expect, it } from 'vitest';
import { pause } from '../../src/lab/wait.ts';
import { havePeers } from './daemon.testkit.ts';
import { Pair } from './pair.testkit.ts';
import { v3Ipv4 } from './variants.testkit.ts';

/** Master_Down_Interval of the second router, which has priority 100: 3 intervals and a skew of 156/256. */
const masterDownIntervalMs = v3Ipv4.intervalMs * (3 + 156 / 256);

/** Watches both routers from now on; `stop` gives the longest time for which both held the first address. */
function watchOverlap(pair: Pair): { stop(): Promise<number> } {
  let longestMs = 0;
  let since: number | undefined;
  let running = true;
  const address = v3Ipv4.virtualAddresses[0] ?? '';
  const watching = (async () => {
    while (running) {
      const now = performance.now();
      const both = pair.first.host.holds(address) && pair.second.host.holds(address);
      if (!both) since = undefined;
      else {
        since ??= now;
        longestMs = Math.max(longestMs, now - since);
      }
      await pause(2);
    }
  })();
  return {
    async stop() {
      running = false;
      await watching;
      return longestMs;
    },
  };
}

async function killed(pair: Pair, which: 'child' | 'all'): Promise<void> {
  const processes = await pair.first.host.processes();
  const daemons = processes.filter(process => /^(holdfast|keepalived|node)/i.test(process.name));
  expect(daemons.length, 'parent and child').toBe(2);
  // The child has the later number; it was started by the parent.
  const numbers = daemons.map(process => process.pid).sort((a, b) => a - b);
  const victims = which === 'all' ? numbers : numbers.slice(1);
  const child = numbers[1];
  // The child is stopped first, so that it does not act upon the death of its parent; which is not, because whoever entered
  // the namespace for it would stop with it, for good.
  await pair.first.host.must(['sh', '-c', `kill -STOP ${child}; kill -KILL ${victims.join(' ')}`]);
}

describe('killed processes, beside keepalived', { skip: !havePeers('keepalived') }, () => {
  it('a killed VRRP process is restarted and its instance returns, with no second master beyond a down interval', async () => {
    const pair = await Pair.open(v3Ipv4, 'holdfast', 'keepalived', [150, 100]);
    try {
      await pair.startBoth();
      await pair.atRest(pair.first, pair.second);
      const overlap = watchOverlap(pair);
      const after = pair.first.process?.position ?? 0;
      await killed(pair, 'child');
      // It removes what its predecessor left, waits as every backup does, and takes the addresses back.
      await pair.first.process?.waitForLine('Entering BACKUP STATE (init)', { after });
      await pair.first.process?.waitForLine('Entering MASTER STATE', { after });
      await pair.atRest(pair.first, pair.second);
      // What was watched includes the ordinary change of master, in which both hold it for a moment.
      expect(await overlap.stop()).toBeLessThan(masterDownIntervalMs);
      await pair.finish();
    } finally {
      await pair.lab.close();
    }
  });

  it('after kill -9 of everything the other takes over; the next start removes or adopts what was left', async () => {
    const pair = await Pair.open(v3Ipv4, 'holdfast', 'keepalived', [100, 150]);
    try {
      pair.first.start();
      await pair.settled(pair.first, undefined);
      await killed(pair, 'all');
      await pair.first.process?.ended;
      expect(pair.first.holding, 'nobody was left to remove them').toEqual(v3Ipv4.virtualAddresses);
      pair.second.start();
      await pair.settled(pair.second, undefined);
      pair.first.start();
      await pair.atRest(pair.second, pair.first);
      await pair.finish();
    } finally {
      await pair.lab.close();
    }
  });
});
