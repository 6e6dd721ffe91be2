import type { IpAddress } from '../base/ip-address.ts';
import type { VirtualRouterConfiguration } from '../vrrp/configuration.ts';
import type { checkAdvertisement, ReceivedPacket } from '../vrrp/receive-checks.ts';

/** Everything that an outgoing message is made of. */
interface Sent {
  readonly configuration: VirtualRouterConfiguration;
  readonly source: IpAddress;
  readonly priority: number;
  readonly payload: Uint8Array;
}

/** A master says the same every time: its message is made once for each destination and remembered. */
export class SentMessages {
  readonly #last = new Map<IpAddress, Sent>();

  /** The message, by `encode` where it differs from the last one to that destination. */
  message(
    configuration: VirtualRouterConfiguration,
    source: IpAddress,
    destination: IpAddress,
    priority: number,
    encode: () => Uint8Array,
  ): Uint8Array {
    const last = this.#last.get(destination);
    if (last?.configuration === configuration && last.source === source && last.priority === priority) {
      return last.payload;
    }
    const payload = encode();
    // A reload may change the peers; what is no longer sent is not worth keeping.
    if (last?.configuration !== configuration) this.#last.clear();
    this.#last.set(destination, { configuration, source, priority, payload });
    return payload;
  }
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

  verdict(
    received: ReceivedPacket,
    configuration: VirtualRouterConfiguration,
    ownSource: IpAddress | undefined,
    skipAddressCheck: boolean,
    check: () => Verdict,
  ): Verdict {
    const last = this.#last;
    if (
      last?.configuration === configuration &&
      last.ownSource === ownSource &&
      last.skipAddressCheck === skipAddressCheck &&
      isSame(last.received, received)
    ) {
      return last.verdict;
    }
    const verdict = check();
    // Only what was accepted: the refused have to earn their refusal anew, so that a flood cannot evict the master.
    if (verdict.ok) this.#last = { received, configuration, ownSource, skipAddressCheck, verdict };
    return verdict;
  }
}

function isSame(left: ReceivedPacket, right: ReceivedPacket): boolean {
  if (left.source !== right.source || left.destination !== right.destination) return false;
  if (left.ttl !== right.ttl || left.family !== right.family) return false;
  const [before, now] = [left.payload, right.payload];
  if (before === now) return true;
  if (before.length !== now.length) return false;
  for (let index = 0; index < before.length; index++) if (before[index] !== now[index]) return false;
  return true;
}
