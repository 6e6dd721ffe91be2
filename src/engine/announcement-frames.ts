import { familyOf, type IpAddress } from '../base/ip-address.ts';
import { gratuitousArp } from '../packet/arp.ts';
import { unsolicitedNeighbourAdvertisement } from '../packet/neighbour-advertisement.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { Announcement } from '../vrrp/announcement-queue.ts';
import { detailLine } from '../vrrp/log-lines.ts';
import { Instance } from './instance.ts';
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
  // Bursts come in rounds over the same addresses.
  const made = announcements.length > 1 ? new Map<IpAddress, Uint8Array>() : undefined;
  const flush = (): void => {
    if (current !== undefined && frames.length > 0) out.push({ type: 'send-frames', linkIndex: current, frames });
    frames = [];
  };
  for (const announcement of announcements) {
    const { linkIndex, address, owner } = announcement;
    // Whoever announces what it lost a moment ago draws packets that it cannot answer.
    if (owner instanceof Instance && owner.isLost(announcement)) continue;
    const link = network.link(linkIndex);
    // The interface may have gone since the frame was queued.
    if (!link || link.mac === undefined) continue;
    if (linkIndex !== current) {
      flush();
      made?.clear();
    }
    current = linkIndex;
    let frame = made?.get(address);
    if (!frame) {
      // RFC 9568 6.4.2 has the router flag set; a host that does not forward must not pose as a router.
      const flags = { router: network.isForwarding(linkIndex), override: true };
      frame =
        familyOf(address) === 4
          ? gratuitousArp(link.mac, address)
          : unsolicitedNeighbourAdvertisement(link.mac, address, address, flags);
      made?.set(address, frame);
    }
    frames.push(frame);
    if (!detail) continue;
    const what = familyOf(address) === 4 ? 'gratuitous ARP' : 'unsolicited Neighbour Advert';
    out.push({ type: 'log', ...detailLine(`Sending ${what} on ${link.name} for ${address}`) });
  }
  flush();
}
