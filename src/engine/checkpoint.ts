import type { Instant } from '../base/instant.ts';
import type { AnnouncementQueue, SavedAnnouncementQueue } from '../vrrp/announcement-queue.ts';
import type { VirtualRouterConfiguration, VrrpConfiguration } from '../vrrp/configuration.ts';
import type { SavedStrayPackets, StrayPackets } from './addressee.ts';
import type { Channels, SavedChannels } from './channels.ts';
import type { Deadlines } from './deadlines.ts';
import type { Group } from './group.ts';
import type { Holdings } from './holdings.ts';
import { Instance, type SavedInstance, type Surroundings } from './instance.ts';
import type { Owner, SavedBatches } from './kernel-batches.ts';
import type { NetworkView, SavedNetworkView } from './network-view.ts';
import type { Notifications, SavedNotifications } from './notifications.ts';
import type { SavedStatics } from './static-entries.ts';
import type { SavedTracked, Tracked } from './tracked.ts';

export type Phase = 'waiting-for-network' | 'delayed' | 'running' | 'stopping' | 'stopped';

/**
 * A VRRP process between two turns, as plain data: what VrrpProcess.restore needs to go on exactly as the original
 * would. It shares what never changes (configuration, requests) with the running process.
 */
export interface VrrpCheckpoint {
  readonly configuration: VrrpConfiguration;
  readonly phase: Phase;
  readonly startAt: Instant | undefined;
  readonly stopBy: Instant | undefined;
  readonly lastRun: number;
  readonly strayPackets: SavedStrayPackets;
  readonly network: SavedNetworkView;
  readonly queue: SavedAnnouncementQueue;
  readonly tracked: SavedTracked;
  readonly channels: SavedChannels;
  readonly notifications: SavedNotifications;
  /** In the configuration's order; then those that a reload removed. Everything else names them by their place. */
  readonly instances: readonly NumberedInstance[];
  /** How many of them are configured. */
  readonly configured: number;
  /** Still giving up addresses. */
  readonly leaving: readonly number[];
  readonly batches: SavedBatches;
  readonly statics: SavedStatics;
  readonly deadlines: readonly { readonly instance: number; readonly at: Instant }[];
  /** By place in the configuration; empty before the network is known. */
  readonly groupStates: readonly Group['state'][];
}

interface NumberedInstance {
  /** Its place in the configuration, or for one that a reload removed what it was configured as. */
  readonly configuration: number | VirtualRouterConfiguration;
  readonly state: SavedInstance;
}

/** What a VRRP process consists of. */
export interface ProcessParts {
  readonly configuration: VrrpConfiguration;
  readonly strayPackets: StrayPackets;
  readonly network: NetworkView;
  readonly queue: AnnouncementQueue;
  readonly tracked: Tracked;
  readonly channels: Channels;
  readonly notifications: Notifications;
  readonly holdings: Holdings;
  readonly deadlines: Deadlines<Instance>;
}

/** The instances of a process. */
export interface ProcessInstances {
  readonly instances: readonly Instance[];
  readonly leaving: readonly Instance[];
  readonly groups: readonly Group[];
}

/** Stands for the static entries where instances are named by their place. */
const staticsNumber = -1;

type Scalars = 'phase' | 'startAt' | 'stopBy' | 'lastRun';

export function saveParts(
  parts: ProcessParts,
  { instances, leaving, groups }: ProcessInstances,
): Omit<VrrpCheckpoint, Scalars> {
  const all: Instance[] = [];
  const numbers = new Map<Instance, number>();
  const numberOf = (instance: Instance): number => {
    const known = numbers.get(instance);
    if (known !== undefined) return known;
    const number = all.push(instance) - 1;
    numbers.set(instance, number);
    return number;
  };
  instances.forEach(numberOf);
  const places = new Map(parts.configuration.instances.map((configuration, place) => [configuration, place]));
  const { configuration } = parts;
  const { batches, statics } = parts.holdings;
  return {
    configuration,
    strayPackets: parts.strayPackets.save(),
    network: parts.network.save(),
    queue: parts.queue.save(owner => numberOf(owner as Instance)),
    tracked: parts.tracked.save(),
    channels: parts.channels.save(),
    notifications: parts.notifications.save(),
    configured: instances.length,
    leaving: leaving.map(numberOf),
    batches: batches.save(owner => (owner === statics ? staticsNumber : numberOf(owner as Instance))),
    statics: statics.save(),
    deadlines: parts.deadlines.save().map(({ key, at }) => ({ instance: numberOf(key), at })),
    groupStates: groups.map(({ state }) => state),
    // Last: everybody has a number now.
    instances: all.map(instance => ({
      configuration: places.get(instance.configuration) ?? instance.configuration,
      state: instance.save(),
    })),
  };
}

/** Fills the parts of a new process; yields its instances. */
export function restoreParts(
  saved: VrrpCheckpoint,
  parts: ProcessParts,
  around: Surroundings,
): Omit<ProcessInstances, 'groups'> {
  parts.network.restore(saved.network);
  parts.tracked.restore(saved.configuration, saved.tracked);
  parts.channels.restore(saved.channels);
  parts.notifications.restore(saved.notifications);
  parts.strayPackets.restore(saved.strayPackets);
  const all = saved.instances.map(({ configuration, state }) => {
    const own = typeof configuration === 'number' ? saved.configuration.instances[configuration]! : configuration;
    const instance = new Instance(own, false, around);
    instance.restore(state);
    return instance;
  });
  const byNumber = (number: number): Instance => all[number]!;
  parts.queue.restore(saved.queue, byNumber);
  const { batches, statics } = parts.holdings;
  const ownerOf = (number: number): Owner => (number === staticsNumber ? statics : byNumber(number));
  batches.restore(saved.batches, ownerOf);
  statics.restore(saved.configuration, saved.statics);
  parts.deadlines.restore(saved.deadlines.map(({ instance, at }) => ({ key: byNumber(instance), at })));
  return { instances: all.slice(0, saved.configured), leaving: saved.leaving.map(byNumber) };
}
