import type { CheckerConfiguration } from '../health/configuration.ts';
import type { ProbeSpec } from '../ports/probe.ts';
import { load, type Machine } from './configuration.testkit.ts';

const method = 'lvs_sched rr\nlvs_method NAT\nprotocol TCP';

/** A virtual_server block as text. */
export function service(body: string, key = '192.0.2.1 80', base = method): string {
  return `virtual_server ${key} {\n${base}\n${body}\n}\n`;
}

/** A real_server block as text. */
export const real = (lines = '', endpoint = '10.0.0.1 80'): string => `real_server ${endpoint} {\n${lines}\n}\n`;

/** What a text comes to; throws if it is refused. */
export function loaded(text: string, options: Machine = {}) {
  const { configuration, told, codes } = load(text, options);
  if (!configuration) throw new Error(`refused: ${told.join('\n')}`);
  return { lvs: configuration.lvs, health: configuration.health, codes };
}

/** The first checker of a real server with the given lines. */
export function checkerOf(block: string, lines = '', before = ''): CheckerConfiguration {
  return loaded(before + service(`${lines}\n${real(block)}`)).health.checkers[0]!;
}

/** The first thing that a checker probes. */
export function probeOf(block: string, lines = '', before = ''): ProbeSpec | undefined {
  const checker = checkerOf(block, lines, before);
  return checker.kind === 'probe' ? checker.probe : checker.kind === 'urls' ? checker.probes[0] : undefined;
}
