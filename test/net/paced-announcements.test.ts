// Paced gratuitous ARPs of two virtual routers, recorded at their neighbour: Holdfast beside keepalived.
import { describe, expect, it } from 'vitest';
import { Capture } from '../../src/lab/capture.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { type Daemon, havePeers, openTestLab, startDaemon } from './daemon.testkit.ts';

const instance = (number: number): string => `vrrp_instance V${number} {
  interface eth0
  virtual_router_id ${number}
  priority 100
  version 3
  advert_int 0.1
  garp_master_delay 0
  garp_master_repeat 3
  virtual_ipaddress {
    10.0.${number}.1/16
    10.0.${number}.2/16
    10.0.${number}.3/16
  }
}
`;
const routers = instance(1) + instance(2);
const addresses = [1, 2].flatMap(number => [1, 2, 3].map(last => `10.0.${number}.${last}`));
const gapMs = 50;

/** Sender addresses of the gratuitous ARPs that come until every address was announced, and how far apart they come in ms. */
async function announced(daemon: Daemon, pacing: string): Promise<{ order: string[]; gaps: number[] }> {
  const lab = await openTestLab();
  try {
    const sender = await lab.addHost('sender', { addresses: ['10.0.0.1/16'] });
    const neighbour = await lab.addHost('neighbour', { addresses: ['10.0.0.2/16'] });
    const capture = await Capture.start(neighbour);
    const started = startDaemon(sender, daemon, pacing + routers);
    const arps = () =>
      capture
        .frames()
        .filter(({ bytes }) => bytes[12] === 8 && bytes[13] === 6)
        .map(({ atMicroseconds, bytes }) => ({ at: atMicroseconds / 1_000, address: bytes.slice(28, 32).join('.') }))
        .filter(({ address }) => addresses.includes(address));
    const isAll = (): boolean => new Set(arps().map(({ address }) => address)).size === addresses.length;
    await waitFor(isAll, { what: 'every address to be announced', evidence: () => started.output });
    const all = arps();
    const last = all.findIndex((_, place) => new Set(all.slice(0, place + 1).map(each => each.address)).size === 6);
    const first = all.slice(0, last + 1);
    return {
      order: first.map(({ address }) => address),
      gaps: first.slice(1).map(({ at }, place) => at - first[place]!.at),
    };
  } finally {
    await lab.close();
  }
}

describe.skipIf(!havePeers('keepalived'))('announcements that keep a distance', () => {
  it.each([
    ['in global_defs', `global_defs {\n  vrrp_garp_interval ${gapMs / 1_000}\n}\n`],
    ['in a garp_group', `garp_group {\n  garp_interval ${gapMs / 1_000}\n  interface eth0\n}\n`],
  ])(
    'tell of every address of every instance before any a second time, the distance being said %s',
    async (_, text) => {
      const ours = await announced('holdfast', text);
      expect([...ours.order].sort()).toEqual(addresses);
      // A frame may be late, and the next one is then nearer to it; nobody sends faster than that.
      const whole = ours.gaps.reduce((sum, gap) => sum + gap, 0);
      expect(whole).toBeGreaterThan(gapMs * (addresses.length - 1) * 0.9);
      // keepalived sends the first one of a burst that finds nobody waiting twice.
      const theirs = await announced('keepalived', text);
      expect(theirs.order.length).toBeLessThanOrEqual(addresses.length + 2);
    },
  );
});
