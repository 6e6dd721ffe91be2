import { familyOf } from '../base/ip-address.ts';
import { gratuitousArp } from '../packet/arp.ts';
import { unsolicitedNeighbourAdvertisement } from '../packet/neighbour-advertisement.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { Announcement } from '../vrrp/announcement-queue.ts';
import { detailLine } from '../vrrp/log-lines.ts';
import type { NetworkView } from './network-view.ts';

/** Turns announcements into Ethernet frames, one effect per run of frames on the same interface. */
export function announcementFrames(
  announcements: readonly Announcement[],
  network: NetworkView,
  detail: boolean,
  out: VrrpEffect[],
): void {
  if (announcements.length === 0) return;
  let frames: Uint8Array[] = [];
  let current: number | undefined;
  const flush = (): void => {
    if (current !== undefined && frames.length > 0) out.push({ type: 'send-frames', linkIndex: current, frames });
    frames = [];
  };
  for (const { linkIndex, address } of announcements) {
    const link = network.link(linkIndex);
    // The interface may have gone since the frame was queued.
    if (!link || link.mac === undefined) continue;
    if (linkIndex !== current) flush();
    current = linkIndex;
    if (familyOf(address) === 4) frames.push(gratuitousArp(link.mac, address));
    else {
      // RFC 9568 6.4.2 has the router flag set; a host that does not forward must not pose as a router.
      const router = network.isForwarding(linkIndex);
      frames.push(unsolicitedNeighbourAdvertisement(link.mac, address, address, { router, override: true }));
    }
    if (!detail) continue;
    const what = familyOf(address) === 4 ? 'gratuitous ARP' : 'unsolicited Neighbour Advert';
    out.push({ type: 'log', ...detailLine(`Sending ${what} on ${link.name} for ${address}`) });
  }
  flush();
}
