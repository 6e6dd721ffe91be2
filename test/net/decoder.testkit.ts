// What independent programs make of a capture, and frames made comparable.
import type { Capture, Frame } from '../../src/lab/capture.ts';
import type { Host } from '../../src/lab/host.ts';

const etherType = { arp: 0x0806, ipv4: 0x0800, ipv6: 0x86dd };

function typeOf(frame: Uint8Array): number {
  return ((frame[12] ?? 0) << 8) | (frame[13] ?? 0);
}

/** The VRRP message in a frame, or undefined. */
export function vrrpOf(frame: Uint8Array): Uint8Array | undefined {
  if (typeOf(frame) === etherType.ipv4 && frame[23] === 112) return frame.subarray(14 + ((frame[14] ?? 0) & 15) * 4);
  if (typeOf(frame) === etherType.ipv6 && frame[20] === 112) return frame.subarray(54);
  return undefined;
}

/** An ARP in which a host speaks of its own address, or a neighbour advertisement that nobody asked for. */
export function isAnnouncement(frame: Uint8Array): boolean {
  if (typeOf(frame) === etherType.arp) return hex(frame.subarray(28, 32)) === hex(frame.subarray(38, 42));
  return typeOf(frame) === etherType.ipv6 && frame[20] === 58 && frame[54] === 136 && ((frame[58] ?? 0) & 0x40) === 0;
}

export function isFrom(frame: Uint8Array, mac: string): boolean {
  return hex(frame.subarray(6, 12)) === mac.replaceAll(':', '');
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/**
 * The frame in hexadecimal with what may differ between two senders of the same advert as zeros: the IPv4 identification and
 * the header checksum that follows from it, and the IPv6 flow label, which the kernel chooses.
 */
export function comparable(frame: Uint8Array): string {
  const copy = frame.slice();
  if (typeOf(copy) === etherType.ipv4) {
    copy.fill(0, 18, 20);
    copy.fill(0, 24, 26);
  }
  if (typeOf(copy) === etherType.ipv6) {
    copy[15] = (copy[15] ?? 0) & 0xf0;
    copy.fill(0, 16, 18);
  }
  return hex(copy);
}

/** What a router said: each different advert once, in order, and every announcement. */
export function utterances(frames: readonly Frame[], mac: string): { adverts: string[]; announcements: string[] } {
  const own = frames.map(frame => frame.bytes).filter(bytes => isFrom(bytes, mac));
  const adverts = own.filter(bytes => vrrpOf(bytes) !== undefined).map(comparable);
  return { adverts: [...new Set(adverts)], announcements: own.filter(isAnnouncement).map(comparable) };
}

/** Lines with which tshark finds fault with adverts, ARPs and neighbour advertisements, and how many frames it knew. */
export async function askTshark(host: Host, capture: Capture): Promise<{ complaints: string[]; frames: number }> {
  const filter = 'vrrp || arp || icmpv6.type == 136';
  const options = ['-r', capture.pathOnHost, '-o', 'ip.check_checksum:TRUE', '-Y', filter];
  const lines = (await host.must(['tshark', ...options, '-V'])).split('\n');
  const bad = /malformed|expert info|incorrect|unverified|should be|status: bad|unreassembled/i;
  return {
    complaints: lines.filter(line => bad.test(line)),
    frames: lines.filter(line => /^Frame \d+:/.test(line)).length,
  };
}

/** The same with tcpdump. It must not believe to be root, or it looks for a user to become. */
export async function askTcpdump(host: Host, capture: Capture): Promise<{ complaints: string[]; frames: number }> {
  const filter = 'proto 112 or ip6 proto 112 or arp or (icmp6 and ip6[40] == 136)';
  const read = `exec unshare --user --map-user=65534 tcpdump -nvv -r - '${filter}' <"$0"`;
  const text = await host.must(['sh', '-c', read, capture.pathOnHost]);
  const bad = /\bbad\b|wrong|incorrect|invalid|malformed|\[\||truncated|unknown|unexpected/i;
  return {
    complaints: text.split('\n').filter(line => bad.test(line)),
    frames: text.split('\n').filter(line => /^\d\d:\d\d:/.test(line)).length,
  };
}
