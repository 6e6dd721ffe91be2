import type { SyncGroupConfiguration } from '../vrrp/configuration.ts';
import { isWaiting } from '../vrrp/log-lines.ts';
import type { Instance } from './instance.ts';

/** A sync group at work: instances that are master together or not at all. */
export interface Group {
  readonly configuration: SyncGroupConfiguration;
  readonly members: readonly Instance[];
  state: 'INIT' | 'MASTER' | 'BACKUP' | 'FAULT';
}

/** The groups of a configuration; one that existed before keeps the state that was last told to its scripts. */
export function formGroups(
  configurations: readonly SyncGroupConfiguration[],
  instances: readonly Instance[],
  before: readonly Group[],
): readonly Group[] {
  const byName = new Map(instances.map(instance => [instance.name, instance]));
  const states = new Map(before.map(group => [group.configuration.name, group.state]));
  return configurations.map(configuration => ({
    configuration,
    members: configuration.members.flatMap(name => byName.get(name) ?? []),
    state: states.get(configuration.name) ?? 'INIT',
  }));
}

/** Every member is master already or has let its down timer run out. */
export function agreesToTakeOver(group: Group): boolean {
  return group.members.every(({ machine: { state } }) =>
    state.type === 'backup' ? state.wantsMaster : state.type === 'master',
  );
}

/** Any member's own trouble is everybody's. */
export function isFaulty(group: Group): boolean {
  return group.members.some(({ causes }) => !causes.every(isWaiting));
}
