import { bindReaders, readBlock, reportSlashComment } from '../config/interpret.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import type { SyncGroupConfiguration, Trackers, VirtualRouterConfiguration } from './configuration.ts';
import { vrrpBlocks } from './keywords.ts';
import {
  completeNotify,
  emptyNotifyDraft,
  type NotifyDefaults,
  type NotifyDraft,
  notifyReaders,
} from './notify-section.ts';
import { completeTrackers, type Trackable } from './tracker-completion.ts';
import { emptyTrackers, type TrackersDraft, trackerReaders } from './tracker-section.ts';

/** A vrrp_sync_group block as written. */
export interface SyncGroupDraft extends NotifyDraft, TrackersDraft {
  readonly statement: Statement;
  readonly name: string;
  readonly members: { readonly name: string; readonly statement: Statement }[];
  trackingWeight: boolean;
}

const readers = bindReaders<SyncGroupDraft, SectionContext>(vrrpBlocks.vrrp_sync_group, {
  ...notifyReaders,
  group: (statement, draft, context) => {
    for (const line of statement.block!.statements) {
      reportSlashComment(line, true, context);
      for (const word of line.words) draft.members.push({ name: word.text, statement: line });
    }
  },
  ...trackerReaders,
  sync_group_tracking_weight: (_statement, draft) => {
    draft.trackingWeight = true;
  },
  // Deprecated, which is said; it does nothing.
  global_tracking: () => {},
});

/** Reads a vrrp_sync_group block; undefined if it has no name of its own. */
export function readSyncGroup(
  statement: Statement,
  known: ReadonlyMap<string, unknown>,
  context: SectionContext,
): SyncGroupDraft | undefined {
  const name = statement.words[1]?.text;
  if (name === undefined || !statement.block) {
    complain(
      context,
      located(statement),
      'missing-name',
      'vrrp_sync_group needs a name',
      'write "vrrp_sync_group NAME {"; it is passed over',
    );
    return undefined;
  }
  if (known.has(name)) {
    const message = `vrrp_sync_group "${name}" is defined already`;
    complain(context, located(statement), 'duplicate-name', message, 'the first stands');
    return undefined;
  }
  const draft: SyncGroupDraft = {
    statement,
    name,
    members: [],
    trackingWeight: false,
    ...emptyTrackers(),
    ...emptyNotifyDraft(),
  };
  readBlock(statement.block.statements, vrrpBlocks.vrrp_sync_group, readers, draft, context);
  return draft;
}

/** The groups with their members, and the instances as their groups leave them. */
export interface SyncedConfiguration {
  readonly groups: readonly SyncGroupConfiguration[];
  readonly instances: readonly VirtualRouterConfiguration[];
}

/**
 * Members share one fate: a weight that moves one member's priority alone would tear the group apart, so weighted
 * trackers lose their weight or go, unless the group keeps them by sync_group_tracking_weight.
 */
export function completeSyncGroups(
  drafts: readonly SyncGroupDraft[],
  instances: readonly VirtualRouterConfiguration[],
  trackable: Trackable,
  defaults: NotifyDefaults,
  context: SectionContext,
): SyncedConfiguration {
  const byName = new Map(instances.map(instance => [instance.name, instance]));
  const groupOf = new Map<string, SyncGroupDraft>();
  const completed = new Map<SyncGroupDraft, SyncGroupConfiguration>();
  for (const draft of drafts) {
    const members = membersOf(draft, byName, groupOf, context);
    if (members.length === 0) {
      const message = `sync group "${draft.name}" has no members`;
      complain(context, located(draft.statement), 'sync-group-empty', message, 'it is left out');
      continue;
    }
    if (members.length === 1) {
      const message = `sync group "${draft.name}" has one member only`;
      complain(context, located(draft.statement), 'sync-group-of-one', message, 'it has nothing to keep in step');
    }
    const trackers = completeTrackers(draft, draft.name, undefined, trackable, context);
    const withOwner = members.some(name => byName.get(name)!.priority === 255);
    const kept = draft.trackingWeight
      ? trackers
      : unweighted(trackers, draft.name, draft.statement, withOwner ? ofGroupWithOwner : ofGroup, context);
    completed.set(draft, {
      name: draft.name,
      members,
      ...kept,
      trackingWeight: draft.trackingWeight,
      notify: completeNotify(draft, defaults, context),
    });
  }
  return {
    groups: [...completed.values()],
    instances: instances.map(instance => {
      const draft = groupOf.get(instance.name);
      const group = draft && completed.get(draft);
      return draft && group ? synchronised(instance, draft, group, context) : instance;
    }),
  };
}

