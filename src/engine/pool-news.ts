import {
  checkerText,
  memberText,
  quorumText,
  shutdownText,
  sorryTexts,
  startsDownText,
  weightText,
} from '../lvs/log-lines.ts';
import { isAlive, type Pool, type PoolEvent } from '../lvs/pool.ts';
import { serverLine, serviceLine } from '../notify/fifo-lines.ts';
import type { RunnableScript } from '../ports/script.ts';
import type { Service } from './service.ts';

export interface PoolNews {
  /** For the log. */
  readonly texts: readonly string[];
  /** Who is told. */
  readonly script: RunnableScript | undefined;
  /** For FIFOs. */
  readonly line: string | undefined;
}

/** The quorum that a service starts with is news, too; a lack of it only where somebody has to say sorry, as in keepalived. */
export function startNews({ configuration, quorumUp, aliveWeight, sorry }: Pool): PoolNews {
  if (quorumUp)
    return {
      texts: [quorumText(configuration, true, aliveWeight)],
      script: configuration.quorumUp,
      line: serviceLine(configuration, true),
    };
  if (!sorry) return { texts: [], script: undefined, line: undefined };
  const texts = [startsDownText(configuration, aliveWeight), ...sorryTexts(configuration, true)];
  return { texts, script: configuration.quorumDown, line: serviceLine(configuration, false) };
}

/** ha_suspend: what is said of each check of a service that begins to rest or to work; nothing of files, as keepalived. */
export function suspensionTexts({ pool, checksOf, suspended }: Service, isNew: boolean): readonly string[] {
  const verb = suspended ? (isNew ? 'Deactivating' : 'Suspending') : 'Activating';
  return pool.members.flatMap(member =>
    (checksOf.get(member) ?? [])
      .filter(check => check.configuration.kind !== 'file')
      .map(() => checkerText(verb, pool.configuration, member.configuration)),
  );
}

/** What is said of the servers of a service that is taken out of the table at a stop. */
export function shutdownTexts({ configuration, members, sorry }: Pool): readonly string[] {
  return members.map(member => {
    const inhibited = member.configuration.inhibitOnFailure && (!isAlive(member) || sorry);
    return shutdownText(configuration, member.configuration, inhibited);
  });
}

/** What follows from something that happened to a virtual server; `reloading`: by another configuration. */
export function poolNews({ configuration }: Pool, event: PoolEvent, reloading: boolean): PoolNews {
  switch (event.type) {
    case 'member-changed': {
      const { alive } = event;
      const { notifyUp, notifyDown } = event.member.configuration;
      const texts = [memberText(configuration, event.member.configuration, alive)];
      const line = serverLine(configuration, event.member.configuration, alive);
      return { texts, script: alive ? notifyUp : notifyDown, line };
    }
    case 'weight-changed': {
      const { member, alive, from, to } = event;
      const texts = [weightText(configuration, member.configuration, alive, from, to)];
      return { texts, script: undefined, line: undefined };
    }
    case 'quorum-lost':
    case 'quorum-gained': {
      const gained = event.type === 'quorum-gained';
      const starts = !gained && reloading;
      const first = starts
        ? startsDownText(configuration, event.weight)
        : quorumText(configuration, gained, event.weight);
      const texts = [first, ...sorryTexts(configuration, !gained)];
      const line = serviceLine(configuration, gained);
      return { texts, script: gained ? configuration.quorumUp : configuration.quorumDown, line };
    }
  }
}
