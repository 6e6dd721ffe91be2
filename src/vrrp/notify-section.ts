import type { Reader } from '../config/interpret.ts';
import type { SectionContext } from '../config/section-context.ts';
import type { Statement } from '../config/tree.ts';
import { boolean } from '../config/values.ts';
import type { NotifyScripts } from './configuration.ts';

/** The notify keywords of an instance or group, the last of each kind. */
export interface NotifyDraft {
  notifyMaster: Statement | undefined;
  notifyBackup: Statement | undefined;
  notifyFault: Statement | undefined;
  notifyStop: Statement | undefined;
  notify: Statement | undefined;
  notifyDeleted: Statement | undefined;
  notifyMasterReceivedLowerPriority: Statement | undefined;
  /** smtp_alert; undefined: not said. */
  mail: boolean | undefined;
  /** notify_priority_changes; undefined: not said. */
  priorityChanges: boolean | undefined;
}

export function emptyNotifyDraft(): NotifyDraft {
  return {
    notifyMaster: undefined,
    notifyBackup: undefined,
    notifyFault: undefined,
    notifyStop: undefined,
    notify: undefined,
    notifyDeleted: undefined,
    notifyMasterReceivedLowerPriority: undefined,
    mail: undefined,
    priorityChanges: undefined,
  };
}

const take =
  (key: Exclude<keyof NotifyDraft, 'mail' | 'priorityChanges'>): Reader<NotifyDraft, SectionContext> =>
  (statement, draft) => {
    draft[key] = statement;
  };

/** Keywords that instances and groups share. */
export const notifyReaders: Readonly<Record<string, Reader<NotifyDraft, SectionContext>>> = {
  notify_master: take('notifyMaster'),
  notify_backup: take('notifyBackup'),
  notify_fault: take('notifyFault'),
  notify_stop: take('notifyStop'),
  notify: take('notify'),
  smtp_alert: (statement, draft, context) => {
    draft.mail = boolean(statement, context) ?? draft.mail;
  },
  notify_priority_changes: (statement, draft, context) => {
    draft.priorityChanges = boolean(statement, context) ?? draft.priorityChanges;
  },
};

/** Keywords of instances only. */
export const instanceNotifyReaders: Readonly<Record<string, Reader<NotifyDraft, SectionContext>>> = {
  ...notifyReaders,
  notify_deleted: take('notifyDeleted'),
  notify_master_rx_lower_pri: take('notifyMasterReceivedLowerPriority'),
};

/** What counts where a block says nothing of smtp_alert and notify_priority_changes. */
export interface NotifyDefaults {
  readonly mailAlerts: boolean;
  readonly priorityChanges: boolean;
}

/** Resolves the scripts, once all settings that bear on them are known. */
export function completeNotify(draft: NotifyDraft, defaults: NotifyDefaults, context: SectionContext): NotifyScripts {
  const script = (statement: Statement | undefined) =>
    statement && statement.words.length > 1 ? context.scripts.resolve(statement, 'notified', undefined) : undefined;
  return {
    master: script(draft.notifyMaster),
    backup: script(draft.notifyBackup),
    fault: script(draft.notifyFault),
    stop: script(draft.notifyStop),
    generic: script(draft.notify),
    deleted: script(draft.notifyDeleted),
    reportDeleted: draft.notifyDeleted !== undefined,
    masterReceivedLowerPriority: script(draft.notifyMasterReceivedLowerPriority),
    mail: draft.mail ?? defaults.mailAlerts,
    priorityChanges: draft.priorityChanges ?? defaults.priorityChanges,
  };
}
