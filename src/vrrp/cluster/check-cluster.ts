import { type Diagnostic, Diagnostics } from '../../config/diagnostic.ts';
import { located } from '../../config/tree.ts';
import { type ClusterNode, type ClusterRouter, routersOf } from './cluster-router.ts';
import { compareMembers } from './comparison.ts';
import { type ClusterFinding, listed } from './finding.ts';
import { forecast, type RouterForecast } from './prediction.ts';
import { judgeForecast } from './verdicts.ts';

/** What the files of one cluster come to together. */
export interface ClusterReport {
  readonly nodes: readonly ClusterNode[];
  readonly forecasts: readonly RouterForecast[];
  readonly diagnostics: readonly Diagnostic[];
}

export function checkCluster(nodes: readonly ClusterNode[]): ClusterReport {
  const routers = routersOf(nodes);
  const forecasts = routers.map(forecast);
  const diagnostics = new Diagnostics();
  const report = (finding: ClusterFinding): void =>
    diagnostics.report(finding.where, { ...finding, keepalivedClass: 'ignores' });
  for (const each of forecasts) {
    for (const finding of compareMembers(each.router)) report(finding);
    for (const finding of judgeForecast(each)) report(finding);
  }
  for (const finding of compareGroups(nodes, forecasts)) report(finding);
  return { nodes, forecasts, diagnostics: diagnostics.all };
}

/** A sync group must be the same everywhere, and all of it must want to be in the same place. */
function* compareGroups(
  nodes: readonly ClusterNode[],
  forecasts: readonly RouterForecast[],
): Generator<ClusterFinding> {
  const routerOf = new Map<object, ClusterRouter>();
  const forecastOf = new Map<ClusterRouter, RouterForecast>();
  for (const each of forecasts) {
    forecastOf.set(each.router, each);
    for (const { written } of each.router.members) routerOf.set(written, each.router);
  }
  const toldTorn = new Set<string>();
  for (const node of nodes) {
    for (const group of node.written.groups) {
      const members = node.membersOf.get(group) ?? [];
      const routers = members.map(instance => routerOf.get(instance)!);
      for (const other of nodes) {
        if (other === node) continue;
        // Each pair of nodes once, and only about routers that both have.
        const theirs = routers.flatMap(router => router.members.filter(member => member.node === other));
        const groups = new Set(theirs.map(({ written }) => written.group?.configuration.name ?? ''));
        if (theirs.length < 2 || (groups.size === 1 && !groups.has(''))) continue;
        yield {
          where: located(group.statement),
          code: 'nodes-differ-groups',
          severity: 'warning',
          message: `sync group "${group.configuration.name}" of ${node.name} is not together on ${other.name}: ${theirs.map(({ configuration, written }) => `"${configuration.name}" is in ${written.group ? `"${written.group.configuration.name}"` : 'no group'}`).join(', ')}`,
          hint: `${node.name} moves all of it at once, ${other.name} takes over one by one`,
        };
      }
      const masters = new Map<string, string[]>();
      for (const router of routers) {
        const { master } = forecastOf.get(router)!;
        if (master.type !== 'member' || router.members.length < 2) continue;
        masters.set(master.member.node.name, [...(masters.get(master.member.node.name) ?? []), router.name]);
      }
      const key = [...masters.values()].flat().sort().join();
      if (masters.size < 2 || toldTorn.has(key)) continue;
      toldTorn.add(key);
      const where = [...masters].map(([name, ofIt]) => `${listed(ofIt.map(each => `"${each}"`))} to ${name}`);
      yield {
        where: located(group.statement),
        code: 'group-torn',
        severity: 'error',
        message: `the priorities pull sync group "${group.configuration.name}" apart: ${where.join(', ')}`,
        hint: 'the group moves as one and never comes to rest; give its members the same order of priorities on all nodes',
      };
    }
  }
}
