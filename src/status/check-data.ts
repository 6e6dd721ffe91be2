import type { Instant } from '../base/instant.ts';
import type { CheckerProcess } from '../engine/checker-process.ts';
import type { Service } from '../engine/service.ts';
import { memberKey, type PoolMember, serviceIdentity } from '../lvs/pool.ts';
import type { CheckData } from './check-data-text.ts';
import { serverStatus, virtualServerHead } from './health-status.ts';

/** What the process knows, told server by server; `epoch` is the wall clock's reading at `now`, in milliseconds. */
export function checkDataOf(
  { ipvsError, services }: Pick<CheckerProcess, 'services' | 'ipvsError'>,
  now: Instant,
  epoch: number,
): CheckData {
  const known = new Map(services.map(service => [serviceIdentity(service.pool.configuration), service]));
  return {
    ipvsError,
    dataOf: virtualServer => {
      const service = known.get(serviceIdentity(virtualServer));
      if (!service) return undefined;
      const memberAt = membersByPlace(service);
      return {
        head: virtualServerHead(service),
        statusOf: (server, place) => {
          const member = memberAt(memberKey(server), place);
          return member && serverStatus(service, member, now, epoch);
        },
      };
    },
  };
}

/** A service has its members in the order of its configuration, unless that is just taking effect: no need to look for them. */
function membersByPlace({ pool }: Service): (key: string, place: number) => PoolMember | undefined {
  const { members } = pool;
  let byKey: ReadonlyMap<string, PoolMember> | undefined;
  return (key, place) => {
    const expected = members[place];
    if (expected && memberKey(expected.configuration) === key) return expected;
    byKey ??= new Map(members.map(member => [memberKey(member.configuration), member]));
    return byKey.get(key);
  };
}
