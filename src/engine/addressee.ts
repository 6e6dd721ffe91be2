import type { IpAddress } from '../base/ip-address.ts';
import { type Instance, isMeant } from './instance.ts';

/** Enough to name every real sender; a flood of made-up ones must not fill memory. */
const rememberedLimit = 1_000;

/** The instance a packet is for: its VRID on that channel, and of several the one whose peers or group match. */
export function addressee(
  instances: readonly Instance[],
  packet: { readonly channel: string; readonly source: IpAddress; readonly destination: IpAddress },
  vrid: number | undefined,
): Instance | undefined {
  let first: Instance | undefined;
  for (const instance of instances) {
    if (instance.configuration.vrid !== vrid || instance.channelKey !== packet.channel) continue;
    if (isMeant(instance.configuration, packet.source, packet.destination)) return instance;
    first ??= instance;
  }
  return first;
}

/** Senders of adverts for virtual routers that are not configured here, each reported once. */
export class UnknownSenders {
  readonly #known = new Set<string>();
  /** Adverts for a VRID that no instance on that interface has. */
  count = 0;

  /** True the first time. */
  isNews(channel: string, source: IpAddress, vrid: number | undefined): boolean {
    this.count++;
    const key = `${channel} ${source} ${vrid}`;
    if (this.#known.has(key) || this.#known.size >= rememberedLimit) return false;
    this.#known.add(key);
    return true;
  }
}
