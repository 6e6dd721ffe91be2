import { type Duration, inSeconds } from '../../base/duration.ts';
import type { Instant } from '../../base/instant.ts';
import { formatStep } from '../../sim/action.ts';
import type { AddressOutcome, FaultOutcome } from '../../sim/fault-table.ts';
import { type AddressRecord, measure } from '../../sim/outage.ts';
import type { ServiceRecord } from '../../sim/serving.ts';
import { type SimulationResult, worstGap } from '../../sim/simulation.ts';
import { eventsText, timelineText } from '../../sim/timeline-text.ts';

/** Lanes, a line an address, and whatever broke. */
export function simulationText(
  result: SimulationResult,
  { columns, events }: { readonly columns: number; readonly events: boolean },
): string {
  const parts = [timelineText(result, columns)];
  if (events) parts.push(eventsText(result));
  parts.push(table(['address', 'held by', 'longest gap', 'two masters'], result.addresses.map(rowOf(result))));
  if (result.services.length > 0) parts.push(table(['service', 'on', 'served by'], result.services.map(servedBy)));
  const broken = [
    ...result.failed.map(({ expectation, instead }) => `expected and missed: ${expectation.text}: ${instead}`),
    ...result.violations.map(({ at, invariant, text }) => `${time(at)} breaks ${invariant}: ${text}`),
  ];
  parts.push(broken.length === 0 ? 'every invariant and expectation holds\n' : `${broken.join('\n')}\n`);
  return parts.join('\n');
}

const rowOf =
  ({ end }: SimulationResult) =>
  (record: AddressRecord): readonly string[] => [
    record.address,
    record.holdings.map(({ at, nodes }) => `${time(at)} ${nodes.join('+') || 'nobody'}`).join(', ') || 'nobody',
    span(worstGap(record, end)),
    span(measure(record.duals, end).total),
  ];

function servedBy({ node, service, serving }: ServiceRecord): readonly string[] {
  return [service, node, serving.map(({ at, servers }) => `${time(at)} ${names(servers)}`).join(', ') || 'nobody'];
}

/** A line for each fault and address; what is amiss comes first, with its reason and how to see it happen. */
export function faultTableText(outcomes: readonly FaultOutcome[]): string {
  const amiss = outcomes.filter(({ concerns }) => concerns.length > 0);
  const parts: string[] = [];
  const [worst] = amiss;
  if (worst) {
    parts.push(`counter-example: ${worst.faults.join(' and ')}\n`);
    parts.push(`${worst.concerns.map(concern => `  ${concern}\n`).join('')}`);
    parts.push(`  to see it: ${worst.steps.map(step => `--do "${formatStep(step)}"`).join(' ')} --events\n\n`);
  }
  const header = ['fault', 'address', 'before', 'during', 'after', 'gap', 'two masters', ''];
  const rows = outcomes.flatMap(outcome => [
    ...outcome.addresses.map((address, place) => [
      place === 0 ? outcome.faults.join(' + ') : '',
      address.address,
      names(address.before),
      names(address.during),
      names(address.after),
      address.isLost ? 'for good' : span(address.gap),
      span(address.dual),
      outcome.concerns.length > 0 && place === 0 ? '!' : '',
    ]),
    ...outcome.services.map(({ node, service, before, during, after }) => [
      '',
      `${service} on ${node}`,
      names(before),
      names(during),
      names(after),
    ]),
  ]);
  parts.push(table(header, rows));
  const count = `${outcomes.length} ${outcomes.length === 1 ? 'fault' : 'faults'}`;
  const verdict = amiss.length === 0 ? 'none leaves anything amiss' : `${amiss.length} to look at (!)`;
  const gaps = outcomes.flatMap(({ addresses }) => addresses.filter(({ isLost }) => !isLost).map(({ gap }) => gap));
  parts.push(`\n${count}: ${verdict}; longest gap ${span(Math.max(0, ...gaps) as Duration)}\n`);
  if (amiss.length > 1) {
    parts.push(...amiss.slice(1).map(each => `! ${each.faults.join(' + ')}: ${each.concerns.join('; ')}\n`));
  }
  return parts.join('');
}

export function faultJson({ faults, addresses, services, concerns, violations, failed, steps }: FaultOutcome): unknown {
  return {
    faults,
    concerns,
    scenario: steps.map(formatStep),
    addresses: addresses.map((address: AddressOutcome) => ({
      address: address.address,
      before: address.before,
      during: address.during,
      after: address.after,
      gapSeconds: inSeconds(address.gap),
      lost: address.isLost,
      dualSeconds: inSeconds(address.dual),
    })),
    services,
    violations: violations.map(({ at, invariant, text }) => ({ atSeconds: at / 1_000_000, invariant, text })),
    failedExpectations: failed.map(({ expectation: { text }, instead }) => ({ text, instead })),
  };
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map(row => (row[column] ?? '').length)));
  return all
    .map(
      row =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function names(nodes: readonly string[]): string {
  return nodes.join('+') || 'nobody';
}

function time(at: Instant): string {
  return `${(at / 1_000_000).toFixed(2)}s`;
}

function span(value: Duration): string {
  return value === 0 ? '-' : `${inSeconds(value).toFixed(value < 100_000 ? 3 : 2)}s`;
}
