// The simulator's side: what it says will happen.
import { expect } from 'vitest';
import { type Duration, seconds } from '../../src/base/duration.ts';
import type { Instant } from '../../src/base/instant.ts';
import type { Step } from '../../src/sim/action.ts';
import type { Observation, Observer } from '../../src/sim/observation.ts';
import type { Scenario } from '../../src/sim/scenario.ts';
import { simulate } from '../../src/sim/simulation.ts';
import { type Change, type Course, notificationOf, transitionIn, withoutRepetition } from './course.testkit.ts';
import type { Plan } from './plan.testkit.ts';

/**
 * Lets the scenario happen in the simulator. `boot`: how many seconds after the first each node starts that starts by
 * itself; how long a machine takes to boot is not modelled. Undefined: all within a millisecond.
 */
export function predict({ input, deeds, virtualAddresses }: Plan, boot?: ReadonlyMap<string, number>): Course {
  const course = new CourseObserver();
  const { failed } = simulate({
    ...input,
    scenario: boot ? bootingAt(input.scenario, boot) : input.scenario,
    observers: [course],
  });
  expect(failed.map(({ expectation, instead }) => `${expectation.text}: ${instead}`)).toEqual([]);
  return course.finish(
    deeds.map(({ at }) => at),
    virtualAddresses,
  );
}

function bootingAt(scenario: Scenario, boot: ReadonlyMap<string, number>): Scenario {
  const starts = [...boot].map(([node, at]): Step => {
    return { at: Math.round(at * seconds(1)) as Duration, action: { type: 'start', node } };
  });
  const held = [...boot.keys()].map(name => [name, { ...scenario.nodes.get(name), held: true }] as const);
  return { ...scenario, steps: [...starts, ...scenario.steps], nodes: new Map([...scenario.nodes, ...held]) };
}

class CourseObserver implements Observer {
  readonly #starts: Change[] = [];
  readonly #transitions: Change[] = [];
  readonly #addresses: Change[] = [];
  readonly #notifications: Change[] = [];
  readonly #neighbours: Change[] = [];

  observe(now: Instant, seen: Observation): void {
    const at = now / 1_000_000;
    switch (seen.type) {
      case 'life':
        if (seen.event === 'process-started')
          this.#starts.push({ at, node: seen.node, subject: 'process', state: 'started' });
        break;
      case 'log': {
        const transition = transitionIn(seen.text);
        if (transition) this.#transitions.push({ at, node: seen.node, ...transition });
        break;
      }
      case 'address': {
        const state = seen.change === 'added' ? 'present' : 'absent';
        this.#addresses.push({ at, node: seen.node, subject: seen.address, state });
        break;
      }
      case 'neighbour':
        this.#neighbours.push({ at, node: seen.client, subject: seen.address, state: seen.mac });
        break;
      case 'script':
        this.#notifications.push({ at, node: seen.node, ...notificationOf(seen.arguments) });
        break;
    }
  }

  finish(deeds: readonly number[], virtual: ReadonlySet<string>): Course {
    return {
      deeds,
      starts: this.#starts,
      transitions: this.#transitions,
      addresses: withoutRepetition(this.#addresses.filter(({ subject }) => virtual.has(subject))),
      notifications: this.#notifications,
      neighbours: this.#neighbours,
    };
  }
}
