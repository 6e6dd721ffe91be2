import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { inSeconds } from '../../src/base/duration.ts';
import { instantFromMicroseconds } from '../../src/base/instant.ts';
import { vrrpConfigurationOf } from '../../src/sim/load-node.ts';
import { measure } from '../../src/sim/outage.ts';
import { parseScenario } from '../../src/sim/parse-scenario.ts';
import { complaints, type SimulationResult, simulate, worstGap } from '../../src/sim/simulation.ts';

/** A configuration from the field. */
export function fieldConfiguration(name: string): string {
  return readFileSync(new URL(`../fixtures/configurations/${name}.conf`, import.meta.url), 'utf8');
}

/** The file of one of a pair or more, with a virtual router on eth0. */
export function configuration(priority: number, more = '', global = ''): string {
  return `
global_defs {
  ${global}
}
vrrp_script chk {
  script "/usr/bin/chk"
  interval 1
  timeout 1
  fall 2
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority ${priority}
  virtual_ipaddress {
    192.0.2.100
  }
  notify /usr/bin/notify
  ${more}
}
`;
}

/** Plays a scenario with these files; every expectation in it is asserted, and every invariant unless told otherwise. */
export function play(
  nodes: Readonly<Record<string, string>>,
  text: string,
  { files = {}, mayBreak = false }: { files?: Readonly<Record<string, string>>; mayBreak?: boolean } = {},
): SimulationResult {
  const { scenario, mistakes } = parseScenario(text);
  expect(mistakes).toEqual([]);
  const input = {
    nodes: Object.entries(nodes).map(([name, file]) => ({ name, configuration: vrrpConfigurationOf(name, file) })),
    files: new Map(
      Object.entries(files).map(([name, file]) => [name, vrrpConfigurationOf(name.replace(/\..*/, ''), file)]),
    ),
    scenario,
  };
  expect(complaints(input)).toEqual([]);
  const result = simulate(input);
  expect(result.failed.map(({ expectation: { text: line }, instead }) => `${line}: ${instead}`)).toEqual([]);
  if (!mayBreak) expect(result.violations).toEqual([]);
  return result;
}

/** Seconds. */
export function gapOf(result: SimulationResult, address: string, since = 0): number {
  const record = result.addresses.find(each => each.address === address)!;
  return inSeconds(worstGap(record, result.end, instantFromMicroseconds(since * 1_000_000)));
}

/** Seconds. */
export function dualOf(result: SimulationResult, address: string): number {
  const record = result.addresses.find(each => each.address === address)!;
  return inSeconds(measure(record.duals, result.end).total);
}

/** Log lines of a node, with the second they were written in. */
export function logOf(result: SimulationResult, node: string): readonly string[] {
  return result.timeline.events.flatMap(event =>
    event.node === node && event.kind === 'log' ? [`${Math.floor(event.at / 1_000_000)} ${event.text}`] : [],
  );
}
