import { readAnnouncement, sourceMacOf } from './announcement-frame.ts';
import type { Ground } from './ground.ts';
import type { KernelLink } from './kernel-link.ts';
import type { EthernetFrame } from './segment.ts';

/** Puts announcements of a node on the wire. */
export function flood(ground: Ground, node: string, link: KernelLink, frames: readonly Uint8Array[]): void {
  // A burst says the same several times.
  const read = new Map<Uint8Array, EthernetFrame>();
  for (const bytes of frames) {
    let frame = read.get(bytes);
    if (!frame) {
      frame = { type: 'ethernet', sourceMac: sourceMacOf(bytes), news: readAnnouncement(bytes) };
      read.set(bytes, frame);
    }
    // What leaves no port announces nothing.
    if (frame.news && link.hasCarrier) {
      const { address, mac } = frame.news;
      ground.observe({ type: 'announced', node, linkIndex: link.index, address, mac });
    }
    link.segment.flood(link, frame);
  }
}
