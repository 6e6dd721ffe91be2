// What both worlds are given: configurations, machines and cables, and the steps of the scenario.
import { expect } from 'vitest';
import { inSeconds, zero } from '../../src/base/duration.ts';
import type { Action, QualityChange, Step } from '../../src/sim/action.ts';
import { buildCluster } from '../../src/sim/cluster.ts';
import { vrrpConfigurationOf } from '../../src/sim/load-node.ts';
import { parseScenario } from '../../src/sim/parse-scenario.ts';
import { complaints, type SimulationInput } from '../../src/sim/simulation.ts';
import type { World } from '../../src/sim/world.ts';
import type { FidelityScenario } from './scenario.testkit.ts';

/** Seconds from power on to the start of the daemon. */
const bootTime = 15;

export type Deed = Action | { readonly type: 'thaw'; readonly node: string };

export interface PlannedDeed {
  /** Seconds since the scenario began. */
  readonly at: number;
  readonly deed: Deed;
}

export interface Plan {
  readonly input: SimulationInput;
  readonly deeds: readonly PlannedDeed[];
  /** Seconds since the scenario began. */
  readonly end: number;
  /** Seconds: the longest advert interval of any instance. */
  readonly interval: number;
  /** The machines and cables as they are before anything happens. */
  readonly world: World;
  /** Nodes that are not started by themselves. */
  readonly held: ReadonlySet<string>;
  /** Every address that an instance of any file may hold. */
  readonly virtualAddresses: ReadonlySet<string>;
}

export function planOf({ nodes, files = {}, text }: FidelityScenario): Plan {
  const { scenario, mistakes } = parseScenario(text);
  expect(mistakes).toEqual([]);
  expect(scenario.until, 'a scenario says when it ends').toBeDefined();
  const input: SimulationInput = {
    nodes: Object.entries(nodes).map(([name, file]) => ({ name, configuration: vrrpConfigurationOf(name, file) })),
    files: new Map(
      Object.entries(files).map(([name, file]) => [name, vrrpConfigurationOf(name.replace(/\..*/, ''), file)]),
    ),
    scenario,
  };
  expect(complaints(input)).toEqual([]);
  const machines = input.nodes.map(({ name, configuration }) => {
    const addresses = scenario.nodes.get(name)?.addresses;
    return { name, configuration, ...(addresses && { addresses }) };
  });
  const instances = [...input.nodes.map(({ configuration }) => configuration), ...input.files.values()].flatMap(
    configuration => configuration.instances,
  );
  return {
    input,
    deeds: deedsOf(scenario.steps),
    end: inSeconds(scenario.until!),
    interval: Math.max(...instances.map(({ advertisementInterval }) => inSeconds(advertisementInterval))),
    world: buildCluster(machines, {
      seed: 1,
      clientsPerSegment: scenario.clientsPerSegment,
      detail: false,
      start: false,
    }),
    held: new Set([...scenario.nodes].flatMap(([name, { held }]) => (held ? [name] : []))),
    virtualAddresses: new Set(
      instances.flatMap(({ addresses, excludedAddresses }) =>
        [...addresses, ...excludedAddresses].map(({ address }) => address as string),
      ),
    ),
  };
}

/** Everything that undoes itself is written out, as the simulator's director does it; in the order of time. */
function deedsOf(steps: readonly Step[]): PlannedDeed[] {
  const deeds = steps.flatMap(({ at, action }): PlannedDeed[] => {
    const undone = undoing(action);
    const begin = { at: inSeconds(at), deed: action };
    const span = 'span' in action ? action.span : undefined;
    if (!undone || span === undefined) return [begin];
    const end = inSeconds(at) + inSeconds(span);
    if (undone.type !== 'power-on') return [begin, { at: end, deed: undone }];
    return [begin, { at: end, deed: undone }, { at: end + bootTime, deed: { type: 'start', node: undone.node } }];
  });
  return deeds.sort((left, right) => left.at - right.at);
}

function undone(change: QualityChange): QualityChange {
  return change.type === 'delay' ? { type: 'delay', latency: zero, jitter: zero } : { type: change.type, share: 0 };
}

/** The step that an action plans for its end. */
export function undoing(action: Action): Deed | undefined {
  switch (action.type) {
    case 'cut':
      return { type: 'heal', path: action.path };
    case 'block':
      return { type: 'allow', what: 'multicast' };
    case 'quality':
      return { ...action, change: undone(action.change), span: undefined };
    case 'unplug':
      return { type: 'plug', node: action.node, link: action.link };
    case 'down':
      return { type: 'up', node: action.node, link: action.link };
    case 'delete':
      return { type: 'create', node: action.node, link: action.link };
    case 'freeze':
      return { type: 'thaw', node: action.node };
    case 'stop':
      return { type: 'start', node: action.node };
    case 'power-off':
      return { type: 'power-on', node: action.node };
    case 'file': {
      const { file, node } = action;
      return { type: 'file', file, node, number: 0 };
    }
    case 'script': {
      const { script, node } = action;
      return { type: 'script', script, node, behaviour: { type: 'exits', status: 0 } };
    }
    default:
      return undefined;
  }
}
