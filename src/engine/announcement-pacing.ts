import type { Duration } from '../base/duration.ts';
import type { Family } from '../base/ip-address.ts';
import type { Lane, Pacing } from '../vrrp/announcement-queue.ts';
import type { GarpGroup, VrrpConfiguration } from '../vrrp/configuration.ts';
import type { NetworkView } from './network-view.ts';

type PacingConfiguration = Pick<VrrpConfiguration, 'global' | 'garpGroups'>;

/**
 * How far apart announcements leave: on each interface by itself as global_defs say, and by the interval of their group on
 * interfaces of a garp_group, which share it.
 */
export class AnnouncementPacing implements Pacing {
  readonly #network: NetworkView;
  readonly #global: PacingConfiguration['global'];
  readonly #groupOf = new Map<string, { readonly name: string; readonly group: GarpGroup }>();

  constructor(network: NetworkView, { garpGroups = [], global }: PacingConfiguration) {
    this.#network = network;
    this.#global = global;
    for (const [place, group] of garpGroups.entries()) {
      for (const name of group.interfaces) this.#groupOf.set(name, { name: `group ${place}`, group });
    }
  }

  laneOf(linkIndex: number, family: Family): Lane {
    const link = this.#groupOf.size > 0 ? this.#network.link(linkIndex) : undefined;
    const shared = link && this.#groupOf.get(link.name);
    const { garpInterval, gnaInterval } = shared?.group ?? this.#global;
    return { name: `${shared?.name ?? linkIndex} ${family}`, gap: family === 4 ? garpInterval : gnaInterval };
  }
}

/** The longest gap between two announcements, whatever interfaces they leave by. */
export function longestGap({ garpGroups = [], global }: PacingConfiguration): Duration {
  const gaps = [global, ...garpGroups].flatMap(({ garpInterval, gnaInterval }) => [garpInterval, gnaInterval]);
  return Math.max(...gaps) as Duration;
}
