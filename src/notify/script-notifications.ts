import type { RunnableScript } from '../ports/script.ts';

/** States that scripts and FIFO readers are told, in keepalived's words. */
export type NotifiedState = 'MASTER' | 'BACKUP' | 'FAULT' | 'STOP' | 'DELETED';

/** Who changed its state. A group's priority is always given as 0. */
export interface Subject {
  readonly kind: 'INSTANCE' | 'GROUP';
  readonly name: string;
  readonly priority: number;
}

/** The scripts that an instance or a group has for its transitions. */
export interface TransitionScripts {
  readonly master: RunnableScript | undefined;
  readonly backup: RunnableScript | undefined;
  readonly fault: RunnableScript | undefined;
  readonly stop: RunnableScript | undefined;
  readonly deleted: RunnableScript | undefined;
  readonly generic: RunnableScript | undefined;
}

export interface ScriptNotification {
  readonly script: RunnableScript;
  /** Appended to the script's own arguments. */
  readonly extraArguments: readonly string[];
}

/** The specific script first, without arguments; then the generic one with `INSTANCE|GROUP NAME STATE PRIORITY`. */
export function scriptNotifications(
  scripts: TransitionScripts,
  subject: Subject,
  state: NotifiedState,
): readonly ScriptNotification[] {
  const specific = specificScript(scripts, state);
  const notifications: ScriptNotification[] = [];
  if (specific) notifications.push({ script: specific, extraArguments: [] });
  if (scripts.generic) {
    const priority = subject.kind === 'GROUP' ? 0 : subject.priority;
    notifications.push({
      script: scripts.generic,
      extraArguments: [subject.kind, subject.name, state, String(priority)],
    });
  }
  return notifications;
}

function specificScript(scripts: TransitionScripts, state: NotifiedState): RunnableScript | undefined {
  switch (state) {
    case 'MASTER':
      return scripts.master;
    case 'BACKUP':
      return scripts.backup;
    case 'FAULT':
      return scripts.fault;
    case 'STOP':
      return scripts.stop;
    case 'DELETED':
      return scripts.deleted;
  }
}
