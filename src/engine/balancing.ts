import { once } from '../base/once.ts';
import type { SectionContext } from '../config/section-context.ts';
import type { Statement } from '../config/tree.ts';
import type { CheckerContext } from '../health/check-target.ts';
import { readChecker } from '../health/checker-section.ts';
import type { CheckerConfiguration, HealthConfiguration } from '../health/configuration.ts';
import { bfdInstances, type HealthDraft, trackedFiles } from '../health/health-section.ts';
import { completeSsl } from '../health/ssl-section.ts';
import type { CheckedServer } from '../lvs/checked-server.ts';
import type { LvsConfiguration } from '../lvs/configuration.ts';
import { completeLvsGlobals, type LvsGlobalDraft } from '../lvs/global-section.ts';
import { completeVirtualServers, type LvsDraft } from '../lvs/lvs-section.ts';
import type { ConfigurationHost } from '../ports/configuration-host.ts';

/** What a configuration says about balancing and checking, as written. */
export interface BalancingDraft {
  readonly lvs: LvsDraft;
  readonly lvsGlobals: LvsGlobalDraft;
  readonly health: HealthDraft;
}

export interface Balancing {
  readonly lvs: LvsConfiguration;
  readonly health: HealthConfiguration;
}

/** Completes virtual servers and their checkers together: neither feature knows the other. */
export function completeBalancing(
  draft: BalancingDraft,
  statements: readonly Statement[],
  vridOf: (instance: string) => number | undefined,
  host: ConfigurationHost,
  context: SectionContext,
): Balancing {
  const checkers: CheckerConfiguration[] = [];
  const checkerContext: CheckerContext = {
    ...context,
    logAllFailures: draft.health.logAllFailures,
    heloName: draft.health.heloName,
    clientCertificate: completeSsl(draft.health.ssl, host, context),
    trackFiles: once(() => trackedFiles(statements)),
    bfdInstances: once(() => bfdInstances(statements)),
  };
  const readCheckers = (server: CheckedServer): readonly number[] => {
    const places: number[] = [];
    for (const statement of server.checkers) {
      for (const checker of readChecker(statement, server, checkerContext)) places.push(checkers.push(checker) - 1);
    }
    return places;
  };
  const virtualServers = completeVirtualServers(draft.lvs, readCheckers, context);
  return {
    lvs: { global: completeLvsGlobals(draft.lvsGlobals, vridOf, context), virtualServers },
    health: { checkers },
  };
}
