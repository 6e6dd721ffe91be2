import type { SyncGroupConfiguration } from '../vrrp/configuration.ts';
import type { Instance } from './instance.ts';

/** A sync group at work: instances that are master together or not at all. */
export interface Group {
  readonly configuration: SyncGroupConfiguration;
  readonly members: readonly Instance[];
  state: 'INIT' | 'MASTER' | 'BACKUP' | 'FAULT';
}

/** Every member is master already or has let its down timer run out. */
export function agreesToTakeOver(group: Group): boolean {
  return group.members.every(({ machine: { state } }) =>
    state.type === 'backup' ? state.wantsMaster : state.type === 'master',
  );
}

/** Any member's own trouble is everybody's. */
export function isFaulty(group: Group): boolean {
  return group.members.some(({ causes }) => causes.length > 0);
}
