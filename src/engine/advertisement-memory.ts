import type { IpAddress } from '../base/ip-address.ts';
import { encodeAdvertisement } from '../packet/vrrp-advertisement.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { VirtualRouterConfiguration } from '../vrrp/configuration.ts';
import type { checkAdvertisement, ReceivedPacket } from '../vrrp/receive-checks.ts';

/** An advertisement on its way out. */
export type SentPacket = VrrpEffect & { readonly type: 'send-packet' };

/** Everything that an outgoing packet is made of. */
interface Sent {
  readonly channel: string;
  readonly priority: number;
  readonly packet: SentPacket;
}

/** A master says the same every time: its packet is made once for each destination and remembered. */
export class SentMessages {
  #configuration: VirtualRouterConfiguration | undefined;
  readonly #last = new Map<IpAddress, Sent>();

  /** The packet, made anew where it differs from the last one to that destination. */
  packet(
    configuration: VirtualRouterConfiguration,
    channel: string,
    source: IpAddress,
    destination: IpAddress,
    priority: number,
  ): SentPacket {
    // A reload may change the peers; what is no longer sent is not worth keeping.
    if (this.#configuration !== configuration) this.#last.clear();
    this.#configuration = configuration;
    const last = this.#last.get(destination);
    if (last?.channel === channel && last.packet.source === source && last.priority === priority) return last.packet;
    const packet = advertisementPacket(configuration, channel, source, destination, priority);
    this.#last.set(destination, { channel, priority, packet });
    return packet;
  }
}

function advertisementPacket(
  configuration: VirtualRouterConfiguration,
  channel: string,
  source: IpAddress,
  destination: IpAddress,
  priority: number,
): SentPacket {
  const { vrid, version, family, advertisementInterval: interval, authentication } = configuration;
  const advertisement = {
    version,
    vrid,
    priority,
    interval,
    addresses: configuration.addresses.map(({ address }) => address),
    authentication: authentication.type === 'password' ? { type: 1, data: authentication.bytes } : undefined,
  };
  const pseudoHeader = !configuration.checksumWithoutPseudoHeader;
  const payload = encodeAdvertisement(advertisement, { family, source, destination, pseudoHeader });
  const configuredTtl = configuration.destination.type === 'unicast' ? configuration.destination.ttl : 255;
  const ttl = configuredTtl ?? (family === 4 ? 255 : undefined);
  return { type: 'send-packet', channel, source, destination, ttl, payload };
}

type Verdict = ReturnType<typeof checkAdvertisement>;

/** Everything that the judgement of a message depends on. */
interface Judged {
  readonly received: ReceivedPacket;
  readonly configuration: VirtualRouterConfiguration;
  readonly ownSource: IpAddress | undefined;
  readonly skipAddressCheck: boolean;
  readonly verdict: Verdict;
}

/** A master is heard saying the same every time: byte for byte the same message gets the verdict that it got before. */
export class JudgedMessage {
  #last: Judged | undefined;

  /** The verdict on the same message under the same circumstances, if it was the last. */
  verdict(
    packet: Omit<ReceivedPacket, 'family'>,
    configuration: VirtualRouterConfiguration,
    ownSource: IpAddress | undefined,
    skipAddressCheck: boolean,
  ): Verdict | undefined {
    const last = this.#last;
    return last?.configuration === configuration &&
      last.ownSource === ownSource &&
      last.skipAddressCheck === skipAddressCheck &&
      isSame(last.received, packet)
      ? last.verdict
      : undefined;
  }

  /** Only what was accepted: the refused have to earn their refusal anew, so that a flood cannot evict the master. */
  remember(judged: Judged): void {
    if (judged.verdict.ok) this.#last = judged;
  }
}

/** Of messages to one instance, which all have its family. */
function isSame(left: ReceivedPacket, right: Omit<ReceivedPacket, 'family'>): boolean {
  if (left.source !== right.source || left.destination !== right.destination || left.ttl !== right.ttl) return false;
  const [before, now] = [left.payload, right.payload];
  if (before === now) return true;
  if (before.length !== now.length) return false;
  for (let index = 0; index < before.length; index++) if (before[index] !== now[index]) return false;
  return true;
}
