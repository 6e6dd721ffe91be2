import { advise, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import type { ReadCheckers } from './checked-server.ts';
import type { VirtualServerConfiguration } from './configuration.ts';
import { canBeMarked, type GroupDraft, readGroup, refuseLargeRanges } from './group-section.ts';
import { serviceIdentity } from './pool.ts';
import type { MailDefaults } from './real-server-completion.ts';
import { serviceKeyText } from './reconcile.ts';
import { completeVirtualServer } from './virtual-server-completion.ts';
import { readVirtualServer, type VirtualServerDraft } from './virtual-server-section.ts';

/** All balancing blocks of a configuration, as written. */
export interface LvsDraft {
  readonly groups: Map<string, GroupDraft>;
  readonly virtualServers: VirtualServerDraft[];
}

export function emptyLvsDraft(): LvsDraft {
  return { groups: new Map(), virtualServers: [] };
}

/** Keywords outside all blocks that belong to this feature. */
export const lvsRootReaders = {
  virtual_server_group: (statement: Statement, { lvs }: { readonly lvs: LvsDraft }, context: SectionContext): void => {
    const group = readGroup(statement, lvs.groups, context);
    if (group) lvs.groups.set(group.name, group);
  },
  virtual_server: (statement: Statement, { lvs }: { readonly lvs: LvsDraft }, context: SectionContext): void => {
    const server = readVirtualServer(statement, context);
    if (server) lvs.virtualServers.push(server);
  },
};

/** Makes the checked model of what was written. `mayBeMarked`: nftables_ipvs. */
export function completeVirtualServers(
  draft: LvsDraft,
  mayBeMarked: boolean,
  mailDefaults: MailDefaults,
  readCheckers: ReadCheckers,
  context: SectionContext,
): readonly VirtualServerConfiguration[] {
  const taken = new Set<string>();
  const servers: VirtualServerConfiguration[] = [];
  for (const group of draft.groups.values()) {
    if (!mayBeMarked || !canBeMarked(group)) refuseLargeRanges(group, context);
  }
  const places = new Map<GroupDraft, number>();
  for (const server of draft.virtualServers) {
    const group = server.target.type === 'group' ? draft.groups.get(server.target.group) : undefined;
    if (server.target.type === 'group' && !group) {
      const message = `there is no virtual_server_group "${server.target.group}"`;
      advise(context, located(server.statement), 'unknown-group', message, 'the virtual server is left out');
      continue;
    }
    const place = (group && places.get(group)) ?? 0;
    if (group) places.set(group, place + 1);
    const served = { group, place, mayBeMarked };
    const completed = completeVirtualServer(server, served, mailDefaults, readCheckers, context);
    if (!completed) continue;
    // Of one protocol a group is one service, however many addresses it has.
    if (group && !take(serviceIdentity(completed), server.statement, taken, context)) continue;
    const keys = completed.keys.filter(key => take(serviceKeyText(key), server.statement, taken, context));
    if (keys.length === 0 && completed.keys.length > 0) continue;
    servers.push(keys.length === completed.keys.length ? completed : { ...completed, keys });
  }
  return servers;
}

/** The kernel has every service once. */
function take(text: string, statement: Statement, taken: Set<string>, context: SectionContext): boolean {
  if (!taken.has(text)) {
    taken.add(text);
    return true;
  }
  const message = `the service ${text} is defined already`;
  advise(context, located(statement), 'duplicate-service', message, 'the first stands');
  return false;
}
