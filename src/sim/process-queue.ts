import type { VrrpInput } from '../ports/vrrp-world.ts';
import type { ReceivedPacket } from './vrrp-sockets.ts';

/** Packets of an advert's size that a socket's default buffer of 208 KiB holds: the kernel charges 768 bytes for each. */
const packetLimit = 277;
/** Notices that the netlink monitor's buffer holds. */
const noticeLimit = 2_000;
/** Packets that the event loop reads from a socket before it looks at anything else. */
const packetsPerTurn = 32;

/** What waits in the sockets of a process that does not run. */
export class ProcessQueue {
  #packets: ReceivedPacket[] = [];
  #events: (VrrpInput | 'overrun' | (() => void))[] = [];
  #notices = 0;

  get isEmpty(): boolean {
    return this.#packets.length === 0 && this.#events.length === 0;
  }

  packet(input: ReceivedPacket): void {
    if (this.#packets.length < packetLimit) this.#packets.push(input);
  }

  /** A notice of the kernel's, or an answer. */
  event(input: VrrpInput): void {
    const isAnswer = /^(addresses-changed|routing-changed|script-ended)$/.test(input.type);
    if (isAnswer) this.#events.push(input);
    else if (++this.#notices <= noticeLimit) this.#events.push(input);
    else if (this.#notices === noticeLimit + 1) this.#events.push('overrun');
  }

  command(run: () => void): void {
    this.#events.push(run);
  }

  takePackets(): readonly ReceivedPacket[] {
    return this.#packets.splice(0, packetsPerTurn);
  }

  takeEvents(): readonly (VrrpInput | 'overrun' | (() => void))[] {
    this.#notices = 0;
    return this.#events.splice(0);
  }

  clear(): void {
    this.#packets = [];
    this.#events = [];
    this.#notices = 0;
  }
}
