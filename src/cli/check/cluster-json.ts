import { inSeconds } from '../../base/duration.ts';
import type { Diagnostic } from '../../config/diagnostic.ts';
import type { ClusterReport } from '../../vrrp/cluster/check-cluster.ts';
import type { Holder, Prediction, RouterForecast } from '../../vrrp/cluster/prediction.ts';
import { eventText, type Standing } from '../../vrrp/cluster/standing.ts';
import { diagnosticJson, reportVersion } from '../diagnostics-json.ts';
import type { NamedFile } from './nodes.ts';

/** The document of `holdfast check --json`; docs/check.md describes it. */
export function clusterJson(
  files: readonly NamedFile[],
  { forecasts }: ClusterReport,
  diagnostics: readonly Diagnostic[],
  exitStatus: number,
): object {
  return {
    version: reportVersion,
    exitStatus,
    nodes: files.map(({ name, file }) => ({ name, file })),
    routers: forecasts.map(routerJson),
    diagnostics: diagnostics.map(diagnosticJson),
  };
}

function routerJson({ router, atRest, master, alsoStays, predictions }: RouterForecast): object {
  const { vrid, family, addresses, excludedAddresses } = router.members[0]!.configuration;
  return {
    name: router.name,
    vrid,
    family,
    addresses: [...addresses, ...excludedAddresses].map(({ address }) => address),
    standings: atRest.map(standingJson),
    masters: namesOf(master),
    staysOn: alsoStays.map(({ node }) => node.name),
    predictions: predictions.map(predictionJson),
  };
}

function predictionJson(prediction: Prediction): object {
  const { fault, before, standings, after, stays, within, recovered } = prediction;
  const moved = namesOf(before).join() !== namesOf(after).join();
  return {
    fault: { type: fault.type, node: fault.node.name, ...(fault.type !== 'host' && { name: fault.name }) },
    event: eventText(fault),
    before: namesOf(before),
    standings: standings.map(standingJson),
    after: namesOf(after),
    ...(moved && after.type !== 'nobody' && { withinSeconds: inSeconds(within) }),
    ...(stays && { stays: { because: stays.reason, than: stays.best.member.node.name } }),
    recovered: namesOf(recovered),
  };
}

function standingJson({ member, ability, causes, priority, terms }: Standing): object {
  return {
    node: member.node.name,
    ability,
    ...(causes.length > 0 && { causes }),
    basePriority: member.configuration.priority,
    terms: terms.map(({ kind, name, value }) => ({ kind, name, value })),
    priority,
  };
}

/** None: nobody. Several: one of them, the files do not tell which. */
function namesOf(holder: Holder): string[] {
  if (holder.type === 'nobody') return [];
  return (holder.type === 'member' ? [holder.member] : holder.members).map(({ node }) => node.name);
}
