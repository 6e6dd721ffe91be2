import type { SectionContext } from '../config/section-context.ts';
import type { Statement } from '../config/tree.ts';
import type { SyncGroupConfiguration, TrackScriptConfiguration, VirtualRouterConfiguration } from './configuration.ts';
import type { VrrpGlobalDraft } from './global-section.ts';
import { checkDuplicateVrids, completeInstance, type Trackable, type TrackableSession } from './instance-completion.ts';
import { type InstanceDraft, readInstance } from './instance-section.ts';
import { completeScript, readScript, type ScriptDraft } from './script-section.ts';
import { completeSyncGroups, readSyncGroup, type SyncGroupDraft } from './sync-group-section.ts';

/** All VRRP blocks of a configuration, as written. */
export interface VrrpDraft {
  readonly instances: Map<string, InstanceDraft>;
  readonly scripts: Map<string, ScriptDraft>;
  readonly syncGroups: Map<string, SyncGroupDraft>;
}

export function emptyVrrpDraft(): VrrpDraft {
  return { instances: new Map(), scripts: new Map(), syncGroups: new Map() };
}

/** Keywords outside all blocks that belong to this feature. */
export const vrrpRootReaders = {
  vrrp_instance: (statement: Statement, draft: { readonly vrrp: VrrpDraft }, context: SectionContext): void => {
    const instance = readInstance(statement, draft.vrrp.instances, context);
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
};

export interface VrrpParts {
  readonly instances: readonly VirtualRouterConfiguration[];
  readonly syncGroups: readonly SyncGroupConfiguration[];
  readonly scripts: readonly TrackScriptConfiguration[];
}

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
  const trackable: Trackable = { scripts: draft.scripts, runnable: new Set(scripts.keys()), bfdSessions };
  const completed = [...draft.instances.values()].flatMap(instanceDraft => {
    const instance = completeInstance(instanceDraft, globals, trackable, context);
    return instance ? [{ instance, statement: instanceDraft.statement }] : [];
  });
  checkDuplicateVrids(completed, context);
  const { groups, instances } = completeSyncGroups(
    [...draft.syncGroups.values()],
    completed.map(({ instance }) => instance),
    trackable,
    globals.mailAlerts,
    context,
  );
  const tracked = new Set(
    [...instances, ...groups].flatMap(({ trackScripts }) => trackScripts.map(({ script }) => script)),
  );
  return { instances, syncGroups: groups, scripts: [...scripts.values()].filter(({ name }) => tracked.has(name)) };
}
