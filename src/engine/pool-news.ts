import { memberText, quorumText, sorryTexts, weightText } from '../lvs/log-lines.ts';
import { isAlive, type Pool, type PoolEvent } from '../lvs/pool.ts';
import type { RunnableScript } from '../ports/script.ts';

export interface PoolNews {
  /** For the log. */
  readonly texts: readonly string[];
  /** Who is told. */
  readonly script: RunnableScript | undefined;
}

/** What follows from something that happened to a virtual server. */
export function poolNews({ configuration }: Pool, event: PoolEvent): PoolNews {
  switch (event.type) {
    case 'member-changed': {
      const { alive } = event;
      const { notifyUp, notifyDown } = event.member.configuration;
      const texts = [memberText(configuration, event.member.configuration, alive)];
      return { texts, script: alive ? notifyUp : notifyDown };
    }
    case 'weight-changed': {
      const { member, from, to } = event;
      const texts = [weightText(configuration, member.configuration, isAlive(member), from, to)];
      return { texts, script: undefined };
    }
    case 'quorum-lost':
    case 'quorum-gained': {
      const gained = event.type === 'quorum-gained';
      const texts = [quorumText(configuration, gained, event.weight), ...sorryTexts(configuration, !gained)];
      return { texts, script: gained ? configuration.quorumUp : configuration.quorumDown };
    }
  }
}
