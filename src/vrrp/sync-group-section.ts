import { bindReaders, readBlock, reportSlashComment } from '../config/interpret.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import type { SyncGroupConfiguration, VirtualRouterConfiguration } from './configuration.ts';
import {
  bfdTrackers,
  fileTrackers,
  interfaceTracker,
  processTrackers,
  scriptTrackers,
  type Trackable,
} from './instance-completion.ts';
import { vrrpBlocks } from './keywords.ts';
import {
  completeNotify,
  emptyNotifyDraft,
  type NotifyDefaults,
  type NotifyDraft,
  notifyReaders,
} from './notify-section.ts';
import { type TrackersDraft, trackerReaders } from './tracker-section.ts';

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
    trackInterfaces: new Map(),
    trackScripts: new Map(),
    trackBfd: new Map(),
    trackFiles: new Map(),
    trackProcesses: new Map(),
    trackingWeight: false,
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
    const trackInterfaces = [...draft.trackInterfaces.values()].map(interfaceTracker);
    const trackScripts = scriptTrackers(draft.trackScripts, draft.name, trackable, context);
    const trackBfd = bfdTrackers(draft.trackBfd, draft.name, trackable, context);
    const trackFiles = fileTrackers(draft.trackFiles, draft.name, trackable, context);
    const trackProcesses = processTrackers(draft.trackProcesses, draft.name, trackable, context);
    const trackers = { trackInterfaces, trackScripts, trackBfd, trackFiles, trackProcesses };
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

type Trackers = Pick<
  SyncGroupConfiguration,
  'trackInterfaces' | 'trackScripts' | 'trackBfd' | 'trackFiles' | 'trackProcesses'
>;

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
  const where = located(statement);
  const hint = 'sync_group_tracking_weight in the group keeps weights';
  return {
    trackInterfaces: trackInterfaces.map(tracker => {
      if (tracker.weight === 0) return tracker;
      const message = `"${owner}" is synchronised: the weight of ${tracker.interface} is dropped, down means FAULT`;
      voices.most(context, where, 'weight-in-sync-group', message, hint);
      return { ...tracker, weight: 0 };
    }),
    trackScripts: trackScripts.filter(tracker => {
      if (tracker.weight === 0) return true;
      const message = `"${owner}" is synchronised: the weighted script "${tracker.script}" is not tracked`;
      voices.most(context, where, 'weight-in-sync-group', message, hint);
      return false;
    }),
    trackBfd: trackBfd.filter(tracker => {
      if (tracker.weight === 0) return true;
      const message = `"${owner}" is synchronised: the weighted BFD instance "${tracker.session}" is not tracked`;
      voices.most(context, where, 'weight-in-sync-group', message, hint);
      return false;
    }),
    trackFiles: trackFiles.flatMap(tracker => {
      if (tracker.weight === 0) return [tracker];
      // 1 is what a file has whose weight nobody gave.
      const kept = tracker.weight === 1;
      const fate = kept ? 'loses its weight: any number but 0 means FAULT' : 'is not tracked';
      const message = `"${owner}" is synchronised: the weighted file "${tracker.file}" ${fate}`;
      voices.most(context, where, 'weight-in-sync-group', message, hint);
      return kept ? [{ ...tracker, weight: 0 }] : [];
    }),
    trackProcesses: trackProcesses.filter(tracker => {
      if (tracker.weight === 0) return true;
      const message = `"${owner}" is synchronised: the weighted process "${tracker.process}" is not tracked`;
      voices.processes(context, where, 'weight-in-sync-group', message, hint);
      return false;
    }),
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
  const kept = new Set(group.trackScripts.map(({ script }) => script));
  const keptSessions = new Set(group.trackBfd.map(({ session }) => session));
  const keptFiles = new Set(group.trackFiles.map(({ file }) => file));
  const keptProcesses = new Set(group.trackProcesses.map(({ process }) => process));
  const alsoTracked = (name: string): boolean => {
    const message = `"${name}" is tracked by "${instance.name}" and by its sync group "${group.name}"`;
    complain(context, located(draft.statement), 'tracked-twice', message, "the instance's entry is left out");
    return false;
  };
  // keepalived says so of an own interface, too.
  if (instance.interface !== undefined && draft.trackInterfaces.has(instance.interface))
    alsoTracked(instance.interface);
  return {
    ...instance,
    trackInterfaces: own.trackInterfaces.filter(
      ({ interface: name }) => !draft.trackInterfaces.has(name) || alsoTracked(name),
    ),
    trackScripts: own.trackScripts.filter(({ script }) => !kept.has(script) || alsoTracked(script)),
    trackBfd: own.trackBfd.filter(({ session }) => !keptSessions.has(session) || alsoTracked(session)),
    trackFiles: own.trackFiles.filter(({ file }) => !keptFiles.has(file) || alsoTracked(file)),
    trackProcesses: own.trackProcesses.filter(({ process }) => !keptProcesses.has(process) || alsoTracked(process)),
  };
}
