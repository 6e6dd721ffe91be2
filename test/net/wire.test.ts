// Holdfast on the wire beside keepalived with the same configuration on the same address.
import { describe, expect, it } from 'vitest';
import { Capture, type Frame } from '../../src/lab/capture.ts';
import type { Host } from '../../src/lab/host.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { type Daemon, havePeers, openTestLab, startDaemon } from './daemon.testkit.ts';
import { askTcpdump, askTshark, isAnnouncement, isFrom, utterances, vrrpOf } from './decoder.testkit.ts';
import { instanceBlock } from './variants.testkit.ts';

const mac = '02:00:00:00:00:01';
const role = { priority: 100, number: 1, peer: 2 };
// The second burst is awaited: one second later instead of five.
const quick = 'garp_master_delay 1';
const password = ['authentication {', '    auth_type PASS', '    auth_pass 12345678', '}'];
const manyAddresses = Array.from({ length: 20 }, (_, index) => `10.0.0.${100 + index}/24`);
const ipv4 = ['10.0.0.100/24', '10.0.0.101', '10.0.0.102/28 label eth0:vip', '10.0.9.103/24 scope link'];
const ipv6 = ['fe80::100/64', 'fd00::100/64', 'fd00::101'];
const unicastIpv4 = ['unicast_src_ip 10.0.0.1', 'unicast_peer {', '    10.0.0.2', '    10.0.0.3', '}'];
const unicastIpv6 = ['unicast_src_ip fd00::1', 'unicast_peer {', '    fd00::2', '}'];

interface Case {
  readonly name: string;
  readonly configuration: string;
  readonly addressCount: number;
  readonly forwarding?: boolean;
}

function wireCase(name: string, interval: string, virtualAddresses: readonly string[], lines: readonly string[]): Case {
  const configuration = instanceBlock(role, { interval, virtualAddresses, lines: [...lines, quick] });
  return { name, configuration, addressCount: virtualAddresses.length };
}

const cases: readonly Case[] = [
  wireCase('version 2, multicast, PASS', '1', ipv4, password),
  wireCase('version 2, multicast, no authentication', '1', manyAddresses, []),
  wireCase('version 2, unicast to two peers', '1', ipv4, [...password, ...unicastIpv4]),
  wireCase('version 3, IPv4', '0.1', ipv4, ['version 3']),
  wireCase('version 3, IPv4, unicast to two peers', '0.1', ipv4, ['version 3', ...unicastIpv4]),
  wireCase('version 3, IPv6', '0.1', ipv6, ['version 3']),
  wireCase('version 3, IPv6, unicast', '0.1', ipv6, ['version 3', ...unicastIpv6]),
  { ...wireCase('version 3, IPv6, on a router', '0.1', ipv6, ['version 3']), forwarding: true },
];

/** One daemon's whole life, recorded at its neighbour: start, two bursts, three adverts, stop. */
async function record(lab: Lab, daemon: Daemon, each: Case): Promise<{ capture: Capture; frames: Frame[]; at: Host }> {
  const network = daemon;
  const sender = await lab.addHost(`${daemon}-sender`, { addresses: ['10.0.0.1/24', 'fd00::1/64'], network, mac });
  const neighbour = { addresses: ['10.0.0.2/24', 'fd00::2/64'], network, mac: '02:00:00:00:00:02' };
  const at = await lab.addHost(`${daemon}-neighbour`, neighbour);
  await lab.addAddress(at, 'eth0', '10.0.0.3/24');
  if (each.forwarding) await sender.must(['sh', '-c', 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding']);
  const capture = await Capture.start(at);
  const running = startDaemon(sender, daemon, each.configuration);
  const total = each.addressCount * 5 * 2;
  const own = (): Uint8Array[] =>
    capture
      .frames()
      .map(frame => frame.bytes)
      .filter(bytes => isFrom(bytes, mac));
  const enough = (): boolean =>
    own().filter(isAnnouncement).length >= total && own().filter(bytes => vrrpOf(bytes)).length >= 3;
  await capture.waitForFrame(enough, `two bursts and three adverts of ${daemon}`).catch(error => {
    throw new Error(`${(error as Error).message}\n${running.output}`);
  });
  await running.stop();
  await capture.waitForFrame(frame => vrrpOf(frame.bytes)?.[2] === 0, `priority 0 from ${daemon}`);
  return { capture, frames: await capture.stop(), at };
}

describe('on the wire', { concurrent: true, skip: !havePeers('keepalived', 'dumpcap', 'tshark', 'tcpdump') }, () => {
  for (const each of cases) {
    it(`${each.name}: equal to keepalived byte for byte, and decoded without complaint`, async () => {
      const lab = await openTestLab();
      try {
        const [ours, theirs] = await Promise.all([record(lab, 'holdfast', each), record(lab, 'keepalived', each)]);
        const said = utterances(ours.frames, mac);
        expect(said.adverts.length, 'the advert and its copy with priority 0, for each peer').toBeGreaterThanOrEqual(2);
        expect(said).toEqual(utterances(theirs.frames, mac));

        const first = ours.frames.map(frame => frame.bytes).find(bytes => isFrom(bytes, mac) && isOfInterest(bytes));
        expect(first && vrrpOf(first), 'an advert goes before the first announcement').toBeDefined();

        const sent = ours.frames.filter(frame => isFrom(frame.bytes, mac) && isOfInterest(frame.bytes)).length;
        for (const ask of [askTshark, askTcpdump]) {
          const verdict = await ask(ours.at, ours.capture);
          expect(verdict.complaints).toEqual([]);
          expect(verdict.frames, `${ask.name} knows every frame`).toBeGreaterThanOrEqual(sent);
        }
      } finally {
        await lab.close();
      }
    });
  }
});

function isOfInterest(frame: Uint8Array): boolean {
  return vrrpOf(frame) !== undefined || isAnnouncement(frame);
}
