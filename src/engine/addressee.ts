import type { IpAddress } from '../base/ip-address.ts';
import { detailLine, type LogLine } from '../vrrp/log-lines.ts';
import { type Instance, isMeant } from './instance.ts';

/** Enough to name every real sender; a flood of made-up ones must not fill memory. */
const rememberedLimit = 1_000;

/** Finds whom a packet is for. */
export class Addressees {
  readonly #byChannel = new Map<string, Map<number, Instance[]>>();

  constructor(instances: readonly Instance[]) {
    for (const instance of instances) {
      const byVrid = this.#byChannel.get(instance.channelKey) ?? new Map<number, Instance[]>();
      this.#byChannel.set(instance.channelKey, byVrid);
      const { vrid } = instance.configuration;
      byVrid.set(vrid, [...(byVrid.get(vrid) ?? []), instance]);
    }
  }

  /** The instance with that VRID on the channel, and of several the one whose peers or group match. */
  find(
    packet: { readonly channel: string; readonly source: IpAddress; readonly destination: IpAddress },
    vrid: number | undefined,
  ): Instance | undefined {
    const candidates = vrid === undefined ? undefined : this.#byChannel.get(packet.channel)?.get(vrid);
    if (!candidates || candidates.length === 1) return candidates?.[0];
    const { source, destination } = packet;
    return candidates.find(({ configuration }) => isMeant(configuration, source, destination)) ?? candidates[0];
  }
}

/** StrayPackets as plain data. */
export interface SavedStrayPackets {
  readonly known: readonly string[];
  readonly unknownVrid: number;
  readonly malformed: number;
}

/** Packets that reach no instance: counted, and each sender reported once. */
export class StrayPackets {
  readonly #known = new Set<string>();
  /** For a VRID that no instance on that interface has. */
  unknownVrid = 0;
  /** With a broken IP header. */
  malformed = 0;

  save(): SavedStrayPackets {
    return { known: [...this.#known], unknownVrid: this.unknownVrid, malformed: this.malformed };
  }

  restore({ known, unknownVrid, malformed }: SavedStrayPackets): void {
    this.#known.clear();
    for (const key of known) this.#known.add(key);
    this.unknownVrid = unknownVrid;
    this.malformed = malformed;
  }

  /** Counts a packet with a broken IP header; what to say of it. */
  broken(channel: string, reason: string): LogLine {
    this.malformed++;
    return detailLine(`Ignored a packet on ${channel}: ${reason}`);
  }

  /** True the first time. */
  isNews(channel: string, source: IpAddress, vrid: number | undefined): boolean {
    this.unknownVrid++;
    const key = `${channel} ${source} ${vrid}`;
    if (this.#known.has(key) || this.#known.size >= rememberedLimit) return false;
    this.#known.add(key);
    return true;
  }
}