function membersOf(
  draft: SyncGroupDraft,
  instances: ReadonlyMap<string, VirtualRouterConfiguration>,
  groupOf: Map<string, SyncGroupDraft>,
  context: SectionContext,
): string[] {
  const members: string[] = [];
  for (const { name, statement } of draft.members) {
    const where = located(statement);
    const other = groupOf.get(name);
    if (!instances.has(name)) {
      const message = `sync group "${draft.name}" names "${name}", which no vrrp_instance defines`;
      complain(context, where, 'unknown-instance', message, 'it is left out');
    } else if (other === draft) {
      complain(context, where, 'duplicate-member', `"${name}" is named twice`, 'once is enough');
    } else if (other) {
      const message = `"${name}" is in sync group "${other.name}" already`;
      complain(context, where, 'duplicate-member', message, `it is not in "${draft.name}"`);
    } else {
      groupOf.set(name, draft);
      members.push(name);
    }
  }
  return members;
}

/** How what is dropped is told: as keepalived does, so that a test ends alike. */
interface Voices {
  readonly most: typeof advise;
  readonly processes: typeof advise;
}

/** It keeps the weights of a group's own trackers, unless the address of a member is its own. */
const ofGroup: Voices = { most: advise, processes: advise };
const ofGroupWithOwner: Voices = { most: complain, processes: complain };
const ofMember: Voices = { most: complain, processes: advise };

function unweighted(
  { trackInterfaces, trackScripts, trackBfd, trackFiles, trackProcesses }: Trackers,
  owner: string,
  statement: Statement,
  voices: Voices,
  context: SectionContext,
): Trackers {
  const tell = (fate: string, voice = voices.most): void => {
    const hint = 'sync_group_tracking_weight in the group keeps weights';
    voice(context, located(statement), 'weight-in-sync-group', `"${owner}" is synchronised: the ${fate}`, hint);
  };
  const isPlain = (weight: number, what: string, voice = voices.most): boolean => {
    if (weight !== 0) tell(`weighted ${what} is not tracked`, voice);
    return weight === 0;
  };
  return {
    trackInterfaces: trackInterfaces.map(tracker => {
      if (tracker.weight === 0) return tracker;
      tell(`weight of ${tracker.interface} is dropped, down means FAULT`);
      return { ...tracker, weight: 0 };
    }),
    trackScripts: trackScripts.filter(({ weight, script }) => isPlain(weight, `script "${script}"`)),
    trackBfd: trackBfd.filter(({ weight, session }) => isPlain(weight, `BFD instance "${session}"`)),
    trackFiles: trackFiles.flatMap(tracker => {
      // 1 is what a file has whose weight nobody gave.
      if (tracker.weight !== 1) return isPlain(tracker.weight, `file "${tracker.file}"`) ? [tracker] : [];
      tell(`weighted file "${tracker.file}" loses its weight: any number but 0 means FAULT`);
      return [{ ...tracker, weight: 0 }];
    }),
    trackProcesses: trackProcesses.filter(({ weight, process }) =>
      isPlain(weight, `process "${process}"`, voices.processes),
    ),
  };
}

function synchronised(
  instance: VirtualRouterConfiguration,
  draft: SyncGroupDraft,
  group: SyncGroupConfiguration,
  context: SectionContext,
): VirtualRouterConfiguration {
  const own: Trackers = draft.trackingWeight
    ? instance
    : unweighted(instance, instance.name, draft.statement, ofMember, context);
  const tellTwice = (name: string): void => {
    const message = `"${name}" is tracked by "${instance.name}" and by its sync group "${group.name}"`;
    complain(context, located(draft.statement), 'tracked-twice', message, "the instance's entry is left out");
  };
  const only = <Tracker>(
    mine: readonly Tracker[],
    ofGroup: readonly Tracker[],
    nameOf: (tracker: Tracker) => string,
  ): readonly Tracker[] => {
    const taken = new Set(ofGroup.map(nameOf));
    return mine.filter(tracker => {
      const name = nameOf(tracker);
      if (taken.has(name)) tellTwice(name);
      return !taken.has(name);
    });
  };
  // keepalived says so of an own interface, too.
  if (instance.interface !== undefined && draft.trackInterfaces.has(instance.interface)) tellTwice(instance.interface);
  return {
    ...instance,
    trackInterfaces: only(own.trackInterfaces, group.trackInterfaces, tracker => tracker.interface),
    trackScripts: only(own.trackScripts, group.trackScripts, ({ script }) => script),
    trackBfd: only(own.trackBfd, group.trackBfd, ({ session }) => session),
    trackFiles: only(own.trackFiles, group.trackFiles, ({ file }) => file),
    trackProcesses: only(own.trackProcesses, group.trackProcesses, ({ process }) => process),
  };
}
