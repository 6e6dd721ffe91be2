import { once } from '../base/once.ts';
import { advise, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import type { CheckerContext, TrackedFile } from '../health/check-target.ts';
import { readChecker } from '../health/checker-section.ts';
import type { CheckerConfiguration, HealthConfiguration } from '../health/configuration.ts';
import { bfdInstances, type HealthDraft } from '../health/health-section.ts';
import { adviseOfAuthorities, completeSsl } from '../health/ssl-section.ts';
import type { CheckedServer } from '../lvs/checked-server.ts';
import type { LvsConfiguration } from '../lvs/configuration.ts';
import { completeLvsGlobals, type LvsGlobalDraft } from '../lvs/global-section.ts';
import { completeVirtualServers, type LvsDraft } from '../lvs/lvs-section.ts';
import type { MailDefaults } from '../lvs/real-server-completion.ts';
import type { ConfigurationHost } from '../ports/configuration-host.ts';
import type { ProbeSpec } from '../ports/probe.ts';

/** What a configuration says about balancing and checking, as written. */
export interface BalancingDraft {
  readonly lvs: LvsDraft;
  readonly lvsGlobals: LvsGlobalDraft;
  readonly health: HealthDraft;
  readonly mailDefaults: MailDefaults;
}

export interface Balancing {
  readonly lvs: LvsConfiguration;
  readonly health: HealthConfiguration;
}

/** Completes virtual servers and their checkers together: neither feature knows the other. */
export function completeBalancing(
  draft: BalancingDraft,
  statements: readonly Statement[],
  trackFiles: ReadonlyMap<string, TrackedFile>,
  vridOf: (instance: string) => number | undefined,
  host: ConfigurationHost,
  context: SectionContext,
): Balancing {
  const checkers: CheckerConfiguration[] = [];
  const checkerContext: CheckerContext = {
    ...context,
    logAllFailures: draft.health.logAllFailures,
    heloName: draft.health.heloName,
    tls: completeSsl(draft.health.ssl, host, context),
    readFile: path => host.readFile(path),
    trackFiles,
    bfdInstances: once(() => bfdInstances(statements)),
  };
  const readCheckers = (server: CheckedServer): readonly number[] => {
    const places: number[] = [];
    for (const statement of server.checkers) {
      for (const checker of readChecker(statement, server, checkerContext)) places.push(checkers.push(checker) - 1);
    }
    if (places.length > 0 && places.every(place => checkers[place]!.shadow)) {
      const message = `every checker of ${server.name} is a shadow check: the server counts as up whatever they find`;
      advise(context, located(server.checkers[0]!), 'only-shadow-checks', message, 'leave "shadow" out of one of them');
    }
    return places;
  };
  const global = completeLvsGlobals(draft.lvsGlobals, vridOf, context);
  const mayBeMarked = global.marking !== undefined;
  const virtualServers = completeVirtualServers(draft.lvs, mayBeMarked, draft.mailDefaults, readCheckers, context);
  adviseOfAuthorities(draft.health.ssl, checkers.flatMap(probesOf), context);
  return {
    lvs: { global, virtualServers },
    health: { checkers },
  };
}

function probesOf(checker: CheckerConfiguration): readonly ProbeSpec[] {
  if (checker.kind === 'urls') return checker.probes;
  return checker.kind === 'probe' ? [checker.probe] : [];
}
