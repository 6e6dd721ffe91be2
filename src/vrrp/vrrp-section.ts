import type { SectionContext } from '../config/section-context.ts';
import type { Statement } from '../config/tree.ts';
import type { Trackers, TrackScriptConfiguration, VrrpConfiguration } from './configuration.ts';
import { type GarpGroups, readGarpGroup } from './garp-group-section.ts';
import type { VrrpGlobalDraft } from './global-section.ts';
import { checkDuplicateVrids, completeInstance } from './instance-completion.ts';
import { type InstanceDraft, readInstance } from './instance-section.ts';
import { type RulePreferences, rulePreferences } from './rule-section.ts';
import { completeScript, readScript, type ScriptDraft } from './script-section.ts';
import { completeStaticAddresses, type StaticDraft, staticRootReaders, withDependencies } from './static-section.ts';
import { completeSyncGroups, readSyncGroup, type SyncGroupDraft } from './sync-group-section.ts';
import { readTrackFile, type TrackFileDraft } from './tracked-file-section.ts';
import { completeTrackProcess, readTrackProcess, type TrackProcessDraft } from './tracked-process-section.ts';
import type { Trackable, TrackableSession } from './tracker-completion.ts';

/** All VRRP blocks of a configuration, as written. */
export interface VrrpDraft {
  readonly instances: Map<string, InstanceDraft>;
  readonly scripts: Map<string, ScriptDraft>;
  readonly syncGroups: Map<string, SyncGroupDraft>;
  readonly files: Map<string, TrackFileDraft>;
  readonly processes: Map<string, TrackProcessDraft>;
  readonly statics: StaticDraft;
  /** Members of track_group blocks by their names. */
  readonly trackGroups: Map<string, ReadonlySet<string>>;
  readonly garpGroups: GarpGroups;
  /** Shared by all rules of the configuration. */
  readonly rulePreferences: RulePreferences;
}

export function emptyVrrpDraft(): VrrpDraft {
  return {
    instances: new Map(),
    scripts: new Map(),
    syncGroups: new Map(),
    files: new Map(),
    processes: new Map(),
    statics: { addresses: [], routes: [], rules: [] },
    trackGroups: new Map(),
    garpGroups: { groups: [], grouped: new Set() },
    rulePreferences: rulePreferences(),
  };
}

/** Keywords outside all blocks that belong to this feature. */
export const vrrpRootReaders = {
  ...staticRootReaders,
  vrrp_instance: (statement: Statement, draft: { readonly vrrp: VrrpDraft }, context: SectionContext): void => {
    const instance = readInstance(statement, draft.vrrp.instances, draft.vrrp.rulePreferences, context);
    if (instance) draft.vrrp.instances.set(instance.name, instance);
  },
  vrrp_script: (statement: Statement, draft: { readonly vrrp: VrrpDraft }, context: SectionContext): void => {
    const script = readScript(statement, draft.vrrp.scripts, context);
    if (script) draft.vrrp.scripts.set(script.name, script);
  },
  vrrp_sync_group: (statement: Statement, draft: { readonly vrrp: VrrpDraft }, context: SectionContext): void => {
    const group = readSyncGroup(statement, draft.vrrp.syncGroups, context);
    if (group) draft.vrrp.syncGroups.set(group.name, group);
  },
  garp_group: (statement: Statement, draft: { readonly vrrp: VrrpDraft }, context: SectionContext): void =>
    readGarpGroup(statement, draft.vrrp.garpGroups, context),
  track_file: trackFile,
  vrrp_track_file: trackFile,
  vrrp_track_process: (statement: Statement, draft: { readonly vrrp: VrrpDraft }, context: SectionContext): void => {
    const tracked = readTrackProcess(statement, draft.vrrp.processes, context);
    if (tracked) draft.vrrp.processes.set(tracked.name, tracked);
  },
};

function trackFile(statement: Statement, draft: { readonly vrrp: VrrpDraft }, context: SectionContext): void {
  const file = readTrackFile(statement, draft.vrrp.files, context);
  if (file) draft.vrrp.files.set(file.name, file);
}

export type VrrpParts = Omit<VrrpConfiguration, 'global'>;

/** Makes the checked model of what was written. */
export function completeVrrp(
  draft: VrrpDraft,
  globals: VrrpGlobalDraft,
  bfdSessions: readonly TrackableSession[],
  context: SectionContext,
): VrrpParts {
  const scripts = new Map<string, TrackScriptConfiguration>();
  for (const script of draft.scripts.values()) {
    const completed = completeScript(script, context);
    if (completed) scripts.set(script.name, completed);
  }
  const { files, processes } = draft;
  const runnable = new Set(scripts.keys());
  const sessions = new Map(bfdSessions.map(session => [session.name, session]));
  const trackable: Trackable = { scripts: draft.scripts, runnable, sessions, files, processes };
  const completed = [...draft.instances.values()].flatMap(instanceDraft => {
    const instance = completeInstance(instanceDraft, globals, trackable, context);
    return instance ? [{ instance, statement: instanceDraft.statement }] : [];
  });
  checkDuplicateVrids(completed, context);
  const { groups, instances } = completeSyncGroups(
    [...draft.syncGroups.values()],
    completed.map(({ instance }) => instance),
    trackable,
    globals,
    context,
  );
  const tracked = trackedNames([...instances, ...groups]);
  const { routes, rules } = draft.statics;
  const addresses = completeStaticAddresses(draft.statics, globals.defaultInterface, context);
  const trackGroups = Array.from(draft.trackGroups, ([name, members]) => ({ name, members: [...members] }));
  const statics = { addresses, routes, rules, ...(trackGroups.length > 0 && { trackGroups }) };
  const { groups: garpGroups } = draft.garpGroups;
  const hasStatics = addresses.length + routes.length + rules.length > 0;
  return {
    ...(hasStatics && { statics }),
    ...(garpGroups.length > 0 && { garpGroups }),
    instances: instances.map(instance => withDependencies(instance, statics, draft.trackGroups)),
    syncGroups: groups,
    scripts: [...scripts.values()].filter(({ name }) => tracked.scripts.has(name)),
    files: [...files.values()].flatMap(({ name, path }) => (tracked.files.has(name) ? [{ name, path }] : [])),
    processes: [...processes.values()].filter(({ name }) => tracked.processes.has(name)).map(completeTrackProcess),
  };
}

function trackedNames(owners: readonly Trackers[]): Record<'scripts' | 'files' | 'processes', ReadonlySet<string>> {
  return {
    scripts: new Set(owners.flatMap(({ trackScripts }) => trackScripts.map(({ script }) => script))),
    files: new Set(owners.flatMap(({ trackFiles }) => trackFiles.map(({ file }) => file))),
    processes: new Set(owners.flatMap(({ trackProcesses }) => trackProcesses.map(({ process }) => process))),
  };
}
