import { sameValue } from '../base/same-value.ts';
import type { LvsConfiguration, RealServerConfiguration, VirtualServerConfiguration } from './configuration.ts';
import { memberKey, serviceIdentity } from './pool.ts';

/** What a reload changes; time and memory grow with the size of the two configurations. */
export interface LvsDifference {
  readonly globalsChanged: boolean;
  readonly added: readonly VirtualServerConfiguration[];
  readonly removed: readonly VirtualServerConfiguration[];
  readonly changed: readonly ServiceDifference[];
}

export interface ServiceDifference {
  readonly before: VirtualServerConfiguration;
  readonly after: VirtualServerConfiguration;
  /** Its own settings that differ. */
  readonly settings: readonly string[];
  readonly addedServers: readonly RealServerConfiguration[];
  readonly removedServers: readonly RealServerConfiguration[];
  readonly changedServers: readonly ServerDifference[];
}

export interface ServerDifference {
  readonly before: RealServerConfiguration;
  readonly after: RealServerConfiguration;
  readonly settings: readonly string[];
}

/** Whether the checkers at these places, in the configurations before and after, are alike. */
export type SameCheckers = (before: readonly number[], after: readonly number[]) => boolean;

/**
 * Compares service by service, by name and protocol, and server by server, by address and port. Order means nothing: the
 * kernel's table has none.
 */
export function diffLvs(before: LvsConfiguration, after: LvsConfiguration, sameCheckers: SameCheckers): LvsDifference {
  const known = new Map(before.virtualServers.map(service => [serviceIdentity(service), service]));
  const added: VirtualServerConfiguration[] = [];
  const changed: ServiceDifference[] = [];
  for (const service of after.virtualServers) {
    const key = serviceIdentity(service);
    const old = known.get(key);
    known.delete(key);
    if (!old) added.push(service);
    else {
      const difference = diffService(old, service, sameCheckers);
      if (difference) changed.push(difference);
    }
  }
  return {
    globalsChanged: !sameValue(before.global, after.global),
    added,
    removed: [...known.values()],
    changed,
  };
}

function diffService(
  before: VirtualServerConfiguration,
  after: VirtualServerConfiguration,
  sameCheckers: SameCheckers,
): ServiceDifference | undefined {
  const settings = differing(before, after, 'realServers');
  const known = new Map(before.realServers.map(server => [memberKey(server), server]));
  const addedServers: RealServerConfiguration[] = [];
  const changedServers: ServerDifference[] = [];
  for (const server of after.realServers) {
    const key = memberKey(server);
    const old = known.get(key);
    known.delete(key);
    if (!old) addedServers.push(server);
    else {
      const own = differing(old, server, 'checkers');
      if (!sameCheckers(old.checkers, server.checkers)) own.push('checkers');
      if (own.length > 0) changedServers.push({ before: old, after: server, settings: own });
    }
  }
  const removedServers = [...known.values()];
  const same = settings.length + addedServers.length + changedServers.length + removedServers.length === 0;
  return same ? undefined : { before, after, settings, addedServers, removedServers, changedServers };
}

/** Names of the settings that differ, but one that is compared in its own way. */
function differing<T extends object>(before: T, after: T, except: keyof T): string[] {
  const names: string[] = [];
  for (const name of Object.keys(after) as (keyof T & string)[]) {
    if (name !== except && !sameValue(before[name], after[name])) names.push(name);
  }
  return names;
}
