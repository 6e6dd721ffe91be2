import { type Duration, inMilliseconds, inSeconds } from '../../base/duration.ts';
import { type Diagnostic, formatDiagnostic } from '../../config/diagnostic.ts';
import type { ClusterReport } from '../../vrrp/cluster/check-cluster.ts';
import type { ClusterNode } from '../../vrrp/cluster/cluster-router.ts';
import {
  type Holder,
  holds,
  type Prediction,
  type Reason,
  type RouterForecast,
  sameHolder,
} from '../../vrrp/cluster/prediction.ts';
import { arithmetic, eventText, type Standing } from '../../vrrp/cluster/standing.ts';

/** A table for each virtual router. */
export function clusterText(report: ClusterReport): string {
  return report.forecasts.map(forecast => `${routerText(forecast, report.nodes)}\n`).join('');
}

export function findingsText(diagnostics: readonly Diagnostic[]): string {
  const texts = diagnostics.map(diagnostic => `${formatDiagnostic(diagnostic)}\n`).join('');
  const counts = (['error', 'warning', 'advice'] as const).flatMap(severity => {
    const count = diagnostics.filter(diagnostic => diagnostic.severity === severity).length;
    const plural = severity === 'advice' || count === 1 ? '' : 's';
    return count === 0 ? [] : [`${count} ${severity}${plural}`];
  });
  return `${texts}${texts === '' ? '' : '\n'}${counts.length === 0 ? 'nothing found' : counts.join(', ')}\n`;
}

function routerText(
  { router, atRest, master, alsoStays, predictions }: RouterForecast,
  nodes: readonly ClusterNode[],
): string {
  const { vrid, family, addresses, excludedAddresses } = router.members[0]!.configuration;
  const shown = [...addresses, ...excludedAddresses].map(({ address }) => address);
  const list = shown.length > 4 ? [...shown.slice(0, 3), `${shown.length - 3} more`] : shown;
  const title = `${router.name}: virtual_router_id ${vrid}, IPv${family}, ${list.join(', ')}`;
  const cells = (standings: readonly Standing[]): string[] =>
    nodes.map(node => {
      const standing = standings.find(({ member }) => member.node === node);
      return standing ? cellOf(standing) : 'without';
    });
  const rows = [
    ['', ...nodes.map(({ name }) => name), '', ''],
    [
      'all is well',
      ...cells(atRest),
      restText(
        master,
        alsoStays.map(({ node }) => node.name),
      ),
      '',
    ],
    ...predictions.map(prediction => [
      eventOf(prediction, master),
      ...cells(prediction.standings),
      outcomeText(prediction),
      recoveryText(prediction),
    ]),
  ];
  return `${title}\n${aligned(rows)}`;
}

function cellOf(standing: Standing): string {
  switch (standing.ability) {
    case 'gone':
      return 'gone';
    case 'fault':
      return 'FAULT';
    case 'able':
      return arithmetic(standing);
  }
}

function eventOf({ fault, before }: Prediction, master: Holder): string {
  const elsewhere =
    before.type === 'member' && before.member.node === fault.node && !holds(master, before.member)
      ? ', being master'
      : '';
  return `${eventText(fault)}${elsewhere}`;
}

function restText(master: Holder, others: readonly string[]): string {
  const also = others.length > 0 ? `; so may ${others.join(', ')} be, and stay` : '';
  if (master.type === 'either') return `${holderName(master)} is master, who is first stays`;
  return master.type === 'nobody' ? 'nobody is master' : `${holderName(master)} is master${also}`;
}

function holderName(holder: Holder): string {
  switch (holder.type) {
    case 'member':
      return holder.member.node.name;
    case 'either':
      return holder.members.map(({ node }) => node.name).join(' or ');
    case 'nobody':
      return 'nobody';
  }
}

function outcomeText(prediction: Prediction): string {
  const { fault, before, after, stays, within, standings } = prediction;
  if (after.type === 'nobody') return 'nobody has the addresses';
  if (before.type !== 'member' && sameHolder(before, after)) return `${holderName(after)} stays`;
  if (before.type === 'member' && holds(after, before.member)) {
    const own = standings.find(({ member }) => member === before.member)!;
    const lowered = fault.type !== 'host' && fault.node === before.member.node && stays;
    return lowered
      ? `no failover: ${own.priority} ${sign(own.priority, stays.best.priority)} ${stays.best.priority}${becauseOf(stays.reason)}`
      : `${holderName(after)} stays`;
  }
  const old = before.type === 'member' ? standings.find(({ member }) => member === before.member) : undefined;
  const heir = after.type === 'member' ? standings.find(({ member }) => member === after.member) : undefined;
  const sum = old?.ability === 'able' && heir ? ` (${heir.priority} > ${old.priority})` : '';
  return `${holderName(after)} takes over${sum}, within ${spanText(within)}`;
}

function recoveryText({ before, after, recovered, staysAfterwards }: Prediction): string {
  if (sameHolder(before, after) || after.type === 'nobody') return '';
  if (sameHolder(recovered, after)) {
    return `then stays${staysAfterwards ? becauseOf(staysAfterwards.reason) : ''}`;
  }
  return `then back to ${holderName(recovered)}`;
}

function becauseOf(reason: Reason): string {
  return reason === 'lower' ? '' : reason === 'equal' ? ' (equal)' : ' (nopreempt)';
}

function sign(left: number, right: number): string {
  return left > right ? '>' : left === right ? '=' : '<';
}

export function spanText(span: Duration): string {
  return span < 1_000_000
    ? `${Math.ceil(inMilliseconds(span))} ms`
    : `${(Math.ceil(inSeconds(span) * 100) / 100).toFixed(2)} s`;
}

/** Columns with two blanks between them. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_cell, column) => Math.max(...rows.map(row => row[column]!.length)));
  const line = (row: readonly string[]): string => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ');
  return rows.map(row => `${`  ${line(row)}`.trimEnd()}\n`).join('');
}
