import path from 'node:path';
import { formatDiagnostic } from '../../config/diagnostic.ts';
import { loadConfiguration } from '../../engine/configuration.ts';
import { configurationHost } from '../../linux/configuration-host.ts';
import { type NodeConfiguration, nodeConfiguration } from '../../sim/node-configuration.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { simulatedHost } from '../../sim/simulated-host.ts';
import type { SimulationInput } from '../../sim/simulation.ts';
import type { NamedFile } from '../check/nodes.ts';

export interface LoadedInput {
  /** Undefined if a file cannot be used. */
  readonly input: SimulationInput | undefined;
  /** Why not, ready to be printed. */
  readonly diagnostics: readonly string[];
}

/** The nodes' configurations and those that the scenario reloads them with, named relative to the scenario's file. */
export function loadConfigurations(
  named: readonly NamedFile[],
  scenario: Scenario,
  scenarioFile: string | undefined,
): LoadedInput {
  const diagnostics: string[] = [];
  const load = (name: string, file: string): NodeConfiguration | undefined => {
    const host = simulatedHost(name, configurationHost(process.env));
    const loaded = loadConfiguration(file, host, { configId: name, allIncludesStrict: false });
    if (loaded.configuration) return nodeConfiguration(loaded.configuration);
    // Only why it cannot be run; `holdfast check` says the rest.
    const refusing = loaded.diagnostics.filter(({ refuses }) => refuses);
    diagnostics.push(...refusing.map(formatDiagnostic));
    return undefined;
  };
  const nodes = named.flatMap(({ name, file }) => {
    const configuration = load(name, file);
    return configuration ? [{ name, configuration }] : [];
  });
  const directory = scenarioFile === undefined || scenarioFile === '-' ? '.' : path.dirname(scenarioFile);
  const files = new Map<string, NodeConfiguration>();
  for (const { action } of scenario.steps) {
    if (action.type !== 'reload' || action.file === undefined) continue;
    const file = path.resolve(directory, action.file.endsWith('.conf') ? action.file : `${action.file}.conf`);
    const configuration = load(action.node, file);
    if (configuration) files.set(action.file, configuration);
  }
  const complete = diagnostics.length === 0 && nodes.length === named.length;
  return { input: complete ? { nodes, files, scenario } : undefined, diagnostics };
}
